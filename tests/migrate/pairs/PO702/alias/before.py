import litellm as llm
from agents import Agent as Worker, set_default_openai_key as use_key
from pydantic_ai.models.openai import OpenAIModel as Model

use_key("sk-...")
worker = Worker(name="Clerk", model="gpt-4o")
model = Model("gpt-4o")
answer = llm.acompletion("openai/gpt-4o", [])
