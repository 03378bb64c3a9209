"""A decorator of one's own that waits for a busy service, and a tuple of what is worth another try."""

import functools

import openai
from openai import OpenAI

AGAIN = (openai.RateLimitError, openai.APIConnectionError, openai.InternalServerError)


def patient(function):
    @functools.wraps(function)
    def call(*args, **kwargs):
        for attempt in range(3):
            try:
                return function(*args, **kwargs)
            except AGAIN as error:
                print("again after", type(error).__name__, attempt)
        return function(*args, **kwargs)

    return call


class Summaries:
    client = OpenAI(max_retries=0)

    @patient
    def of(self, text):
        return self.client.chat.completions.create(
            **{"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}]}
        )


print(Summaries().of("a contract of 40 pages").choices[0].message.content)
Summaries.client.close()
