"""The files of a repository, and what they know of one another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from .module import Module
from .options import Options
from .origins import STARRED, UNKNOWN, attribute_of, called
from .source import Source, Unreadable

_REQUIREMENT = re.compile(rb"""(?m)^[\s"']*openai(?:\[[^\]]*\])?\s*=?\s*["']?\s*(?:==|>=|~=|\^)\s*(\d+)""")

# As `called` has it, where it was not known yet that it is a client.
_COPIED = re.compile(r"\(\)\.(?:with_options|copy|__enter__|__aenter__)\(\)")

# A name that leads back to itself with something behind it would never end.
_LONGEST = 500

# Where a repository keeps what its code can import, beside a folder itself.
_SOURCE_FOLDERS = ("", "src", "lib", "python")


class _Exports(NamedTuple):
    """What other files can import from one."""

    names: dict[str, frozenset[str]]
    stars: list[str]


class Project:
    """What rules may ask about the repository that a module is part of."""

    def __init__(self, root: Path, files: Iterable[str], options: Options | None = None) -> None:
        self.root = root
        self.files = frozenset(files)
        """All files, relative to `root`, with forward slashes."""
        self.options = options or Options()
        self.memo: dict[object, Any] = {}
        """For what rules want to find out once; each process has its own."""
        self.changed: dict[str, bytes] = {}
        """What files hold that were changed in this run and are not written yet."""
        self.renames: dict[str, str] = {}
        """Environment variables that the changed code reads under a new name. Known once all modules are checked."""
        self.still_read: dict[str, str] = {}
        """Those of OpenAI's that code still reads, with one ``file:line``. Known once all modules are checked."""
        self.migrated = False
        """Whether any module is changed or is Pareta's already. Known once all modules are checked."""
        self._exports: dict[str, _Exports] = {}
        self._found: dict[tuple[str, str, int], str | None] = {}

    def __getstate__(self) -> dict[str, Any]:
        # For another process, which finds these out for itself.
        return {**vars(self), "memo": {}, "_exports": {}, "_found": {}}

    def read(self, path: str) -> bytes:
        """The bytes of a file, with the changes of this run. Raises OSError."""
        changed = self.changed.get(path)
        return (self.root / path).read_bytes() if changed is None else changed

    def file_of(self, module: str, importer: str, level: int = 0) -> str | None:
        """The project's file that `importer` gets by ``import module``, with `level` dots before it; else None."""
        folder = importer.rpartition("/")[0]
        key = (module, folder, level)
        if key not in self._found:
            self._found[key] = self._find(module, folder, level)
        return self._found[key]

    def follow(self, origins: Iterable[str]) -> frozenset[str]:
        """`origins` with those of names in the project's files in their place, from file to file."""
        found: set[str] = set()
        seen: set[str] = set()
        open_ends = list(origins)
        while open_ends:
            origin = open_ends.pop()
            if not origin.startswith("@"):
                found.add(_COPIED.sub("()", origin))
            elif origin not in seen and len(origin) < _LONGEST:
                seen.add(origin)
                open_ends += self._behind(origin)
        return frozenset(found) or frozenset({UNKNOWN})

    def _behind(self, origin: str) -> Iterable[str]:
        """Where a name in a file comes from."""
        file, _, rest = origin[1:].partition(":")
        name, dot, further = rest.partition(".")
        if not name:
            return ()
        exports = self._exports_of(file)
        for key, calls in ((name, ""), (name.removesuffix("()"), "()")):
            if key in exports.names and (calls or key == name):
                ends = (called(each) if calls else each for each in exports.names[key])
                return [each if each == UNKNOWN or not dot else attribute_of(each, further) for each in ends]
        folder = file.removesuffix("__init__.py")
        if folder.endswith("/") or not folder:
            inner = self._as_file(f"{folder}{name}")
            if inner is not None:
                return [f"@{inner}:{further}"]
        return [f"{star}{rest}" for star in exports.stars if star.startswith("@") or name in STARRED.get(star[:-1], ())]

    def take(self, changes: Mapping[str, bytes]) -> None:
        """Reads these files' bytes from here on, in place of what they hold."""
        self.changed.update(changes)
        for path in changes:
            self._exports.pop(path, None)
        self.memo.clear()

    def _exports_of(self, path: str) -> _Exports:
        exports = self._exports.get(path)
        if exports is None:
            try:
                names = Module(Source.from_bytes(self.read(path)), path, self).names
                exports = _Exports(names.exported(), names.stars())
            except (OSError, SyntaxError, Unreadable):
                exports = _Exports({}, [])
            self._exports[path] = exports
        return exports

    def modules(self, saying: re.Pattern[bytes] = re.compile(rb"openai", re.IGNORECASE)) -> Iterator[Module]:
        """The Python files that say a word, parsed one at a time: dear, so keep what comes of it in `memo`."""
        for path in sorted(self.files):
            if not path.endswith(".py"):
                continue
            with suppress(OSError, SyntaxError, Unreadable):
                data = self.read(path)
                if saying.search(data):
                    yield Module(Source.from_bytes(data), path, self)

    @cached_property
    def openai_major(self) -> int | None:
        """The lowest openai that the project's requirements take: 1, 2 or 3; None where they do not say."""
        for path in (self.root / "pyproject.toml", *sorted(self.root.glob("requirements*.txt"))):
            with suppress(OSError):
                match = _REQUIREMENT.search(path.read_bytes())
                if match:
                    return int(match.group(1))
        return None

    def _find(self, module: str, folder: str, level: int) -> str | None:
        inner = module.replace(".", "/")
        if level:
            parts = folder.split("/") if folder else []
            return self._as_file("/".join([*parts[: len(parts) - level + 1], inner]))
        while True:
            # Code imports from where packages are, not from within them.
            if not folder or f"{folder}/__init__.py" not in self.files:
                for source_folder in _SOURCE_FOLDERS:
                    file = self._as_file(f"{folder}/{source_folder}/{inner}")
                    if file is not None:
                        return file
            if not folder:
                return None
            folder = folder.rpartition("/")[0]

    def _as_file(self, path: str) -> str | None:
        path = path.replace("//", "/").strip("/")
        for file in (f"{path}.py", f"{path}/__init__.py" if path else "__init__.py"):
            if file in self.files:
                return file
        return None
