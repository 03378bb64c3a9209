try:
    from openai import OpenAI, OpenAIError
except ImportError:
    OpenAI = None
    OpenAIError = Exception


def make():
    if OpenAI is None:
        raise RuntimeError("pip install openai")
    return OpenAI()
