import instructor
import litellm
from llama_index.llms.openai import OpenAI
from pydantic_ai import Agent

client = instructor.from_provider("openai/gpt-4o-mini")
litellm.completion(model="gpt-4o", messages=[])
llm = OpenAI(model="gpt-4o-mini")
agent = Agent("openai:gpt-4o")
