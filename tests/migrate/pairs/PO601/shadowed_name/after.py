from pareta_openai import OpenAI

client = OpenAI()


def ask(client):
    return client.responses.create(input="x").output_text


class Robot:
    def __init__(self, responses):
        self.responses = responses

    def ask(self):
        return self.responses.create(input="x", model="y").output_text
