"""Model aliases: the names that stand in the code → what Pareta is sent.

An alias map is a mapping, or a callable that is asked for every name. Its key ``*`` is for the names that have no line
of their own: an endpoint, which then stands for every other model of OpenAI's, or a callable, which is asked for any
name and returns None for those that are to be sent as they are.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from .errors import ParetaError

VARIABLE = "PARETA_MODEL_ALIASES"
REST = "*"

AskedForTheRest: TypeAlias = "Callable[[str], str | None]"
ModelAliases: TypeAlias = "Mapping[str, str | AskedForTheRest]"

_OPENAI_MODEL = re.compile(
    r"(ft:)?((chat)?gpt-|o\d+(-|$)|codex-|computer-use-|dall-e-|omni-moderation|sora-|tts-|whisper-"
    r"|text-(embedding|moderation|davinci|curie|babbage|ada)|(davinci|curie|babbage|ada)(-|$))"
)


def is_openai_model(name: str) -> bool:
    """Whether `name` is spelt as OpenAI spells the names of its models. An endpoint may be called so too."""
    return _OPENAI_MODEL.match(name) is not None


def find_model_aliases(argument: ModelAliases | AskedForTheRest | None) -> dict[str, Any]:
    """The argument, else ``PARETA_MODEL_ALIASES``, which is written ``gpt-4o-mini=ep_one,gpt-4o=ep_two``.

    Raises `ValueError` for an argument and `ParetaError` for a variable that cannot be used.
    """
    if argument is None:
        return _parse(os.environ.get(VARIABLE, ""))
    if callable(argument):
        return {REST: argument}
    for name, target in argument.items():
        is_text = isinstance(name, str) and name and isinstance(target, str) and target
        if not (is_text or (name == REST and callable(target))):
            raise ValueError(
                f"model_aliases: {name!r} → {target!r}: both must be non-empty strings. "
                f"{REST!r} may have a callable, which is asked for every name that has no line."
            )
    return dict(argument)


def resolve(aliases: Mapping[str, Any], name: str) -> str:
    """What to send where the code says `name`."""
    target = aliases.get(name)
    if target is None:
        rest = aliases.get(REST)
        if callable(rest):
            target = rest(name)
            if not (target is None or (isinstance(target, str) and target)):
                raise TypeError(f"model_aliases was asked for {name!r} and gave {target!r}: give a string, or None.")
        elif is_openai_model(name):
            target = rest
    return name if target is None else target


def read_config(directory: str | os.PathLike[str] | None = None) -> dict[str, str]:
    """`[tool.pareta.model-aliases]` of the nearest pyproject.toml, from `directory` or the working one upwards.

    Empty where there is no such file or table. Raises `ParetaError` for a file that cannot be read, and on Python 3.10
    where the package tomli is missing.
    """
    start = Path(directory or ".").absolute()
    file = next((found for folder in (start, *start.parents) if (found := folder / "pyproject.toml").is_file()), None)
    if file is None:
        return {}
    try:
        text = file.read_text(encoding="utf-8")
        # Most have none, and need no reader then.
        document = _toml_reader().loads(text) if "model-aliases" in text else {}
    except (OSError, ValueError) as error:
        raise _error(f"{file} cannot be read: {error}") from None
    table: Any = document
    for key in ("tool", "pareta", "model-aliases"):
        table = table.get(key, {}) if isinstance(table, dict) else None
    if not isinstance(table, dict) or not all(isinstance(target, str) and target for target in table.values()):
        raise _error(f'{file}: under [tool.pareta.model-aliases] belong lines such as "gpt-4o-mini" = "ep_one".')
    return table


def to_variable(aliases: Mapping[str, str]) -> str:
    """`aliases` as ``PARETA_MODEL_ALIASES`` has them. Raises `ParetaError` for a name that cannot be written there."""
    for text in (*aliases, *aliases.values()):
        if "," in text or "=" in text or text != text.strip():
            raise _error(f"{text!r} cannot be written in {VARIABLE}: give it as OpenAI(model_aliases={{…}}).")
    return ",".join(f"{name}={target}" for name, target in aliases.items())


def _parse(text: str) -> dict[str, str]:
    aliases = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, equals, target = (part.strip() for part in pair.partition("="))
        if not (name and equals and target):
            raise _error(
                f"{VARIABLE}: cannot read {pair!r}. "
                "Write name=endpoint, separated by commas: gpt-4o-mini=ep_one,gpt-4o=ep_two"
            )
        aliases[name] = target
    return aliases


def _toml_reader() -> Any:
    try:
        return import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    except ModuleNotFoundError:
        raise _error(
            "Reading pyproject.toml on Python 3.10 needs tomli: pip install 'pareta-openai[config]'."
        ) from None


def _error(message: str) -> ParetaError:
    # With openai, which a command that only reads the file does without.
    from .errors import ParetaError

    return ParetaError(message)
