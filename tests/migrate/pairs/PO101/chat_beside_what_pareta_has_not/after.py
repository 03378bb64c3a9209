from pareta_openai import OpenAI

client = OpenAI()
files = client.files.list()
models = client.models.list()
