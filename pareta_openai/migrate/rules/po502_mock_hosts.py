"""HTTP mocks of OpenAI's host get Pareta's.

A client that moves calls ``https://api.pareta.ai/v1`` (or what PARETA_BASE_URL says), where a mock of
``https://api.openai.com/v1`` no longer meets it. Cassettes hold recorded hosts: they have to be recorded again, or
their tests moved to the local platform, which answers the same routes and needs no recording.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import partial

from ..calls import replace_in_string, string
from ..clients_elsewhere import other_vendor
from ..findings import Finding, Rule
from ..module import Module
from ..project import Project
from ..verdicts import unchanged

_finding = partial(unchanged, "PO502")

_HOST, _NEW_HOST = "api.openai.com", "api.pareta.ai"
_FIXTURES = {"respx_mock": "respx", "httpx_mock": "pytest_httpx", "requests_mock": "requests_mock"}
_LIBRARIES = ("respx", "pytest_httpx", "httpx2_pytest")
_NOT_USED = ("requests_mock", "responses", "httpretty", "aioresponses")
_CASSETTES = ("vcr.use_cassette", "vcr.VCR().use_cassette", "pytest.mark.vcr")
_UNSEEN = "openai does not use this library's transport: the mock does not bite, before or after."
_BUILT = f"The URL is put together elsewhere: it has to begin with https://{_NEW_HOST}/v1 for clients that moved."
_STAYS = f"A client here stays with {{}}: https://{_NEW_HOST}/v1 is the URL for those that moved."
_CASSETTE = (
    f"A cassette has OpenAI's host and headers: record it again against {_NEW_HOST}, or use pareta_openai's fixture "
    "pareta, whose local platform needs no recording."
)


def check(module: Module, project: Project) -> Iterable[Finding]:
    for call in module.nodes(ast.Call) if _HOST.encode() in module.data else ():
        for node in _urls(module, call):
            library = _library(module, call.func)
            if library:
                yield _mocked(module, project, node, library)
    if b"vcr" in module.data:
        for node in module.nodes(ast.Attribute, ast.Name):
            if module.resolve(node) in _CASSETTES:
                yield _finding(module, node, "manual", _CASSETTE)


def _library(module: Module, function: ast.AST) -> str:
    """The mocking library whose function this is."""
    package = (module.resolve(function) or "").replace("()", "").partition(".")[0]
    if package in (*_LIBRARIES, *_NOT_USED):
        return package
    root = function
    while isinstance(root, (ast.Attribute, ast.Call)):
        root = root.func if isinstance(root, ast.Call) else root.value
    if isinstance(root, ast.Name) and root.id in _FIXTURES and root is not function:
        home = module.scope(root).find(root.id)
        if home is not None and home.kind == "function":
            return _FIXTURES[root.id]
    return ""


def _urls(module: Module, call: ast.Call) -> Iterator[ast.expr]:
    """What among the arguments names OpenAI's host, or may be put together to."""
    for node in (*call.args, *(keyword.value for keyword in call.keywords)):
        text = string(node)
        if text is not None:
            if text == _HOST or _is_of_host(text):
                yield node
        elif isinstance(node, (ast.JoinedStr, ast.BinOp)):
            if any(_names_host(module, inner) for inner in ast.walk(node)):
                yield node
        elif isinstance(node, ast.Name) and _names_host(module, node):
            yield node


def _is_of_host(url: str) -> bool:
    scheme, _, rest = url.partition("://")
    return scheme == "https" and rest.partition("/")[0] == _HOST


def _names_host(module: Module, node: ast.AST) -> bool:
    """Whether this is OpenAI's URL, or a name that the module gives to it."""
    if isinstance(node, ast.Name):
        home = module.scope(node).find(node.id)
        bindings = home.bindings[node.id] if home is not None else []
        return any(_is_of_host(string(binding.node) or "") for binding in bindings)
    return _is_of_host(string(node) or "")


def _mocked(module: Module, project: Project, node: ast.expr, library: str) -> Finding:
    if library in _NOT_USED:
        return _finding(module, node, "left", _UNSEEN)
    edit = replace_in_string(module, node, _HOST, _NEW_HOST) if string(node) is not None else None
    if edit is None or b"\n" in module.data[slice(*module.span(node))]:
        return _finding(module, node, "manual", _BUILT)
    vendor = other_vendor(module, project)
    if vendor:
        return _finding(module, node, "manual", _STAYS.format(vendor))
    return Finding("PO502", "migrate", module.span(node), f"is https://{_NEW_HOST}", (edit,), "suggested")


RULE = Rule("PO502", "mocked-hosts", "suggested", check)
