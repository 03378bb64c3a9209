"""Read the parties of a contract, on Pareta by way of openai's client."""

import os

from openai import APIStatusError, OpenAI

client = OpenAI(
    base_url=os.environ.get("PARETA_BASE_URL", "https://api.pareta.ai/v1"),
    api_key=os.environ["PARETA_API_KEY"],
)


def parties(contract: str) -> str:
    try:
        answer = client.chat.completions.create(
            model="ep_contract_kie",
            messages=[{"role": "user", "content": f"The parties to: {contract}"}],
        )
    except APIStatusError as error:
        if error.status_code == 402:
            return "out of credit"
        if error.status_code == 503:
            return "starting"
        raise
    return answer.choices[0].message.content or ""


if __name__ == "__main__":
    print(parties("This agreement is made between Acme Ltd and Nordwind AS."))
