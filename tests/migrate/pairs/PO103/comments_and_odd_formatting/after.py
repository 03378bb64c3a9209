from  openai  import  *   # noqa: F403
from pareta_openai import AsyncOpenAI, OpenAI

pair = OpenAI( ), AsyncOpenAI( )  # noqa: F405
