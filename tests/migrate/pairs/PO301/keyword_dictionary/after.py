from pareta_openai import OpenAI

settings = {"model": "ep_contract_kie", "temperature": 0}
answer = OpenAI().chat.completions.create(messages=[], **settings)
