import openai


def ask(openai):
    openai.api_key = "sk-test"
    return openai.models.list()


caught = openai.APIError
