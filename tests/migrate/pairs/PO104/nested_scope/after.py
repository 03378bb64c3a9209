def make():
    return __import__("openai").OpenAI()
