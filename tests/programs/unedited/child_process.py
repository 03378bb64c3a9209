"""Work in processes of its own: one that is started, and a pool of them."""

import multiprocessing
import subprocess
import sys

CHILD = """
from openai import OpenAI
completion = OpenAI().chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "From a child"}])
print(completion.choices[0].message.content)
"""


def ask(number):
    from openai import OpenAI

    completion = OpenAI().chat.completions.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": f"From worker {number}"}]
    )
    return completion.choices[0].message.content


if __name__ == "__main__":
    subprocess.run([sys.executable, "-c", CHILD], check=True)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        for answer in pool.map(ask, range(3)):
            print(answer)
