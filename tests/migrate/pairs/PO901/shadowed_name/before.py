import openai


class httpx:
    Timeout = float


client = openai.OpenAI(timeout=httpx.Timeout(60))
