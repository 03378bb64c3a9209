from pareta_openai import OpenAI

client = OpenAI()

response = client.responses.create(model="ep_one", instructions="Be brief.", input="Who signed?")
print(response.output_text)
