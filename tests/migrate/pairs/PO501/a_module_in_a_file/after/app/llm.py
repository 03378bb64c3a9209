import openai
import pareta_openai


def ask():
    try:
        return pareta_openai.OpenAI().models.list()
    except openai.RateLimitError:
        return None
