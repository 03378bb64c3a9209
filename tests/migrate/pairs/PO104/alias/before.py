from importlib import import_module as load

client = load("openai").OpenAI()
