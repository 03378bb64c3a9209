"""httpx objects that are given to a client become openai's own names for them, which fit every openai.

openai 3 is built on httpx2 and takes no timeout or client of httpx's. ``openai.Timeout`` and
``openai.DefaultHttpxClient`` are the installed openai's own family. Changed where the project's openai is 3, and
otherwise left with a note.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from ..calls import name_for
from ..findings import Finding, Rule
from ..httpx_of_openai import WORKS, has_openai_3, is_of_client
from ..imported import imports_any
from ..module import Module
from ..project import Project
from ..verdicts import unchanged

_OWN = {
    "httpx.AsyncClient()": "openai.DefaultAsyncHttpxClient",
    "httpx.Client()": "openai.DefaultHttpxClient",
    "httpx.Timeout()": "openai.Timeout",
}
_PARAMETERS = ("http_client", "timeout")


def check(module: Module, project: Project) -> Iterable[Finding]:
    for call in module.nodes(ast.Call) if imports_any(module, "httpx") else ():
        given = list(_given(module, call))
        if given and is_of_client(module, call.func):
            for value, own in given:
                yield _replaced(module, project, value, own)


def _given(module: Module, call: ast.Call) -> Iterator[tuple[ast.expr, str]]:
    for keyword in call.keywords:
        own = _OWN.get(module.resolve(keyword.value) or "") if keyword.arg in _PARAMETERS else None
        if own is not None:
            yield keyword.value, own


def _replaced(module: Module, project: Project, value: ast.expr, own: str) -> Finding:
    if not has_openai_3(project):
        return unchanged("PO901", module, value, "left", WORKS.format(f"wants {own} here"))
    called = name_for(module, value, own)
    if not isinstance(value, ast.Call) or called is None or _has_more_of_httpx(module, value):
        advice = f"openai 3 takes httpx2's objects: make it with {own}, and what is in it with httpx2."
        return unchanged("PO901", module, value, "manual", advice)
    edit = module.replace(value.func, called.text)
    return Finding("PO901", "migrate", module.span(value), f"is {own}", (edit,), "suggested", needs=called.needs)


def _has_more_of_httpx(module: Module, call: ast.Call) -> bool:
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    inner = (node for value in values for node in ast.walk(value) if isinstance(node, ast.Name | ast.Attribute))
    return any((module.resolve(node) or "").startswith("httpx") for node in inner)


RULE = Rule("PO901", "httpx-objects", "suggested", check)
