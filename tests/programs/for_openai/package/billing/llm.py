from __future__ import annotations

from openai import OpenAI
from openai.types.chat import ChatCompletion


def make_client(max_retries: int = 2) -> OpenAI:
    return OpenAI(max_retries=max_retries)


class Reader:
    """Reads invoices with the client that it is given."""

    def __init__(self, client: OpenAI, model: str = "gpt-4o-mini") -> None:
        if not isinstance(client, OpenAI):
            raise TypeError("an OpenAI client is needed")
        self.client = client
        self.model = model

    def read(self, invoice: str) -> ChatCompletion:
        return self.client.chat.completions.create(model=self.model, messages=[{"role": "user", "content": invoice}])
