"""Python inside other files: the rules see one module, and its edits are placed in the file's own bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from .findings import Edit, Finding, Span
from .kinds import Look
from .module import Module
from .project import Project
from .python_files import check_module
from .source import Source


class Embedded(NamedTuple):
    """`source` is the code, in UTF-8; `place` gives the edit of the file's bytes for an edit of the code."""

    source: bytes
    place: Callable[[Edit], Edit]


def look_into(path: str, data: bytes, code: Embedded, project: Project) -> Look:
    """What the rules find in the code. ``await`` may stand outside functions there, as it does in a notebook."""
    module = Module(Source(code.source), path, project, top_level_await=True)
    return Look(Source(data), [_placed(finding, code) for finding in check_module(module, project)])


def _placed(finding: Finding, code: Embedded) -> Finding:
    start = code.place(Edit(finding.span.start, finding.span.start, b"")).start
    end = code.place(Edit(finding.span.end, finding.span.end, b"")).end
    return replace(finding, span=Span(start, end), edits=tuple(map(code.place, finding.edits)))
