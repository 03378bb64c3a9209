import instructor
from agents import set_default_openai_client
from openai import AsyncOpenAI, OpenAI
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

client = instructor.from_openai(OpenAI())
set_default_openai_client(AsyncOpenAI())
model = OpenAIChatModel("gpt-4o", provider=OpenAIProvider(openai_client=AsyncOpenAI()))
