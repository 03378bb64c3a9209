def make():
    import pareta_openai as openai

    return openai.OpenAI(max_retries=3)
