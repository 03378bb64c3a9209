import importlib.util

if importlib.util.find_spec("openai"):
    from pareta_openai import OpenAI

    client = OpenAI()
