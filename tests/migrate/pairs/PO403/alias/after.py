from openai import APIError as Refused, OpenAI

try:
    OpenAI().models.list()
except Refused as refused:
    if refused.code in ("insufficient_quota", "billing_hard_limit_reached") or refused.type == "insufficient_quota":
        print("no money left")
