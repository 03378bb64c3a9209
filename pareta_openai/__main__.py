"""``python -m pareta_openai`` is the command ``pareta-openai``."""

from .cli import main

main()
