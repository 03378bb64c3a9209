"""Requirements in TOML: pyproject.toml of PEP 621, Poetry, PDM, Hatch and uv, and Pipfile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..edits import apply
from ..findings import Edit, Span
from .requirements import NAME, Requirement

_REQUIREMENT = re.compile(
    r"(?i)(?P<name>openai|pareta)(?![\w.-])\s*(?:\[[^\]]*\])?\s*(?P<version>[^;]*)(?P<marker>;.*)?$"
)
_LISTS = ("dependencies", "dev-dependencies", "extra-dependencies", "optional-dependencies", "dependency-groups")
_TABLES = ("dependencies", "dev-dependencies", "packages", "dev-packages")
_Path = tuple[str, ...]


def of_toml(data: bytes) -> Iterator[Requirement]:
    """Those in the document's lists and tables of dependencies.

    An edit is made in the text, so that every comment stays, and kept only where reading it again gives what was meant.

    Raises:
        ValueError: it is no TOML, or no UTF-8.
    """
    for path, items in _walk(read(data), ()):
        if isinstance(items, list):
            yield from _of_list(data, path, items)
        else:
            yield from _of_table(data, path, items)


def read(data: bytes) -> dict[str, Any]:
    """Raises ValueError: it is no TOML, or no UTF-8."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        return tomlkit.parse(data.decode("utf-8")).unwrap()
    except TOMLKitError as error:
        raise ValueError(str(error)) from error


def _walk(table: dict[str, Any], path: _Path) -> Iterator[tuple[_Path, Any]]:
    """The lists and tables in which requirements are."""
    for key, value in table.items():
        below = (*path, key)
        if isinstance(value, list):
            if any(name in _LISTS for name in below):
                yield below, value
        elif isinstance(value, dict):
            if key in _TABLES and path[:1] != ("project",) and _key_of(value):
                yield below, value
            else:
                yield from _walk(value, below)


def _of_list(data: bytes, path: _Path, items: list[Any]) -> Iterator[Requirement]:
    texts = [item for item in items if isinstance(item, str)]
    present = any(re.match(r"(?i)pareta[-_.]openai(?![\w.-])", text) for text in texts)
    for text in texts:
        found = _REQUIREMENT.match(text)
        if found is None:
            continue
        ours = NAME + (f" {found['marker']}" if found["marker"] else "")
        index = items.index(text) + 1
        wanted = [*items[:index], ours, *items[index:]]
        quoted = re.compile(rb"(?P<quote>[\"'])" + re.escape(text.encode()) + rb"(?P=quote)")
        for token in quoted.finditer(data):
            edits = _item_after(data, token, ours)
            if _at(apply(data, edits), path) == wanted:
                name = Span(token.start() + 1, token.start() + 1 + len(found["name"]))
                yield Requirement(name, found["version"].strip(), None if present else _joined(data, edits))
                present = True
                break


def _item_after(data: bytes, token: re.Match[bytes], item: str) -> list[Edit]:
    quote = token["quote"]
    text = quote + item.encode() + quote
    line_start = data.rfind(b"\n", 0, token.start()) + 1
    indent = data[line_start : token.start()]
    rest = re.compile(rb"[ \t]*(?P<comma>,)?[ \t]*(?:#[^\r\n]*)?(?P<end>\r?\n)").match(data, token.end())
    if indent.strip() or rest is None:
        return [Edit(token.end(), token.end(), b", " + text)]
    if rest["comma"]:
        return [Edit(rest.end(), rest.end(), indent + text + b"," + rest["end"])]
    comma = Edit(token.end(), token.end(), b",")
    return [comma, Edit(rest.end(), rest.end(), indent + text + rest["end"])]


def _joined(data: bytes, edits: list[Edit]) -> Edit:
    """The edits as one, from the first to the last."""
    start, end = edits[0].start, edits[-1].end
    shifted = [Edit(edit.start - start, edit.end - start, edit.text) for edit in edits]
    return Edit(start, end, apply(data[start:end], shifted))


def _of_table(data: bytes, path: _Path, table: dict[str, Any]) -> Iterator[Requirement]:
    value = table[_key_of(table)]
    version = value if isinstance(value, str) else str(value.get("version", "")) if isinstance(value, dict) else ""
    present = any(re.fullmatch(r"(?i)pareta[-_.]openai", name) for name in table)
    obstacle = ""
    if isinstance(value, dict) and "optional" in value and not present:
        obstacle = f"add {NAME} to {'.'.join(path)} and to the extras that have openai"
    # A line after the right one shows up in this table, also where nothing is to be added.
    key = f"{NAME}-" if present else NAME
    ending = b"\r\n" if b"\r\n" in data else b"\n"
    for line in re.finditer(
        rb"(?mi)^(?P<indent>[ \t]*)[\"']?(?P<name>openai|pareta)[\"']?[ \t]*=[^\r\n]*(?P<end>\r?\n|\Z)", data
    ):
        text = line["indent"] + key.encode() + b' = "*"'
        edit = Edit(line.end(), line.end(), text + ending if line["end"] else ending + text)
        if _at(apply(data, [edit]), path) == {**table, key: "*"}:
            yield Requirement(Span(*line.span("name")), version, None if present or obstacle else edit, obstacle)
            return


def _key_of(table: dict[str, Any]) -> str:
    return next((key for key in table if key.lower() in ("openai", "pareta")), "")


def _at(data: bytes, path: _Path) -> Any:
    try:
        value: Any = read(data)
        for key in path:
            value = value[key]
    except (ValueError, KeyError):
        return None
    return value
