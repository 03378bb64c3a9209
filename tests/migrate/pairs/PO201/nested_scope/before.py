from openai import OpenAI

HOST = "https://api.mistral.ai"


class App:
    path = "/v1"

    def __init__(self):
        self.url = f"{HOST}/v1"

    def client(self):
        def make():
            return OpenAI(base_url=self.url)

        return make()
