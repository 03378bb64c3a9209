def ask() -> object:
    import openai

    def inner() -> object:
        return openai.OpenAI().models.list()

    return inner()
