import litellm
from pydantic_ai import Agent

litellm.completion(model="anthropic/claude-sonnet", messages=[])
litellm.completion(model="ollama/llama3", messages=[])
litellm.completion(model="openai/llama3", messages=[], api_base="http://localhost:8000/v1")
Agent("anthropic:claude-sonnet")
