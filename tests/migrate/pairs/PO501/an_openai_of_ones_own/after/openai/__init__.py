class OpenAI:
    """The project is openai itself."""
