import openai


def report(e):
    try:
        openai.OpenAI().models.list()
    except openai.APIError as failure:
        def of(failure):
            return failure.code == 7

        print(e.code == 3, of(e))
