from app.llm import OpenAI, default

client = OpenAI(base_url="http://localhost:11434/v1", api_key="ollama")
