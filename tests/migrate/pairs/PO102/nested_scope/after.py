def ask() -> object:
    import pareta_openai as openai

    def inner() -> object:
        return openai.OpenAI().models.list()

    return inner()
