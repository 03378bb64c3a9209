import os

from openai import AsyncOpenAI


class App:
    def client(self):
        arguments = dict(api_key=os.environ["OPENAI_API_KEY"], max_retries=3)

        def make():
            return AsyncOpenAI(**arguments)

        return make()
