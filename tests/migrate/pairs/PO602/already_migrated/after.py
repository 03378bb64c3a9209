from pareta_openai import OpenAI

client = OpenAI()
client.endpoints.list()
client.evals.sets.create(task="contract-key-fields", items=[])
client.chat.completions.create(model="ep_one", messages=[])
client.beta.chat.completions.parse(model="ep_one", messages=[])
client.models.list()
