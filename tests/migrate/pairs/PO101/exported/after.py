"""What the application's modules import."""

from pareta_openai import OpenAI as Client

__all__ = ["Client"]
