"""``pareta-openai run -- python app.py …``: a program as it is, on Pareta."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

import pareta_openai
from pareta_openai import aliases
from pareta_openai.adopt import migration_log, startup


def run(
    command: Annotated[
        list[str], typer.Argument(metavar="COMMAND…", help="What to run, with its own arguments.", show_default=False)
    ],
) -> None:
    """Run a program as it is, on Pareta: openai's clients become Pareta's, in it and in its children.

    Its key is PARETA_API_KEY. Where PARETA_MODEL_ALIASES is not set, [tool.pareta.model-aliases] of the nearest
    pyproject.toml says which endpoint stands for which model. PARETA_MIGRATION_LOG names a file to note in where each
    client is built.
    """
    environment = startup.environment(os.environ)
    if environment.get(migration_log.VARIABLE):
        # A child may work in another folder.
        environment[migration_log.VARIABLE] = str(Path(environment[migration_log.VARIABLE]).absolute())
    if not environment.get(aliases.VARIABLE):
        environment |= _configured_aliases()
    try:
        _become(command, environment)
    except FileNotFoundError:
        _end(command, "is not found", 127)
    except PermissionError:
        _end(command, "is not executable", 126)


def _configured_aliases() -> dict[str, str]:
    """The variable for those of the nearest pyproject.toml. Ends the program where it cannot be read."""
    try:
        configured = aliases.to_variable(aliases.read_config())
        return {aliases.VARIABLE: configured} if configured else {}
    except pareta_openai.ParetaError as error:  # looked up, and openai with it, only where there is one
        print(f"pareta-openai run: {error}", file=sys.stderr)
        raise SystemExit(2) from None


def _become(command: list[str], environment: dict[str, str]) -> NoReturn:
    """Status, signals and standard streams are the command's own: it takes this process over."""
    if sys.platform == "win32":  # where a process cannot be taken over
        raise SystemExit(subprocess.call(command, env=environment))
    os.execvpe(command[0], command, environment)


def _end(command: list[str], reason: str, status: int) -> NoReturn:
    print(f"pareta-openai run: {command[0]} {reason}.", file=sys.stderr)
    raise SystemExit(status)
