from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openai import OpenAI


class Local:
    client: "OpenAI"

    def connect(self) -> "OpenAI":
        from openai import OpenAI

        self.client = OpenAI(base_url="http://localhost:8000/v1", api_key="none")
        return self.client
