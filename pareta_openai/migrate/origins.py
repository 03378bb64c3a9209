"""Where a name comes from: ``openai.OpenAI``, through aliases, scopes and the project's own files.

An origin is a dotted name. ``()`` behind it is what a call of it gives, so that ``openai.OpenAI()`` is a client and
``openai.OpenAI().chat.completions.create`` a method of it. Within this package ``@app/llm.py:client`` is a name in a
file of the project, which `Project.follow` goes after, and ``?`` something that is not known.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from .scopes import Binding, Scope, Tree

if TYPE_CHECKING:
    from .project import Project

UNKNOWN = "?"
_COPIES = ("with_options", "copy", "__enter__", "__aenter__")
_BUILTINS = frozenset(dir(builtins))
_NOTHING: frozenset[str] = frozenset()
_SOMETHING = frozenset({UNKNOWN})

# What `from openai import *` brings that a client's code goes by.
STARRED = {
    "openai": frozenset(
        {
            *("APIConnectionError", "APIError", "APIResponseValidationError", "APIStatusError", "APITimeoutError"),
            *("AsyncAzureOpenAI", "AsyncClient", "AsyncOpenAI", "AsyncStream", "AuthenticationError", "AzureOpenAI"),
            *("BadRequestError", "Client", "ConflictError", "InternalServerError", "NOT_GIVEN", "NotFoundError"),
            *("NotGiven", "OpenAI", "OpenAIError", "PermissionDeniedError", "RateLimitError", "Stream", "Timeout"),
            *("UnprocessableEntityError", "types"),
        }
    )
}


class Origins:
    """The origins of the expressions of one module."""

    def __init__(self, tree: Tree, path: str, project: Project | None) -> None:
        self._tree = tree
        self._path = path
        self._project = project
        self._known: dict[object, frozenset[str]] = {}
        self._asked: set[object] = set()

    def of(self, node: ast.AST | None) -> frozenset[str]:
        """All that `node` may be; ``?`` among them for what is not known."""
        if node is None:
            return _SOMETHING
        return self._once(node, lambda: self._find(node))

    def _once(self, key: object, find: Callable[[], frozenset[str]]) -> frozenset[str]:
        """What `find` finds, remembered; nothing where it is asked for within itself."""
        known = self._known.get(key)
        if known is None:
            if key in self._asked:
                return _NOTHING
            self._asked.add(key)
            known = find()
            self._asked.discard(key)
            if known or not self._asked:  # nothing, within a circle, is only nothing yet
                self._known[key] = known
        return known

    def exported(self) -> dict[str, frozenset[str]]:
        """What other files can import: names, and as ``name()`` what a call of a function gives."""
        found = {}
        for name, bindings in self._tree.module.bindings.items():
            found[name] = self._of_bindings(bindings) or _SOMETHING
            for binding in bindings:
                if binding.kind == "function" and binding.node is not None:
                    found[f"{name}()"] = self._result(binding.node) or _SOMETHING
        return found

    def stars(self) -> list[str]:
        """The origins of what is imported with a star, without the names: ``openai.``, ``@app/llm.py:``."""
        return [self._module(node) for node in self._tree.stars]

    def import_origin(self, node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
        """What an import binds."""
        if isinstance(node, ast.ImportFrom):
            origin = self._module(node)
            if self._project is not None and not origin.startswith("@"):
                file = self._project.file_of(f"{node.module or ''}.{alias.name}".strip("."), self._path, node.level)
                if file is not None:  # of a folder that is no package
                    return f"@{file}:"
            return origin + alias.name
        name = alias.name if alias.asname else alias.name.partition(".")[0]
        if self._project is not None:
            file = self._project.file_of(name, self._path)
            if file is not None:
                return f"@{file}:"
            inner = self._project.file_of(alias.name, self._path) if name != alias.name else None
            if inner is not None:
                return f"@{inner[: inner.rindex(alias.name.replace('.', '/'))]}{name}/:"
        return name

    def _module(self, node: ast.ImportFrom) -> str:
        """The origin of what is imported from there, without its name."""
        file = self._project.file_of(node.module or "", self._path, node.level) if self._project is not None else None
        return f"@{file}:" if file else f"{'.' * node.level}{node.module or ''}."

    def _find(self, node: ast.AST) -> frozenset[str]:
        if isinstance(node, ast.Name):
            return self._name(node)
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, (ast.Await, ast.NamedExpr)):
            return self.of(node.value)
        if isinstance(node, ast.IfExp):
            return self.of(node.body) | self.of(node.orelse)
        if isinstance(node, ast.BoolOp):
            return frozenset().union(*map(self.of, node.values))
        if isinstance(node, ast.Constant) and node.value is None:
            return _NOTHING
        return _SOMETHING

    def _name(self, node: ast.Name) -> frozenset[str]:
        scope = self._tree.scopes.get(node)
        if scope is None:
            return _SOMETHING
        home = scope.find(node.id)
        if home is not None:
            return self._once((home, node.id), lambda: self._of_bindings(home.bindings[node.id]))
        for star in self.stars():
            if node.id in STARRED.get(star[:-1], ()):
                return frozenset({f"{star}{node.id}"})
        found = frozenset(f"{star}{node.id}" for star in self.stars() if star.startswith("@"))
        return found if found and node.id not in _BUILTINS else _SOMETHING

    def _of_bindings(self, bindings: list[Binding]) -> frozenset[str]:
        return frozenset().union(*(self._of_binding(binding) for binding in bindings))

    def _of_binding(self, binding: Binding) -> frozenset[str]:
        if binding.kind == "import":
            assert isinstance(binding.node, ast.alias)
            assert isinstance(binding.statement, (ast.Import, ast.ImportFrom))
            return frozenset({self.import_origin(binding.statement, binding.node)})
        if binding.kind in ("value", "entered"):
            return self.of(binding.node)
        if binding.kind == "annotation":
            return self._annotated(binding.node)
        return _NOTHING if binding.kind == "nothing" else _SOMETHING

    def _attribute(self, node: ast.Attribute) -> frozenset[str]:
        if isinstance(node.value, ast.Name):
            owner = self._class_of(node.value)
            if owner is not None:
                bindings = [*owner.attributes.get(node.attr, ()), *owner.bindings.get(node.attr, ())]
                if not bindings:
                    return _SOMETHING
                return self._once((owner, "self", node.attr), lambda: self._of_bindings(bindings))
        return frozenset(attribute_of(origin, node.attr) for origin in self.of(node.value))

    def _class_of(self, name: ast.Name) -> Scope | None:
        """The class whose method has `name` as its first parameter."""
        scope = self._tree.scopes.get(name)
        while scope is not None and scope.this != name.id:
            scope = scope.parent
        return scope.parent if scope is not None else None

    def _call(self, node: ast.Call) -> frozenset[str]:
        function = node.func
        if isinstance(function, ast.Name):
            scope = self._tree.scopes.get(function)
            home = scope.find(function.id) if scope is not None else None
            bindings = home.bindings[function.id] if home is not None else []
            if bindings and all(binding.kind == "function" for binding in bindings):
                return frozenset().union(*(self._result(binding.node) for binding in bindings if binding.node))
        return frozenset(map(called, self.of(function)))

    def _result(self, function: ast.AST) -> frozenset[str]:
        """What a call of this function gives."""
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return _SOMETHING
        if function.returns is not None:
            annotated = self._annotated(function.returns)
            if annotated != _SOMETHING:
                return annotated
        values = list(_returned(function))
        return self._once((function, "()"), lambda: frozenset().union(*map(self.of, values)))

    def _annotated(self, annotation: ast.AST | None) -> frozenset[str]:
        """An instance of what the annotation names."""
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            return self._named_in_text(annotation.value)
        if isinstance(annotation, ast.BinOp):
            return self._annotated(annotation.left) | self._annotated(annotation.right)
        if isinstance(annotation, ast.Constant) and annotation.value is None:
            return _NOTHING
        if isinstance(annotation, ast.Subscript):
            if _last_name(annotation.value) in ("Optional", "Annotated", "Final", "ClassVar", "Union"):
                inner = annotation.slice
                parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
                if _last_name(annotation.value) == "Annotated":
                    parts = parts[:1]
                return frozenset().union(*map(self._annotated, parts))
            return _SOMETHING
        if isinstance(annotation, (ast.Name, ast.Attribute)):
            return frozenset(UNKNOWN if origin == UNKNOWN else f"{origin}()" for origin in self.of(annotation))
        return _SOMETHING

    def _named_in_text(self, text: str) -> frozenset[str]:
        first, *rest = text.removesuffix(" | None").split(".")
        bindings = self._tree.module.bindings.get(first)
        if bindings is None:
            return _SOMETHING
        found = self._of_bindings(bindings)
        return frozenset(UNKNOWN if origin == UNKNOWN else f"{'.'.join([origin, *rest])}()" for origin in found)


def attribute_of(origin: str, name: str) -> str:
    """What hangs on it by that name."""
    if origin == UNKNOWN:
        return UNKNOWN
    return f"{origin}{name}" if origin.endswith(":") else f"{origin}.{name}"


def called(origin: str) -> str:
    """What a call of it gives: of a client's own copy, such a client."""
    client, _, method = origin.rpartition(".")
    if client.endswith("()") and method in _COPIES:
        return client
    return UNKNOWN if origin == UNKNOWN else f"{origin}()"


def _returned(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    stack: list[ast.AST] = [*function.body]
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        if isinstance(node, (ast.Return, ast.Yield)):
            if node.value is not None:
                yield node.value
        elif isinstance(node, (ast.stmt, ast.ExceptHandler, ast.Expr, getattr(ast, "match_case", ast.stmt))):
            stack += ast.iter_child_nodes(node)


def _last_name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
