import litellm


def ask(litellm):
    return litellm.completion(model="gpt-4o", messages=[])


class Agent:
    """The application's own."""


Agent("openai:gpt-4o")
