def connect():
    import os

    from openai import OpenAI

    def key() -> None:
        os.environ.setdefault("OPENAI_API_KEY", "none")

    key()
    return OpenAI()
