import openai

client = openai.OpenAI()
ollama = openai.OpenAI(base_url="http://localhost:11434/v1", api_key="ollama")
