def ask():
    import os

    import openai
    import pareta_openai

    def configure():
        pareta_openai.api_key = os.getenv("PARETA_API_KEY")

    configure()
    try:
        return pareta_openai.models.list()
    except openai.APIError:
        return None
