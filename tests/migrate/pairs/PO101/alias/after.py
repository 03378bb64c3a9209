from pareta_openai import OpenAI as Client  # ours

client = Client()
