import pareta_openai as openai


def stub(openai):
    return openai.OpenAI()


def real():
    return openai.OpenAI()
