from pareta_openai import OpenAI

client = OpenAI()
answer = client.chat.completions.create(model="ep_one", messages=[{"role": "user", "content": "Who signed?"}])
print(answer.choices[0].message.content)
