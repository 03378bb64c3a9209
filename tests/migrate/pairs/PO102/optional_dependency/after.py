try:
    import pareta_openai as openai
except ImportError:
    openai = None


def make():
    return openai.OpenAI() if openai else None
