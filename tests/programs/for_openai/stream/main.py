"""Word by word, with the usage at the end."""

from openai import (
    OpenAI as Client,  # so that nobody takes it for ours
)

MODEL = "gpt-4o-mini"


def tell(client: Client, question: str) -> None:
    with client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": question}],
        stream=True,
        stream_options={"include_usage": True},
    ) as stream:
        for chunk in stream:
            if chunk.choices:
                print(chunk.choices[0].delta.content or "", end="")
            elif chunk.usage:
                print(f"\n{chunk.usage.completion_tokens} tokens")


if __name__ == "__main__":
    with Client(max_retries=1) as client:
        tell(client, "City Water, 96.72 EUR")
