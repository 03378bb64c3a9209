from pareta_openai import OpenAI

client = OpenAI()
answer = client.chat.completions.create(model="contracts", messages=[{"role": "user", "content": "Hello"}])
