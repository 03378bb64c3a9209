from pareta_openai import OpenAI

one = OpenAI(
    # seconds
    timeout=20,
    max_retries=3,
)
two = OpenAI()
three = OpenAI(timeout=20)
