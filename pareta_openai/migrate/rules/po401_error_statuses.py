"""A status that a handler compares becomes the class that Pareta has for it.

``if e.status_code == 402`` goes on working as it stands: Pareta's errors have the status too. The class says what it
is about, is what a type checker knows, and is caught by name further up. Statuses that have no class of their own
(400 without 422, 500 alone) stay as they are.

Suggested, since an error of another vendor's has the status and not the class.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import partial

from ..calls import Name, name_for
from ..clients_elsewhere import other_vendor
from ..findings import Edit, Finding, Rule
from ..module import Module
from ..openai_errors import is_error
from ..project import Project
from ..verdicts import unchanged

_finding = partial(unchanged, "PO401")

_CLASSES = {
    401: "AuthenticationError",
    402: "InsufficientCreditsError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    409: "ConflictError",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
    503: "EndpointNotReadyError",
}
# Openai's client raises them by these statuses as well, so either class does.
_OPENAIS = frozenset(_CLASSES.values()) - {"InsufficientCreditsError", "EndpointNotReadyError"}
_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE}
_NO_CLASS = "Pareta has no class of its own for this: comparing the status goes on working."


def check(module: Module, project: Project) -> Iterable[Finding]:
    for compare in module.nodes(ast.Compare):
        error = _error_in(module, compare)
        if error is not None:
            yield _compared(module, project, compare, error)
    for match in module.nodes(ast.Match):
        error = _status_of(module, match.subject)
        if error is not None:
            yield _matched(module, project, match, error)


def _error_in(module: Module, compare: ast.Compare) -> ast.Name | None:
    return _status_of(module, compare.left) or _status_of(module, compare.comparators[0])


def _status_of(module: Module, node: ast.AST) -> ast.Name | None:
    """The error, where `node` reads the status of one."""
    match node:
        case ast.Attribute(attr="status_code", value=ast.Attribute(attr="response", value=ast.Name() as error)):
            return error if is_error(module, error) else None
        case ast.Attribute(attr="status_code", value=ast.Name() as error):
            return error if is_error(module, error) else None
    return None


def _compared(module: Module, project: Project, compare: ast.Compare, error: ast.Name) -> Finding:
    names = _names_of(compare)
    if names is None:
        return _finding(module, compare, "left", _NO_CLASS)
    start, end = module.span(compare)
    if b"#" in module.data[start:end]:
        return _finding(module, compare, "manual", f"isinstance({error.id}, {', '.join(names)}), and keep the comment.")
    called = _called(module, project, compare, names)
    if isinstance(called, Finding):
        return called
    classes = ", ".join(name.text for name in called)
    text = f"isinstance({error.id}, {classes if len(called) == 1 else f'({classes})'})"
    if isinstance(compare.ops[0], (ast.NotEq, ast.NotIn)):
        text = f"not {text}"
        if isinstance(module.parent(compare), (ast.Compare, ast.UnaryOp, ast.BinOp)):
            text = f"({text})"
    return _changed(module, compare, (module.replace(compare, text),), called)


def _names_of(compare: ast.Compare) -> list[str] | None:
    """The classes that stand for what the status is compared with."""
    if len(compare.ops) != 1:
        return None
    operator, other = compare.ops[0], compare.comparators[0]
    if isinstance(other, ast.Attribute):
        other = compare.left
        operator = _TURNED.get(type(operator), type(operator))()
    match operator, other:
        case ((ast.Eq() | ast.NotEq()), ast.Constant(value=int(status))):
            return _by_status([status])
        case ((ast.In() | ast.NotIn()), (ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements))):
            return _by_status([element.value if isinstance(element, ast.Constant) else None for element in elements])
        case (ast.GtE(), ast.Constant(value=500)) | (ast.Gt(), ast.Constant(value=499)):
            return ["InternalServerError"]
    return None


def _by_status(statuses: list[object]) -> list[str] | None:
    if {400, 422} <= {*statuses}:
        statuses = [400, *(status for status in statuses if status not in (400, 422))]
        known: dict[object, str] = {400: "BadRequestError"}
    else:
        known = {}
    known.update(_CLASSES.items())
    names = [known.get(status) for status in statuses]
    return [name for name in names if name] if names and all(names) else None


def _matched(module: Module, project: Project, match: ast.Match, error: ast.Name) -> Finding:
    numbers = [pattern for case in match.cases for pattern in _alternatives(case.pattern)]
    edits = [module.replace(match.subject, error.id)]
    needed: list[Name] = []
    for pattern in numbers:
        if isinstance(pattern, ast.MatchAs) and pattern.pattern is None and pattern.name is None:
            continue
        value = pattern.value if isinstance(pattern, ast.MatchValue) else None
        names = _by_status([value.value]) if isinstance(value, ast.Constant) else None
        if names is None:
            return _finding(module, match, "left", _NO_CLASS)
        called = _called(module, project, match, names)
        if isinstance(called, Finding):
            return called
        needed += called
        edits.append(module.replace(pattern, f"{called[0].text}()"))
    return _changed(module, match, tuple(edits), needed)


def _alternatives(pattern: ast.pattern) -> Iterator[ast.pattern]:
    if isinstance(pattern, ast.MatchOr):
        for inner in pattern.patterns:
            yield from _alternatives(inner)
    else:
        yield pattern


def _called(module: Module, project: Project, node: ast.AST, names: list[str]) -> list[Name] | Finding:
    vendor = other_vendor(module, project)
    if vendor:
        return _finding(
            module, node, "left", f"A client here talks to {vendor}, whose errors are not of Pareta's classes."
        )
    called = []
    for name in names:
        found = name_for(module, node, f"pareta_openai.{name}")
        if found is None and name in _OPENAIS:
            found = name_for(module, node, f"openai.{name}")
        if found is None:
            advice = (
                f"{name} is the name of something else here: import pareta_openai's under another and use isinstance."
            )
            return _finding(module, node, "manual", advice)
        called.append(found)
    return called


def _changed(module: Module, node: ast.AST, edits: tuple[Edit, ...], called: list[Name]) -> Finding:
    needs = tuple(sorted({need for name in called for need in name.needs}))
    message = f"is {' or '.join(name.text for name in called)}"
    return Finding("PO401", "migrate", module.span(node), message, edits, "suggested", needs=needs)


RULE = Rule("PO401", "status-of-an-error", "suggested", check)
