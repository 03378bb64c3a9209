import openai

try:
    openai.OpenAI().models.list()
except openai.RateLimitError as e:
    if e.code == "insufficient_quota":
        print("no money left")
    else:
        raise
