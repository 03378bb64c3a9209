import pareta_openai as openai

openai.timeout = 3
if openai.timeout:
    pass
models = openai.models.list()
