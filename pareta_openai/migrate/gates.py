"""Which files are worth parsing: those that say a word some rule goes by, and those that import from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from .options import Options
from .rules import all_rules

_IMPORT = re.compile(rb"^[ \t]*(?:from|import)[ \t][^\n(]*(?:\([^)]*\))?", re.MULTILINE)
_WORD = re.compile(rb"\w+")


def words(options: Options) -> frozenset[bytes]:
    """In lower case: a filter that goes by case loses files, since code says ``OpenAI`` and ``OPENAI_API_KEY`` too."""
    wanted = (rule.words for rule in all_rules() if options.wants(rule.id))
    return frozenset({b"openai"}.union(*wanted))


def imported_words(data: bytes) -> frozenset[bytes]:
    """The words of a Python file's import statements."""
    return frozenset(word for line in _IMPORT.findall(data) for word in _WORD.findall(line))


def importing(candidates: Mapping[str, frozenset[bytes]], exporting: Iterable[str]) -> list[str]:
    """Those of `candidates`, with the words of their imports, that may import one of the files `exporting`."""
    names = {_module_name(path) for path in exporting}
    return [path for path, imported in candidates.items() if not names.isdisjoint(imported)]


def _module_name(path: str) -> bytes:
    """The last part of what other files call it."""
    file = PurePosixPath(path)
    return (file.parent.name if file.stem == "__init__" else file.stem).encode()
