"""The command line. Each command group is a module here, and imports what it needs when it is used."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs ``pareta-openai``; exits with 2 where the packages of the ``cli`` extra are missing."""
    try:
        import rich  # noqa: F401
        import typer
    except ModuleNotFoundError as error:
        print(f"pareta-openai needs {error.name}: pip install 'pareta-openai[cli]'", file=sys.stderr)
        raise SystemExit(2) from None

    from . import local

    app = typer.Typer(
        name="pareta-openai", no_args_is_help=True, add_completion=False, pretty_exceptions_show_locals=False
    )
    # Without a callback typer takes a single command for the whole program.
    app.callback()(_describe)
    app.command("local")(local.run)
    app()


def _describe() -> None:
    """Pareta from the command line."""
