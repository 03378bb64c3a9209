import importlib

openai = importlib.import_module("openai")
client = openai.OpenAI()
