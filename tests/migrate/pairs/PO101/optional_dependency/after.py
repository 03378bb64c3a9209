try:
    from openai import OpenAIError
    from pareta_openai import OpenAI
except ImportError:
    OpenAI = None
    OpenAIError = Exception


def make():
    if OpenAI is None:
        raise RuntimeError("pip install openai")
    return OpenAI()
