import openai

client = openai.OpenAI()

try:
    client.models.list()
except openai.RateLimitError:
    print("slower")
except openai.APIError as e:
    print(e)
