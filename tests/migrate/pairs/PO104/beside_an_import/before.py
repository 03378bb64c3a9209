import importlib.util

if importlib.util.find_spec("openai"):
    from openai import OpenAI

    client = OpenAI()
