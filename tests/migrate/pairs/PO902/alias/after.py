from httpx import HTTPError as Broken, TimeoutException
from openai import OpenAI

client = OpenAI()
try:
    for chunk in client.chat.completions.create(model="ep_one", messages=[], stream=True):
        print(chunk)
except (Broken, ValueError):
    print("broken")
except TimeoutException:
    print("later")
