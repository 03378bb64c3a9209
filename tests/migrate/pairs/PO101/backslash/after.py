from pareta_openai import OpenAI, \
    AsyncOpenAI

pair = OpenAI(), AsyncOpenAI()
