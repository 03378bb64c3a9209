"""Python files: the rules run on them, and what must hold of the result."""

from __future__ import annotations

import ast
import builtins
import re
import symtable
import warnings
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

from .findings import Edit, Finding, Span
from .imports_needed import import_edits
from .kinds import Look, Reason
from .module import Module
from .origins import UNKNOWN
from .project import Project
from .rules import all_rules
from .source import Source

_KNOWN = frozenset(dir(builtins)) | {
    *("__name__", "__file__", "__doc__", "__path__", "__package__", "__spec__", "__loader__", "__builtins__"),
    *("__annotations__", "__cached__", "__dict__", "__module__", "__qualname__", "__class__", "__debug__"),
    *("__conditional_annotations__", "__classdict__", "__classcell__", "__firstlineno__", "__static_attributes__"),
}
_OPENAI = re.compile(rb"openai", re.IGNORECASE)
_NO_WORD = re.compile(rb"[^\w\x80-\xff]")


def look(path: str, data: bytes, project: Project) -> Look:
    """Raises SyntaxError and Unreadable."""
    source = Source.from_bytes(data)
    module = Module(source, path, project)
    findings = check_module(module, project)
    exports = module.names.exported().items()
    reexported = {name for name, origins in exports if any("openai" in each for each in project.follow(origins))}
    return Look(source, findings, Occurrences(module).reason, frozenset(reexported))


def check_module(module: Module, project: Project) -> list[Finding]:
    """What the rules find, without what an ignore comment keeps them from."""
    words = module.data.lower()
    if _imports_from_project(module):  # where a client may come from without its name
        words += b" openai"
    found: list[Finding] = []
    for rule in all_rules():
        if project.options.wants(rule.id) and any(word in words for word in rule.words):
            found += rule.check(module, project)
    kept = [_ignored(module, finding) or finding for finding in found]
    for line in module.ignores.unused():
        message = "this comment keeps no rule from anything: take it out"
        kept.append(Finding("PO001", "manual", module.ignores.spans[line], message, safety="manual"))
    return kept


def _imports_from_project(module: Module) -> bool:
    statements: list[ast.Import | ast.ImportFrom] = [*module.nodes(ast.Import), *module.nodes(ast.ImportFrom)]
    return any(module.import_origin(node, alias).startswith("@") for node in statements for alias in node.names)


def _ignored(module: Module, finding: Finding) -> Finding | None:
    if finding.verdict not in ("migrate", "manual"):
        return None
    first, last = (module.line(position) for position in finding.span)
    # All lines are asked: a comment that is of use is not to be reported as unused.
    lines = [line for line in range(first, last + 1) if module.ignored(finding.rule, line)]
    if not lines:
        return None
    message = f"the comment in line {lines[0]} says so"
    return replace(finding, verdict="left", message=message, edits=(), needs=(), renames=())


def fault(path: str, before: bytes, after: bytes) -> str | None:
    """Why the result is not to be written: it does not parse, or a name in it is not defined any more."""
    del path
    try:
        lost = undefined_names(Source.from_bytes(after).data)
        if lost:
            lost -= undefined_names(Source.from_bytes(before).data)
    except (SyntaxError, ValueError) as error:
        return f"the result would not parse: {error}"
    return f"the result would use names that are not defined: {', '.join(sorted(lost))}" if lost else None


def imports(path: str, data: bytes, names: Iterable[str]) -> list[Edit]:
    """Raises SyntaxError."""
    return import_edits(Module(Source.from_bytes(data), path), names)


