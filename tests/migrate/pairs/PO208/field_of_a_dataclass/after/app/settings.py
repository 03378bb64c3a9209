import os
from dataclasses import dataclass, field


@dataclass
class Settings:
    api_key: str = field(default_factory=lambda: os.environ["PARETA_API_KEY"])
    url: str = "https://api.openai.com/v1"
    ollama_url: str = "http://localhost:11434/v1"


settings = Settings()
