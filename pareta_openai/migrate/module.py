"""A parsed Python file, as rules see it."""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from .findings import Edit, Span
from .ignores import Ignores
from .origins import UNKNOWN, Origins
from .scopes import Scope, Tree
from .source import Source

if TYPE_CHECKING:
    from .project import Project

_F_STRINGS_ARE_PLACED = sys.version_info >= (3, 12)

_Node = TypeVar("_Node", bound=ast.AST)


class Module:
    """A file's tree, its bytes and what its names mean.

    Offsets are into `data`, which is UTF-8 whatever the file's encoding is. Raises SyntaxError for what does not parse.
    """

    def __init__(
        self, source: Source, path: str = "", project: Project | None = None, *, top_level_await: bool = False
    ):
        self.path = path
        """Relative to the project's root, with forward slashes."""
        self.source = source
        self.data = source.data
        self.ast = parse(source.data, top_level_await=top_level_await)
        self.memo: dict[object, Any] = {}
        """For what several rules want to find out once a module."""
        self.ignores = Ignores(source)
        self.project = project
        """The repository that it is part of."""

    @cached_property
    def tree(self) -> Tree:
        return Tree(self.ast) if _F_STRINGS_ARE_PLACED else Tree(self.ast, self._is_placed)

    @cached_property
    def names(self) -> Origins:
        return Origins(self.tree, self.path, self.project)

    def nodes(self, *types: type[_Node]) -> Iterator[_Node]:
        """All nodes of these types; those of each type in the order of the source."""
        for kind in types:
            yield from self.tree.by_type.get(kind, ())  # type: ignore[misc]

    def parent(self, node: ast.AST) -> ast.AST | None:
        return self.tree.parents.get(node)

    def parents(self, node: ast.AST) -> Iterator[ast.AST]:
        """From the node's own parent up to the module."""
        parent = self.parent(node)
        while parent is not None:
            yield parent
            parent = self.parent(parent)

    def statement(self, node: ast.AST) -> ast.stmt:
        """The statement that has `node`, or is it."""
        while not isinstance(node, ast.stmt):
            node = self.tree.parents[node]
        return node

    def scope(self, node: ast.AST) -> Scope:
        """The scope that `node` stands in; for a function or class, the one that it makes."""
        while node not in self.tree.scopes:
            node = self.tree.parents[node]
        return self.tree.scopes[node]

    def resolve(self, node: ast.AST) -> str | None:
        """What `node` is: ``openai.OpenAI`` for the class, ``openai.OpenAI()`` for a client, else None.

        Through aliases, assignments, annotations, ``self``, functions that return it and the project's own files. None
        where there is more than one candidate; a client that is one of a kind or something unknown counts as a client.
        """
        found = self.origins(node)
        known = [origin for origin in found if origin != UNKNOWN]
        if len(known) == 1 and (len(found) == 1 or "()" in known[0]):
            return known[0]
        return None

    def origins(self, node: ast.AST) -> frozenset[str]:
        """All candidates for what `node` is; ``?`` is among them where it may be something else."""
        found = self.names.of(node)
        if not found or not any(origin.startswith("@") for origin in found):
            return found
        return self.project.follow(found) if self.project is not None else frozenset({UNKNOWN})

    def import_origin(self, node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
        """What one name of an import statement stands for: ``openai``, ``openai.OpenAI``, ``@app/llm.py:client``."""
        return self.names.import_origin(node, alias)

    def span(self, node: ast.AST) -> Span:
        """The bytes of a node."""
        return self.source.span(node)

    def text(self, node: ast.AST) -> str:
        """The source of a node."""
        start, end = self.span(node)
        return self.data[start:end].decode(errors="replace")

    def line(self, position: int) -> int:
        """The line of an offset, from 1."""
        return self.source.line(position)

    def replace(self, node: ast.AST, text: str) -> Edit:
        """The edit that puts `text` in a node's place."""
        return Edit(*self.span(node), text.encode())

    def _is_placed(self, f_string: ast.JoinedStr) -> bool:
        starts = self.source.line_starts
        for node in ast.walk(f_string):
            if isinstance(node, ast.expr) and (node.end_lineno or 0) > len(starts):
                return False
            if isinstance(node, ast.Name) and self.text(node) != node.id:
                return False
            if isinstance(node, ast.Attribute) and not self.text(node).endswith(node.attr):
                return False
        return True

    def ignored(self, rule: str, line: int) -> bool:
        """Whether a comment on this line says ``# pareta: ignore`` to the rule."""
        return self.ignores.has(rule, line)


def parse(data: bytes, *, top_level_await: bool = False) -> ast.Module:
    """The tree of UTF-8 `data`. Raises SyntaxError."""
    flags = ast.PyCF_ONLY_AST | (ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if top_level_await else 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # such as an invalid escape: the file's own business
        try:
            tree = compile(data.decode(), "<file>", "exec", flags, dont_inherit=True)
        except (ValueError, RecursionError, MemoryError) as error:
            raise SyntaxError(str(error) or type(error).__name__) from None
    assert isinstance(tree, ast.Module)
    return tree
