import openai
from pareta_openai import InternalServerError, OpenAI

try:
    OpenAI().models.list()
except openai.APIStatusError as e:
    if e.status_code == 400:
        print("malformed, and not a 422")
    elif e.status_code in (500, 502):
        print("their fault")
    elif isinstance(e, InternalServerError):
        print("their fault, or not ready")
    elif e.status_code == limit:
        print("as configured")
