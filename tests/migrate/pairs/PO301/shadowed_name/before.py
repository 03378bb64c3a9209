from openai import OpenAI

MODEL = "gpt-4o-mini"
client = OpenAI()


def ask(MODEL="ep_other"):
    return client.chat.completions.create(model=MODEL, messages=[])
