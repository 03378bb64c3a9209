from pareta_openai import OpenAI

client = OpenAI(
    timeout=3,
    max_retries=2,
    default_headers={},
)
