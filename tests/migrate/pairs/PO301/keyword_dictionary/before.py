from openai import OpenAI

settings = {"model": "gpt-4o-mini", "temperature": 0}
answer = OpenAI().chat.completions.create(messages=[], **settings)
