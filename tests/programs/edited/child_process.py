"""Work in processes of its own: one that is started, and a pool of them."""

import multiprocessing
import subprocess
import sys

CHILD = """
from pareta_openai import OpenAI
completion = OpenAI().chat.completions.create(model="ep_contract_kie", messages=[{"role": "user", "content": "From a child"}])
print(completion.choices[0].message.content)
"""


def ask(number):
    from pareta_openai import OpenAI

    completion = OpenAI().chat.completions.create(
        model="ep_invoice_kie", messages=[{"role": "user", "content": f"From worker {number}"}]
    )
    return completion.choices[0].message.content


if __name__ == "__main__":
    subprocess.run([sys.executable, "-c", CHILD], check=True)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        for answer in pool.map(ask, range(3)):
            print(answer)
