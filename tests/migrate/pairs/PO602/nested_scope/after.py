from openai import OpenAI


class Clerk:
    def __init__(self, client: OpenAI) -> None:
        self.client = client

    def run(self):
        def later():
            return self.client.completions.create(model="gpt-3.5-turbo-instruct", prompt="x")

        return later
