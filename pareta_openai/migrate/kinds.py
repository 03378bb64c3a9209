"""The kinds of files that are looked into, and the module that knows each.

Such a module has these functions:

- ``look(path, data, project) -> Look``: what it finds in the file's bytes;
- ``fault(path, before, after) -> str | None``: what is wrong with the bytes after the edits;
- ``imports(path, data, names) -> list[Edit]``: what adds imports of dotted names to the file as it is after the other
  edits; only where findings have `needs`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NamedTuple, Protocol, cast

from .findings import Edit, Finding, Span, Verdict
from .project import Project
from .source import Source


class Reason(NamedTuple):
    """The verdict on an occurrence of openai that no finding speaks of."""

    verdict: Verdict
    message: str


@dataclass(frozen=True)
class Look:
    """What a file was found to hold. Offsets are into ``source.data``."""

    source: Source
    findings: list[Finding]
    reason: Callable[[Span], Reason] = lambda _: Reason("left", "text that no code reads")
    exports: frozenset[str] = frozenset()
    """Names that others can import from this file and that are openai's or Pareta's."""


class KindModule(Protocol):
    def look(self, path: str, data: bytes, project: Project) -> Look: ...

    def fault(self, path: str, before: bytes, after: bytes) -> str | None: ...

    def imports(self, path: str, data: bytes, names: Iterable[str]) -> list[Edit]: ...


class FileKind(NamedTuple):
    """Files of one sort."""

    name: str
    home: str
    """The module of this package that knows them."""
    matches: Callable[[str], bool]
    """By the file's path, relative to the project."""
    after_code: bool = False
    """Whether they are looked into when all code has been, and `Project.renames` is known."""

    @property
    def module(self) -> KindModule:
        module: Any = import_module(f"{__package__}.{self.home}")
        return cast("KindModule", module)


_JAVASCRIPT = (".js", ".mjs", ".cjs", ".jsx")
_SETTINGS = re.compile(
    r"""(?:.*/)?(?:
        (?:[^/]*\.)?env(?:\.[^/]*)? | \.envrc | [^/]*\.(?:ya?ml|sh|toml|ini|cfg|lock)
        | [^/]*requirements[^/]*\.(?:txt|in) | requirements/[^/]*\.(?:txt|in)
        | (?:[^/]*\.)?(?:docker|container)file(?:\.[^/]*)? | (?:make|just|proc|pip)file
        | (?:package|package-lock|devcontainer|launch|app|vercel)\.json
    )""",
    re.IGNORECASE | re.VERBOSE,
)

KINDS = (
    FileKind("python", "python_files", lambda path: path.endswith((".py", ".pyi", ".pyw"))),
    FileKind("notebook", "notebooks", lambda path: path.endswith(".ipynb")),
    FileKind("markdown", "markdown", lambda path: path.endswith((".md", ".markdown"))),
    FileKind("javascript", "javascript", lambda path: path.endswith((".ts", ".mts", ".cts", ".tsx", *_JAVASCRIPT))),
    FileKind("settings", "settings", lambda path: _SETTINGS.fullmatch(path) is not None, after_code=True),
)


def kind_of(path: str) -> FileKind | None:
    """The kind of a file, by its path; None for those that are not looked into."""
    return next((kind for kind in KINDS if kind.matches(path)), None)
