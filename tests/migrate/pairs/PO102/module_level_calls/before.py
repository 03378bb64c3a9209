import openai

answer = openai.chat.completions.create(model="ep_contract_kie", messages=[{"role": "user", "content": "Hello"}])
