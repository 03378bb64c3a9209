from openai import OpenAI


class App:
    model = "gpt-4o-mini"

    def __init__(self):
        self.client = OpenAI()

    def ask(self):
        def inner():
            return self.client.chat.completions.create(model=self.model, messages=[], stream=True)

        return inner()
