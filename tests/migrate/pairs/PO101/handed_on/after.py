from dataclasses import dataclass, field
from functools import partial

from pareta_openai import AsyncOpenAI, OpenAI

make = partial(OpenAI, timeout=20)


@dataclass
class App:
    client: OpenAI = field(default_factory=OpenAI)
    later: AsyncOpenAI = field(default_factory=lambda: AsyncOpenAI())
