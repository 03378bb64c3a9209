import importlib

pareta_openai = importlib.import_module("pareta_openai")
