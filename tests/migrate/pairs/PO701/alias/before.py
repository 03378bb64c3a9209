import os

import dspy as d
import langchain_openai as lco
from haystack.components.generators.chat import OpenAIChatGenerator as Generator
from haystack.utils import Secret

chat = lco.ChatOpenAI(openai_api_key=os.getenv("OPENAI_API_KEY"), model_name="gpt-4o")
lm = d.LM("openai/gpt-4o-mini", api_key="sk-proj-1234")
generator = Generator(api_key=Secret.from_env_var("OPENAI_API_KEY"), model="gpt-4o")
