"""A pool of threads on one client."""

from concurrent.futures import ThreadPoolExecutor

from openai import OpenAI

client = OpenAI()


def classify(number):
    completion = client.chat.completions.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": f"Invoice {number}: paid or open?"}]
    )
    return completion.choices[0].message.content


with ThreadPoolExecutor(8) as pool:
    for answer in pool.map(classify, range(16)):
        print(answer)
