from openai import OpenAI

settings = {"timeout": 20}
settings["base_url"] = "http://localhost:8000"
client = OpenAI(**settings)
