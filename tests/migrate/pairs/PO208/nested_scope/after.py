def connect():
    import os

    from pareta_openai import OpenAI

    def key() -> None:
        os.environ.setdefault("PARETA_API_KEY", "none")

    key()
    return OpenAI()
