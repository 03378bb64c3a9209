from pareta_openai import OpenAI


class App:
    model = "ep_contract_kie"

    def __init__(self):
        self.client = OpenAI()

    def ask(self):
        def inner():
            return self.client.chat.completions.create(model=self.model, messages=[], stream=True)

        return inner()
