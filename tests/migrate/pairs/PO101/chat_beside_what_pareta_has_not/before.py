from openai import OpenAI

client = OpenAI()
files = client.files.list()
models = client.models.list()
