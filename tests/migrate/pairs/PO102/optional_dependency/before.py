try:
    import openai
except ImportError:
    openai = None


def make():
    return openai.OpenAI() if openai else None
