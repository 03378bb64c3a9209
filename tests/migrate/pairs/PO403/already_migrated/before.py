from pareta_openai import InsufficientCreditsError, OpenAI

try:
    OpenAI().models.list()
except InsufficientCreditsError as e:
    print(e.hint, e.code)
