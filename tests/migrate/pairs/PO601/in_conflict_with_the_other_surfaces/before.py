from pareta_openai import OpenAI

client = OpenAI()
uploaded = client.files.create(file=open("a.pdf", "rb"), purpose="user_data")
print(client.responses.create(model="ep_one", input="Who signed?").output_text)
