from openai import OpenAI

client = OpenAI()


def upload(client):
    return client.files.create(file=b"")


def store(batches):
    return batches.create()
