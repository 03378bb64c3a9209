def ask():
    import os

    import openai

    def configure():
        openai.api_key = os.getenv("OPENAI_API_KEY")

    configure()
    try:
        return openai.models.list()
    except openai.APIError:
        return None
