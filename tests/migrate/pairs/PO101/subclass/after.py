import openai
from pareta_openai import OpenAI


class Traced(OpenAI):
    def get(self, *args, **kwargs):
        print(args)
        return super().get(*args, **kwargs)


class Together(openai.AsyncOpenAI):
    def __init__(self, key: str) -> None:
        super().__init__(api_key=key, base_url="https://api.together.xyz/v1")


client = Traced()
