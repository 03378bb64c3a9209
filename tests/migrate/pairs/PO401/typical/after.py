import openai
from pareta_openai import EndpointNotReadyError, InsufficientCreditsError, OpenAI, RateLimitError

client = OpenAI()


def ask(question):
    try:
        return client.chat.completions.create(model="ep_one", messages=[{"role": "user", "content": question}])
    except openai.APIStatusError as e:
        if isinstance(e, InsufficientCreditsError):
            return "Out of credit."
        elif isinstance(e, RateLimitError):
            return "Too fast."
        elif isinstance(e, EndpointNotReadyError):
            return "Still starting."
        raise
