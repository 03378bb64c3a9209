import openai

openai.api_key = "ollama"
openai.base_url = "http://localhost:11434/v1/"
models = openai.models.list()
