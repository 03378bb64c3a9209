import openai


class httpx:
    class ReadTimeout(Exception):
        """The application's own."""


try:
    openai.OpenAI().models.list()
except httpx.ReadTimeout:
    print("later")
