from functools import partial

from openai import OpenAI

make = partial(OpenAI, base_url="https://api.together.xyz/v1")
