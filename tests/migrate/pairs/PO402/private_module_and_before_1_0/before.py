import openai
import openai.error
from openai._exceptions import APIStatusError

try:
    openai.OpenAI().models.list()
except APIStatusError:
    print("status")
except openai.error.RateLimitError:
    print("before 1.0")
