import os

import dspy as d
import langchain_openai as lco
from haystack.components.generators.chat import OpenAIChatGenerator as Generator
from haystack.utils import Secret

chat = lco.ChatOpenAI(openai_api_key=os.getenv("PARETA_API_KEY"), model_name="gpt-4o", openai_api_base="https://api.pareta.ai/v1")
lm = d.LM("openai/ep_one", api_key=os.environ["PARETA_API_KEY"], api_base="https://api.pareta.ai/v1")
generator = Generator(api_key=Secret.from_env_var("PARETA_API_KEY"), model="gpt-4o", api_base_url="https://api.pareta.ai/v1")
