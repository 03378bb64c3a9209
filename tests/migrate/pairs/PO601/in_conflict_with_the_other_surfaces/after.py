from pareta_openai import OpenAI

client = OpenAI()
uploaded = client.files.create(file=open("a.pdf", "rb"), purpose="user_data")
print(client.chat.completions.create(model="ep_one", messages=[{"role": "user", "content": "Who signed?"}]).choices[0].message.content)
