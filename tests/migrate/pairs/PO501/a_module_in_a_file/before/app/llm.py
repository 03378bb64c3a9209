import openai


def ask():
    try:
        return openai.OpenAI().models.list()
    except openai.RateLimitError:
        return None
