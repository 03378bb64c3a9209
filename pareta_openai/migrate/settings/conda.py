"""Requirements in environment.yml: conda's own, and pip's within them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..findings import Edit, Span
from .requirements import NAME, Requirement

_REQUIREMENT = re.compile(r"(?i)(?:[\w-]+::)?(?P<name>openai|pareta)(?![\w.-])\s*(?:\[[^\]]*\])?\s*(?P<version>.*)$")


def of_environment(data: bytes) -> Iterator[Requirement]:
    """Those in `dependencies`. Ours comes from PyPI, so beside conda's openai it goes into the pip list.

    Raises:
        ValueError: it is no YAML, or no UTF-8.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    text = data.decode("utf-8")
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except YAMLError as error:
        raise ValueError(str(error)) from error
    dependencies = _value(root, "dependencies")
    if dependencies is None or dependencies.id != "sequence":
        return
    pips = [pip for pip in (_value(item, "pip") for item in dependencies.value) if pip is not None and pip.value]
    items = [*dependencies.value, *(item for pip in pips for item in pip.value)]
    names = [item.value for item in items if item.id == "scalar"]
    present = any(re.match(r"(?i)pareta[-_.]openai(?![\w.-])", name) for name in names)
    for parent in (dependencies, *pips):
        for item in parent.value:
            found = _REQUIREMENT.match(item.value) if item.id == "scalar" else None
            if found is None:
                continue
            start = len(text[: item.start_mark.index].encode()) + found.start("name")
            name = Span(start, start + len(found["name"]))
            version = found["version"].strip()
            if parent.flow_style and not present:
                yield Requirement(name, version, None, f"add {NAME} to the pip list by hand")
                continue
            edit = None
            if not present and parent is not dependencies:
                edit = _line_after(text, item, _dash(text, item) + f"- {NAME}")
            elif not present and pips:
                last = pips[0].value[-1]
                edit = _line_after(text, last, _dash(text, last) + f"- {NAME}")
            elif not present:
                dash = _dash(text, item)
                lines = [f"{dash}- pip"] * ("pip" not in names) + [f"{dash}- pip:", f"{dash}  - {NAME}"]
                edit = _line_after(text, dependencies.value[-1], "\n".join(lines))
            present = True
            yield Requirement(name, version, edit)


def _value(node: Any, key: str) -> Any:
    if node is None or node.id != "mapping":
        return None
    return next((value for name, value in node.value if name.value == key), None)


def _dash(text: str, item: Any) -> str:
    """What stands before the dash of an item."""
    line = text[text.rfind("\n", 0, item.start_mark.index) + 1 : item.start_mark.index]
    return line[: line.rindex("-")]


def _line_after(text: str, item: Any, line: str) -> Edit:
    end = text.find("\n", item.end_mark.index if item.id == "scalar" else item.end_mark.index - 1)
    ending = "\r\n" if "\r\n" in text else "\n"
    place = len(text[: end + 1].encode()) if end >= 0 else len(text.encode())
    line = line.replace("\n", ending)
    return Edit(place, place, (line + ending if end >= 0 else ending + line).encode())
