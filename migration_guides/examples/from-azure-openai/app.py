"""Read the parties of a contract with a deployment on Azure."""

import os

from openai import AzureOpenAI

client = AzureOpenAI(
    azure_endpoint=os.environ["AZURE_OPENAI_ENDPOINT"],
    api_key=os.environ["AZURE_OPENAI_API_KEY"],
    api_version="2024-10-21",
)


def parties(contract: str) -> str:
    answer = client.chat.completions.create(
        model="contracts-gpt-4o",
        messages=[{"role": "user", "content": f"The parties to: {contract}"}],
    )
    return answer.choices[0].message.content or ""


if __name__ == "__main__":
    print(parties("This agreement is made between Acme Ltd and Nordwind AS."))
