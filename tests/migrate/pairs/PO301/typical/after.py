from pareta_openai import OpenAI

client = OpenAI()
answer = client.chat.completions.create(model="ep_contract_kie", messages=[{"role": "user", "content": "gpt-4o-mini"}])
