from openai import *
from pareta_openai import AsyncOpenAI

make = AsyncOpenAI
client = make(timeout=3)
