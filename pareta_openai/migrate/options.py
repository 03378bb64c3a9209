"""What a run is asked for: ``[tool.pareta.migrate]`` in pyproject.toml, and the command line over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any


class OptionsError(ValueError):
    """Settings that cannot be used; the message says which and why."""


@dataclass(frozen=True)
class Options:
    """Each field is also a key of ``[tool.pareta.migrate]``, with ``-`` for ``_``."""

    select: tuple[str, ...] = ()
    """Rules to run, by id or the start of one; all where it is empty."""
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    """Files to leave out, in the syntax of .gitignore."""
    unsafe: bool = False
    """Whether *suggested* changes are made."""
    docs: bool = False
    """Whether code blocks in Markdown are migrated."""
    models: Mapping[str, str] = field(default_factory=dict)
    """Model names, and what Pareta calls them."""

    def wants(self, rule: str) -> bool:
        """Whether the rule of this id is to run."""
        return (not self.select or rule.startswith(self.select)) and not (self.ignore and rule.startswith(self.ignore))


def read_options(root: Path, **given: Any) -> Options:
    """What pyproject.toml of `root` says, with what was `given` over it. Raises OptionsError."""
    options = Options()
    file = root / "pyproject.toml"
    if file.is_file():
        options = _from_table(_table(file), file)
    given = {name: value for name, value in given.items() if value}
    models = {**options.models, **given.get("models", {})}
    given["models"] = {name: alias for name, alias in models.items() if alias}  # a template has empty ones
    return replace(options, **given)


def _table(file: Path) -> Mapping[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
        if "pareta" not in text:
            return {}
        import tomlkit  # here: it takes longer to import than most runs take

        table = tomlkit.parse(text).unwrap()
    except ValueError as error:  # as both a wrong encoding and wrong TOML are
        raise OptionsError(f"{file} cannot be read: {error}") from None
    found = table.get("tool", {}).get("pareta", {}).get("migrate", {})
    return found if isinstance(found, dict) else {}


def _from_table(table: Mapping[str, Any], file: Path) -> Options:
    kinds = {each.name: getattr(Options(), each.name) for each in fields(Options)}
    values: dict[str, Any] = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        if name not in kinds:
            known = ", ".join(sorted(kinds))
            raise OptionsError(f"{file}: [tool.pareta.migrate] has no {key!r}; it takes {known}.")
        if not _fits(kinds[name], value):
            raise OptionsError(f"{file}: [tool.pareta.migrate] {key} cannot be {value!r}.")
        values[name] = tuple(value) if isinstance(value, list) else value
    return Options(**values)


def _fits(default: object, value: object) -> bool:
    if isinstance(default, bool):
        return isinstance(value, bool)
    if isinstance(default, tuple):
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())
