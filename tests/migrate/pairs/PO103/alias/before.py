from openai import *

make = AsyncOpenAI
client = make(timeout=3)
