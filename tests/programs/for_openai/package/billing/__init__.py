"""The client is made in one place, and taken from here everywhere else."""

from .llm import Reader, make_client

__all__ = ["Reader", "make_client"]
