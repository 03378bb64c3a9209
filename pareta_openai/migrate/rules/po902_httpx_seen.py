"""Handlers of httpx's exceptions and mocks of its transport do not see openai 3's traffic.

openai 3 sends through httpx2: what breaks there is no exception of httpx's (and Pareta's client raises
``APIConnectionError`` in any case), and respx and pytest-httpx let the request through to the network.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from ..calls import string
from ..findings import Finding, Rule
from ..httpx_of_openai import WORKS, has_openai_3, is_of_client
from ..imported import imports_any
from ..module import Module
from ..openai_errors import classes
from ..project import Project
from ..verdicts import unchanged

_INSTEAD = "catch openai.APIConnectionError, which Pareta's client raises for every fault of the transport"
_MOCKS = {
    "respx": "use pareta_openai's fixture pareta, or httpx2-pytest: respx does not see openai 3's requests",
    "httpx_mock": "use pareta_openai's fixture pareta, or httpx2-pytest: pytest-httpx does not see openai 3's requests",
}
_HOSTS = ("api.openai.com", "api.pareta.ai")


def check(module: Module, project: Project) -> Iterable[Finding]:
    for statement in module.nodes(ast.Try) if imports_any(module, "httpx") else ():
        caught = [each for handler in statement.handlers for each in classes(handler.type)]
        caught = [each for each in caught if (module.resolve(each) or "").startswith("httpx.")]
        if caught and any(_calls_client(module, inner) for inner in statement.body):
            for each in caught:
                yield _seen(module, project, each, _INSTEAD)
    mocks = any(word in module.data for word in (b"respx", b"httpx_mock"))
    for call in module.nodes(ast.Call) if mocks else ():
        library = _mock(module, call)
        if library:
            yield _seen(module, project, call, _MOCKS[library])


def _calls_client(module: Module, statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.Call) and is_of_client(module, node.func) for node in ast.walk(statement))


def _mock(module: Module, call: ast.Call) -> str:
    """The mocking library, where this call mocks OpenAI's or Pareta's host."""
    texts = [string(value) or "" for value in (*call.args, *(keyword.value for keyword in call.keywords))]
    if not any(host in text for text in texts for host in _HOSTS):
        return ""
    function = call.func
    if (module.resolve(function) or "").startswith("respx.") and "()" not in (module.resolve(function) or ""):
        return "respx"
    match function:
        case ast.Attribute(attr="add_response" | "add_exception" | "add_callback", value=ast.Name(id="httpx_mock")):
            return "httpx_mock"
    return ""


def _seen(module: Module, project: Project, node: ast.AST, instead: str) -> Finding:
    if has_openai_3(project):
        return unchanged("PO902", module, node, "manual", f"openai 3 sends through httpx2: {instead}.")
    return unchanged("PO902", module, node, "left", WORKS.format(instead))


RULE = Rule("PO902", "httpx-around-calls", "manual", check, words=(b"openai", b"pareta"))
