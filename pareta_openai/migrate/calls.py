"""Calls as rules read and change them: arguments, plain strings, names to call things by."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import NamedTuple

from .findings import Edit
from .module import Module
from .scopes import Binding


def argument(call: ast.Call, *names: str, position: int | None = None) -> ast.expr | None:
    """The value that a call gives to the first of these parameters; `position` is where it stands without a name."""
    for keyword in call.keywords:
        if keyword.arg in names:
            return keyword.value
    if position is not None and position < len(call.args) and not isinstance(call.args[position], ast.Starred):
        return call.args[position]
    return None


def has_unpacking(call: ast.Call) -> bool:
    """Whether the call takes arguments out of ``*something`` or ``**something``."""
    return any(isinstance(each, ast.Starred) for each in call.args) or any(each.arg is None for each in call.keywords)


def string(node: ast.AST | None) -> str | None:
    """The text of a string constant."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def replace_in_string(module: Module, node: ast.AST, old: str, new: str) -> Edit | None:
    """The edit of `old` within a string's source; None where it is written in another way, such as in two pieces."""
    start, end = module.span(node)
    source = module.data[start:end]
    if source.count(old.encode()) != 1 or source.count(source[-1:]) not in (2, 6):
        return None
    at = start + source.index(old.encode())
    return Edit(at, at + len(old.encode()), new.encode())


class Name(NamedTuple):
    """How code calls something by a name."""

    text: str
    needs: tuple[str, ...] = ()
    """What has to be imported for it."""


def name_for(module: Module, node: ast.AST, origin: str) -> Name | None:
    """What code beside `node` calls `origin`, by an import that is there or one to add; None where its name is taken.

    `origin` is a module or something in one, such as ``pareta_openai.RateLimitError``.
    """
    home, _, last = origin.rpartition(".")
    for name, bindings in module.tree.module.bindings.items():
        found = {_imported(module, binding) for binding in bindings}
        if found <= {origin, home} and len(found) == 1 and module.scope(node).find(name) is module.tree.module:
            return Name(name) if found == {origin} else Name(f"{name}.{last}")
    is_free = module.scope(node).find(last) is None and last not in module.tree.module.bindings
    return Name(last, (origin,)) if is_free else None


def _imported(module: Module, binding: Binding) -> str | None:
    if isinstance(binding.node, ast.alias) and isinstance(binding.statement, (ast.Import, ast.ImportFrom)):
        return module.import_origin(binding.statement, binding.node)
    return None


def add_arguments(module: Module, call: ast.Call, arguments: Sequence[str]) -> Edit:
    """The edit that gives `call` more arguments, laid out as those that it has are."""
    last = max(
        [*call.args, *(keyword.value for keyword in call.keywords)],
        key=lambda node: module.span(node).end,
        default=None,
    )
    end = module.span(call).end - 1
    if last is None:
        opening = module.data.index(b"(", module.span(call.func).end) + 1
        return Edit(opening, opening, ", ".join(arguments).encode())
    position = module.span(last).end
    rest = module.data[position:end]
    separator = ", "
    line = module.data.rfind(b"\n", 0, position) + 1
    if line > module.span(call.func).end:
        indent = module.data[line:position]
        separator = ",\n" + indent[: len(indent) - len(indent.lstrip())].decode()
    comma = _trailing_comma(rest)
    if comma is None:
        return Edit(position, position, (separator + separator.join(arguments)).encode())
    if "\n" not in separator:
        return Edit(position + comma + 1, position + comma + 1, (" " + separator.join(arguments) + ",").encode())
    closing = module.data.rfind(b"\n", 0, end)
    text = separator[1:] + separator.join(arguments) + ","
    return Edit(closing, closing, text.encode())


def _trailing_comma(rest: bytes) -> int | None:
    """Where a comma stands between the last argument and the bracket, beside comments."""
    position = 0
    for line in rest.splitlines(keepends=True):
        code = line.partition(b"#")[0]
        if b"," in code:
            return position + code.index(b",")
        position += len(line)
    return None
