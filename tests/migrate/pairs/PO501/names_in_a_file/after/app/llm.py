from openai import OpenAI
from pareta_openai import ParetaOpenAI

client = ParetaOpenAI()
other = OpenAI(base_url="http://localhost:11434/v1", api_key="ollama")
