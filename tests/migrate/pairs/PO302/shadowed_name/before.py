from openai import OpenAI

client = OpenAI()


def ask(client):
    return client.create(model="gpt-4o")
