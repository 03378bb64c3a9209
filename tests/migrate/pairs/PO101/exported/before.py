"""What the application's modules import."""

from openai import OpenAI as Client

__all__ = ["Client"]
