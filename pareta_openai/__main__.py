"""``python -m pareta_openai`` is the command ``pareta-openai``."""

from .cli import main

if __name__ == "__main__":  # processes of the codemod import this module too
    main()
