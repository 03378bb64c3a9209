import openai

try:
    openai.OpenAI().models.list()
except openai.APIError as e:
    if e.body["code"] == "insufficient_quota":
        print("no money left")
    if e.body.get("error", {}).get("code") == "insufficient_quota":
        print("no money left")
    if "insufficient_quota" in str(e):
        print("no money left")
    print(e.body)
