"""A chat with a memory, whose client is made once by a cached function."""

from functools import lru_cache

from openai import OpenAI
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam


@lru_cache
def client() -> OpenAI:
    return OpenAI(default_headers={"X-Team": "search"}, http_client=None)


def turn(history: list[ChatCompletionMessageParam], text: str) -> ChatCompletion:
    history.append({"role": "user", "content": text})
    completion = client().chat.completions.create(model="gpt-4o", messages=history, seed=7, stop=["\n\n"])
    history.append({"role": "assistant", "content": completion.choices[0].message.content})
    return completion


history: list[ChatCompletionMessageParam] = []
for text in ("Who are the parties?", "And who signed for the second?"):
    completion = turn(history, text)
    print(isinstance(completion, ChatCompletion), completion.usage.prompt_tokens)
print(history[-1]["content"])
