import openai

client = openai.OpenAI(base_url="https://openrouter.ai/api/v1", api_key="...")

try:
    client.models.list()
except openai.APIStatusError as e:
    if e.status_code == 402:
        print("OpenRouter wants money")
