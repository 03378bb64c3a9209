"""The imports that changed code needs, each added once: into the import that is there, else on a line of its own."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Sequence

from .findings import Edit
from .module import Module


def import_edits(module: Module, names: Iterable[str]) -> list[Edit]:
    """What imports the dotted `names` at the top of the module, as far as it has them not."""
    missing: dict[str, list[str]] = {}
    for name in sorted(set(names)):
        package, _, last = name.rpartition(".")
        if not _has(module, package, last):
            missing.setdefault(package, []).append(last)
    edits = []
    lines = [f"import {last}" for last in missing.pop("", [])]
    for package, lasts in sorted(missing.items()):
        there = next((node for node in _top_level(module) if _is_from(node, package)), None)
        if there is None:
            lines.append(f"from {package} import {', '.join(lasts)}")
        else:
            edits += [_joined(module, there, last) for last in lasts]
    return sorted([*edits, *_own_lines(module, lines)], key=lambda edit: edit[:2])


def _top_level(module: Module) -> list[ast.Import | ast.ImportFrom]:
    return [node for node in module.ast.body if isinstance(node, (ast.Import, ast.ImportFrom))]


def _is_from(node: ast.stmt, package: str) -> bool:
    return (
        isinstance(node, ast.ImportFrom)
        and not node.level
        and node.module == package
        and all(alias.name != "*" for alias in node.names)
    )


def _has(module: Module, package: str, last: str) -> bool:
    for node in _top_level(module):
        named = any(alias.name == last and alias.asname in (None, last) for alias in node.names)
        if named and (_is_from(node, package) if package else isinstance(node, ast.Import)):
            return True
    return False


def _joined(module: Module, statement: ast.Import | ast.ImportFrom, name: str) -> Edit:
    """Into the statement, where its names are in order; each on its own line where they are."""
    aliases = statement.names
    lines = [alias.lineno for alias in aliases]
    apart = b" "
    if len(set(lines)) == len(lines) and lines[0] != statement.lineno:
        start = module.span(aliases[0]).start
        apart = module.source.newline + module.data[module.source.line_starts[lines[0] - 1] : start]
    following = next((alias for alias in aliases if alias.name.lower() > name.lower()), None)
    if following is not None:
        position = module.span(following).start
        return Edit(position, position, name.encode() + b"," + apart)
    position = module.span(aliases[-1]).end
    return Edit(position, position, b"," + apart + name.encode())


def _own_lines(module: Module, lines: Sequence[str]) -> list[Edit]:
    """Behind the first import of openai or of Pareta, or where there is none in front of the first of an installed
    package, for lines that import such; else behind the docstring and the imports from the future."""
    newline = module.source.newline
    text = b"".join(line.encode() + newline for line in lines)
    if not text:
        return []
    ours = [node for node in _top_level(module) if any(_is_ours(module, node, alias) for alias in node.names)]
    behind: list[ast.stmt] = [*ours[:1]]
    outside = [node for node in _top_level(module) if _is_outside(node)]
    if not behind and outside and not all(line.split()[1] in sys.stdlib_module_names for line in lines):
        start = _start_of_line(module, outside[0])
        return [Edit(start, start, text)]
    if not behind:
        behind = [node for node in module.ast.body[:1] if isinstance(node, ast.Expr) and _is_text(node.value)]
        behind += [
            node for node in _top_level(module) if isinstance(node, ast.ImportFrom) and node.module == "__future__"
        ]
    first = module.ast.body[0] if module.ast.body else None
    position = _end_of_line(module, behind[-1]) if behind else _start_of_line(module, first)
    if position is None:  # another statement on the same line
        end = module.span(behind[-1]).end
        return [Edit(end, end, b"; " + b"; ".join(line.encode() for line in lines))]
    if module.data[:position].endswith((b"\n", b"\r")) or not position:
        return [Edit(position, position, text)]
    return [Edit(position, position, newline + text.removesuffix(newline))]


def _is_outside(node: ast.Import | ast.ImportFrom) -> bool:
    """Whether it imports from a package that has to be installed."""
    if isinstance(node, ast.Import):
        return node.names[0].name.partition(".")[0] not in sys.stdlib_module_names
    return not node.level and (node.module or "").partition(".")[0] not in sys.stdlib_module_names


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_ours(module: Module, node: ast.Import | ast.ImportFrom, alias: ast.alias) -> bool:
    return module.import_origin(node, alias).split(".")[0] in ("openai", "pareta_openai")


def _start_of_line(module: Module, node: ast.stmt | None) -> int:
    return module.source.line_starts[node.lineno - 1] if node is not None else len(module.data)


def _end_of_line(module: Module, node: ast.stmt) -> int | None:
    """Where the next line starts; None where another statement is on the line."""
    line, starts = node.end_lineno or node.lineno, module.source.line_starts
    if any(other.lineno == line for other in module.ast.body if other is not node):
        return None
    return starts[line] if line < len(starts) else len(module.data)
