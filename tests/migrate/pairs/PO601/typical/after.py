from pareta_openai import OpenAI

client = OpenAI()

response = client.chat.completions.create(model="ep_one", messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Who signed?"}])
print(response.choices[0].message.content)
