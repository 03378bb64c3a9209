"""Handlers of openai's exceptions, by their classes and by what they tell."""

import pareta_openai as openai

client = openai.OpenAI(max_retries=0)


def ask(**arguments):
    try:
        client.chat.completions.create(messages=[{"role": "user", "content": "Hello"}], **arguments)
    except openai.NotFoundError as error:
        return f"not found: {error.status_code} {error.code}"
    except openai.BadRequestError as error:
        return f"refused: {error.status_code}"
    except openai.APIConnectionError:
        return "not reached"
    except openai.APIError as error:
        return f"another: {error}"
    return "answered"


print(ask(model="ep_nowhere"))
print(ask(model="ep_contract_kie", temperature=9))
print(ask(model="ep_contract_kie"))
client = openai.OpenAI(max_retries=0, base_url="http://127.0.0.1:9/v1")
print(ask(model="ep_contract_kie"))
