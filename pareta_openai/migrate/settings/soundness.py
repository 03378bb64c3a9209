"""Whether what reads a settings file can still read it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import PurePosixPath

from . import toml


def stays_readable(path: str, before: bytes, after: bytes) -> bool:
    """Whether `after` is TOML, JSON or YAML where `before` was."""
    name = PurePosixPath(path).name.lower()
    parse = _PARSERS.get("toml" if name == "pipfile" else name.rpartition(".")[2])
    return parse is None or not _parses(parse, before) or _parses(parse, after)


def _parses(parse: Callable[[bytes], object], data: bytes) -> bool:
    try:
        parse(data)
    except ValueError:
        return False
    return True


def _yaml(data: bytes) -> None:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        # Building the values finds the same key twice; tags of one program are no one else's business.
        list(YAML(typ="rt", pure=True).load_all(data.decode("utf-8")))
    except YAMLError as error:
        raise ValueError(str(error)) from error


_PARSERS: dict[str, Callable[[bytes], object]] = {
    "toml": toml.read,
    "json": json.loads,
    "yml": _yaml,
    "yaml": _yaml,
}
