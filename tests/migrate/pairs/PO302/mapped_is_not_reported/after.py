from pareta_openai import OpenAI

answer = OpenAI().chat.completions.create(model="ep_large", messages=[])
