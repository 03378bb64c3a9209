from dataclasses import dataclass


@dataclass
class Settings:
    model: str = "gpt-4o-mini"


settings = Settings()
