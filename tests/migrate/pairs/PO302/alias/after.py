from pareta_openai import OpenAI as Client

MODEL = "o3-mini"
ask = Client().chat.completions
answer = Client().responses.create(model=MODEL, input="Hello")