def undefined_names(data: bytes) -> set[str]:
    """Names that code reads from the module's globals and that nothing there binds. Raises SyntaxError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        top = symtable.symtable(data.decode(), "<file>", "exec")
    bound = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    bound |= {child.get_name() for child in top.get_children() if child.get_type() in ("class", "function")}
    read: set[str] = set()
    tables = [top]
    while tables:
        table = tables.pop()
        for symbol in table.get_symbols():
            if symbol.is_global() or table is top:
                if symbol.is_referenced():
                    read.add(symbol.get_name())
                if symbol.is_assigned() or symbol.is_imported():
                    bound.add(symbol.get_name())
        tables += table.get_children()
    return read - bound - _KNOWN


class Occurrences:
    """Why a place that says openai and that no rule speaks of is as it is."""

    def __init__(self, module: Module) -> None:
        self._module = module

    def reason(self, span: Span) -> Reason:
        word = next(found for found in self._words if found.start <= span.start and span.end <= found.end)
        if word in self._code:
            origin = self._code[word]
            if origin is None:
                return Reason("left", "a name of this project's own")
            if origin.startswith("pareta_openai"):
                return Reason("already", "it is Pareta's")
            return Reason("left", f"{origin.replace('()', '')} stays what it is")
        if any(start <= span.start and span.end <= end for start, end in self._closed):
            return Reason("manual", "it is in an f-string that only Python 3.12 and newer can tell the places of: look")
        if any(start <= span.start and span.end <= end for start, end in self._texts):
            return Reason("left", "text in a string")
        return Reason("left", "a comment")

    @cached_property
    def _words(self) -> list[Span]:
        """Those that have openai in them."""
        data = self._module.data
        found = (match.span() for match in _OPENAI.finditer(data))
        return [Span(_word_start(data, start), _word_end(data, end)) for start, end in found]

    @cached_property
    def _texts(self) -> list[Span]:
        module = self._module
        constants = (node for node in module.nodes(ast.Constant) if isinstance(node.value, (str, bytes)))
        return [*map(module.span, constants), *map(module.span, module.nodes(ast.JoinedStr))]

    @cached_property
    def _closed(self) -> list[Span]:
        return [self._module.span(node) for node in self._module.tree.closed]

    @cached_property
    def _code(self) -> dict[Span, str | None]:
        """The words that are code, each with where it comes from."""
        found: dict[Span, str | None] = {}
        module = self._module
        defined: list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef] = [
            *module.nodes(ast.FunctionDef),
            *module.nodes(ast.AsyncFunctionDef),
            *module.nodes(ast.ClassDef),
        ]
        for node in defined:
            if _says_openai(node.name):
                start, _ = module.span(node)
                found.update(dict.fromkeys(self._within(start, module.span(node.body[0]).start), None))
        arguments: list[ast.arg | ast.keyword] = [*module.nodes(ast.arg), *module.nodes(ast.keyword)]
        for argument in arguments:
            if _says_openai(argument.arg or ""):
                start = module.span(argument).start
                found[Span(start, start + len((argument.arg or "").encode()))] = None
        statements: list[ast.Import | ast.ImportFrom] = [*module.nodes(ast.Import), *module.nodes(ast.ImportFrom)]
        for statement in statements:
            words = self._within(*module.span(statement))
            if words:
                found.update(dict.fromkeys(words, module.import_origin(statement, statement.names[0])))
        for name in module.nodes(ast.Name):
            if _says_openai(name.id):
                found[module.span(name)] = self._origin(name)
        for attribute in module.nodes(ast.Attribute):
            if _says_openai(attribute.attr):
                end = module.span(attribute).end
                found[Span(end - len(attribute.attr.encode()), end)] = self._origin(attribute)
        return found

    def _within(self, start: int, end: int) -> list[Span]:
        return [word for word in self._words if start <= word.start and word.end <= end]

    def _origin(self, node: ast.AST) -> str | None:
        known = sorted(origin for origin in self._module.origins(node) if origin != UNKNOWN)
        return known[0] if known else None


def _word_start(data: bytes, position: int) -> int:
    while position and not _NO_WORD.match(data, position - 1):
        position -= 1
    return position


def _word_end(data: bytes, position: int) -> int:
    match = _NO_WORD.search(data, position)
    return match.start() if match else len(data)


def _says_openai(name: str) -> bool:
    return "openai" in name.lower()
