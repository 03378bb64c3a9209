"""Key and URL out of the environment, as a service has them."""

import os
from dataclasses import dataclass, field

import openai


@dataclass
class Settings:
    api_key: str = field(default_factory=lambda: os.environ["OPENAI_API_KEY"])
    timeout: float = 30.0
    model: str = os.getenv("BILLING_MODEL", "gpt-4o-mini")


def build(settings: Settings) -> openai.OpenAI:
    return openai.OpenAI(
        api_key=settings.api_key,
        base_url=os.environ.get("OPENAI_BASE_URL", "https://api.openai.com/v1"),
        timeout=settings.timeout,
    )


settings = Settings()
with build(settings) as client:
    print(client.models.list().data[0].object)
    answer = client.chat.completions.create(
        model=settings.model, messages=[{"role": "user", "content": "Bright Cleaning, 310.00 EUR"}]
    )
    print(answer.choices[0].message.content)
