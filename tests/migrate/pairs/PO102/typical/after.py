import pareta_openai as openai

client = openai.OpenAI()
