import openai
from pareta_openai import OpenAI

client = OpenAI()


def ask(question):
    try:
        return client.chat.completions.create(model="ep_one", messages=[{"role": "user", "content": question}])
    except openai.APIStatusError as e:
        if e.status_code == 402:
            return "Out of credit."
        elif e.status_code == 429:
            return "Too fast."
        elif e.status_code == 503:
            return "Still starting."
        raise
