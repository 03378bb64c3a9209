"""The command line. Each command group is a module here, and imports what it needs when it is used."""

from __future__ import annotations

import sys
from collections.abc import Callable

_SETTINGS = {
    "run": {"allow_interspersed_args": False},  # what comes after the command's name is the command's
}


def main() -> None:
    """Runs ``pareta-openai``; exits with 2 where the packages of the command's extra are missing."""
    extra = "migrate" if sys.argv[1:2] == ["migrate"] else "cli"
    try:
        if extra == "migrate":
            import pathspec  # noqa: F401
        import rich  # noqa: F401
        import typer
    except ModuleNotFoundError as error:
        print(f"pareta-openai needs {error.name}: pip install 'pareta-openai[{extra}]'", file=sys.stderr)
        raise SystemExit(2) from None

    from . import local, migrate, run

    commands: dict[str, Callable[..., None]] = {"local": local.run, "migrate": migrate.run, "run": run.run}
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_show_locals=False,
        rich_markup_mode=None,  # rich takes longer to import than all else that --help does
    )
    name, *rest = [*sys.argv[1:], ""]
    if name in commands:
        # By itself: for a command within a group, typer imports pydantic before it looks at what the command is given.
        app.command(no_args_is_help=False, context_settings=_SETTINGS.get(name))(commands[name])
        app(rest[:-1], prog_name=f"pareta-openai {name}")
    # Without a callback typer takes a single command for the whole program.
    app.callback()(_describe)
    for name, command in commands.items():
        app.command(name, context_settings=_SETTINGS.get(name))(command)
    app(prog_name="pareta-openai")


def _describe() -> None:
    """Pareta from the command line."""
