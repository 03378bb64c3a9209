from pareta_openai import OpenAI

client = OpenAI()
first = client.responses.create(model="ep_one", input="Hello")
second = client.responses.create(model="ep_one", input="And?", previous_response_id=first.id)
print(second.output_text)
client.responses.create(model="ep_one", input="Weather?", tools=[{"type": "web_search"}])
for event in client.responses.create(model="ep_one", input="Long", stream=True):
    print(event)
client.responses.create(**arguments)
print(first.output[0].content[0].text)
client.responses.parse(model="ep_one", input="x", text_format=dict)
client.responses.retrieve("resp_1")
