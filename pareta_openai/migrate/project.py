"""The files of a repository, and what they know of one another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from .module import Module
from .options import Options
from .source import Source, Unreadable

_REQUIREMENT = re.compile(rb"""(?m)^[\s"']*openai(?:\[[^\]]*\])?\s*=?\s*["']?\s*(?:==|>=|~=|\^)\s*(\d+)""")

# Where a repository keeps what its code can import, beside a folder itself.
_SOURCE_FOLDERS = ("", "src", "lib", "python")


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
        self._exports: dict[str, dict[str, frozenset[str]]] = {}
        self._stars: dict[str, list[str]] = {}
        self._found: dict[tuple[str, str, int], str | None] = {}

    def __getstate__(self) -> dict[str, Any]:
        # For another process, which finds these out for itself.
        return {**vars(self), "memo": {}, "_exports": {}, "_stars": {}, "_found": {}}

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

    def exported(self, path: str, name: str) -> frozenset[str]:
        """The origins of what a file binds to `name` at its top level."""
        if path not in self._exports:
            self._exports[path] = {}  # what is asked within a circle of imports
            self._stars[path] = []
            self._read_exports(path)
        found = self._exports[path].get(name)
        if found is not None:
            return found
        if path.endswith("__init__.py"):
            file = self._as_file(f"{path.removesuffix('__init__.py')}{name}")
            if file is not None:
                return frozenset({f"@{file}"})
        for star in self._stars[path]:
            if star != path:
                found = self.exported(star, name)
                if found:
                    return found
        return frozenset()

    def modules(self) -> Iterator[Module]:
        """The Python files that say openai, parsed one at a time: dear, so keep what comes of it in `memo`."""
        for path in sorted(self.files):
            if not path.endswith(".py"):
                continue
            with suppress(OSError, SyntaxError, Unreadable):
                data = self.read(path)
                if b"openai" in data.lower():
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

    def take(self, changes: Mapping[str, bytes]) -> None:
        """Reads these files' bytes from here on, in place of what they hold."""
        self.changed.update(changes)
        self._exports.clear()
        self._stars.clear()
        self.memo.clear()

    def _read_exports(self, path: str) -> None:
        try:
            module = Module(Source.from_bytes(self.read(path)), path, self)
        except (OSError, SyntaxError, Unreadable):
            return
        self._stars[path] = module.names.star_files()
        self._exports[path] = module.names.exported()

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
