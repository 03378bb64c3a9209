import openai

try:
    openai.OpenAI().models.list()
except openai.APIError as e:
    if (e . code  # theirs
            == "invalid_api_key"):
        print("wrong key")
    match e.code:
        case "insufficient_quota":
            print("no money left")
