from openai import OpenAI

one = OpenAI(
    # seconds
    timeout=20,
    base_url="https://api.openai.com/v1",  # the default, in truth
    max_retries=3,
)
two = OpenAI(  base_url = "https://api.openai.com/v1"  , )
three = OpenAI(timeout=20, base_url="https://api.openai.com/v1")
