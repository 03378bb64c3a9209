import os

from openai import OpenAI


class App:
    def __init__(self):
        self.key = os.environ.get("OPENAI_API_KEY", "")

    def client(self):
        def make():
            return OpenAI(api_key=self.key)

        return make()
