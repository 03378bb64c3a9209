from openai import OpenAI as Client  # ours

client = Client()
