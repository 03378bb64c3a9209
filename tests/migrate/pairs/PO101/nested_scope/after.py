def ask(text: str) -> str:
    if text:
        from pareta_openai import OpenAI

        client = OpenAI(timeout=30)
        return str(client.models.list())
    return ""
