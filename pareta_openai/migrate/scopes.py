"""Which name is bound where: one walk over a tree that knows Python's scopes."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}

BindingKind = Literal["import", "value", "entered", "annotation", "function", "class", "nothing", "unknown"]


class Binding(NamedTuple):
    """What a name is bound to: `node` is the value, the annotation, the definition or the import's alias."""

    kind: BindingKind
    node: ast.AST | None
    statement: ast.AST | None = None
    """The Import or ImportFrom, for a binding by import."""


class Scope:
    """A module, class, function or comprehension."""

    __slots__ = ("attributes", "bindings", "elsewhere", "kind", "node", "parent", "this")

    def __init__(
        self, kind: Literal["module", "class", "function", "comprehension"], node: ast.AST, parent: Scope | None
    ):
        self.kind = kind
        self.node = node
        self.parent = parent
        self.bindings: dict[str, list[Binding]] = {}
        self.elsewhere: dict[str, Scope] = {}
        """Names declared ``global`` or ``nonlocal``, and the scope that they are bound in."""
        self.attributes: dict[str, list[Binding]] = {}
        """Of a class: what its methods assign to attributes of ``self``."""
        self.this = ""
        """Of a method: the name of its first parameter."""

    def bind(self, name: str, binding: Binding) -> None:
        home = self.elsewhere.get(name, self)
        home.bindings.setdefault(name, []).append(binding)

    def find(self, name: str) -> Scope | None:
        """The scope whose binding of `name` is meant by code in this one."""
        if name in self.elsewhere:
            return self.elsewhere[name]
        if name in self.bindings:
            return self
        scope = self.parent
        while scope is not None:
            if scope.kind != "class":
                if name in scope.elsewhere:
                    return scope.elsewhere[name]
                if name in scope.bindings:
                    return scope
            scope = scope.parent
        return None


class Tree:
    """The nodes of a module by type, with their parents and scopes."""

    def __init__(self, module: ast.Module, is_placed: Callable[[ast.JoinedStr], bool] = lambda _: True) -> None:
        """`is_placed` says whether the positions within an f-string are right: before Python 3.12 not all are."""
        self.closed: list[ast.JoinedStr] = []
        """F-strings whose inside is not in the tree, as they are not placed."""
        self._is_placed = is_placed
        self.module = Scope("module", module, None)
        self.by_type: defaultdict[type[ast.AST], list[ast.AST]] = defaultdict(list)
        self.parents: dict[ast.AST, ast.AST] = {}
        self.scopes: dict[ast.AST, Scope] = {module: self.module}
        self.stars: list[ast.ImportFrom] = []
        self._walk(module.body, module, self.module)

    def _walk(self, nodes: Iterable[ast.AST], parent: ast.AST, scope: Scope) -> None:
        # A stack of its own: generated code is nested deeper than Python's stack is.
        stack = [(node, parent, scope) for node in nodes]
        stack.reverse()
        by_type, parents, scopes = self.by_type, self.parents, self.scopes
        pop, push = stack.pop, stack.append
        while stack:
            node, parent, scope = pop()
            kind = type(node)
            by_type[kind].append(node)
            parents[node] = parent
            if kind is ast.Name:
                scopes[node] = scope
                if type(node.ctx) is not ast.Load:  # type: ignore[attr-defined]
                    self._bind_target(node, parent, scope)
                continue
            if kind is ast.Constant:
                continue
            visit = _VISITORS.get(kind)
            if visit is not None:
                children = visit(self, node, scope)
                if children is not None:
                    stack += reversed([(child, node, inner) for child, inner in children])
                    continue
            fields = _FIELDS.get(kind)
            if fields is None:
                fields = _FIELDS[kind] = tuple(name for name in reversed(kind._fields) if name not in _NO_NODES)
            for name in fields:
                value = getattr(node, name, None)
                if type(value) is list:
                    for item in reversed(value):
                        if isinstance(item, ast.AST):
                            push((item, node, scope))
                elif isinstance(value, ast.AST):
                    push((value, node, scope))

    def _bind_target(self, node: ast.AST, parent: ast.AST, scope: Scope) -> None:
        name: str = node.id  # type: ignore[attr-defined]
        binding = Binding("unknown", node)
        if isinstance(parent, (ast.Assign, ast.NamedExpr)):
            binding = _value(parent.value)
        elif isinstance(parent, ast.AnnAssign):
            binding = _value(parent.value) if parent.value is not None else Binding("annotation", parent.annotation)
        elif isinstance(parent, ast.withitem):
            binding = Binding("entered", parent.context_expr)
        elif isinstance(node.ctx, ast.Del):  # type: ignore[attr-defined]
            binding = Binding("nothing", node)
        if isinstance(parent, ast.NamedExpr):
            while scope.kind == "comprehension" and scope.parent is not None:
                scope = scope.parent
        scope.bind(name, binding)

    def _function(self, node: ast.AST, scope: Scope) -> list[tuple[ast.AST, Scope]]:
        inner = Scope("function", node, scope)
        self.scopes[node] = inner
        arguments: ast.arguments = node.args  # type: ignore[attr-defined]
        outer: list[ast.AST] = []
        if not isinstance(node, ast.Lambda):
            assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            scope.bind(node.name, Binding("function", node))
            outer += node.decorator_list
            outer += getattr(node, "type_params", [])
            if node.returns is not None:
                outer.append(node.returns)
        plain = [*arguments.posonlyargs, *arguments.args]
        defaults = dict(zip(reversed(plain), reversed(arguments.defaults), strict=False))
        defaults.update({a: d for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d})
        for argument in (*plain, *arguments.kwonlyargs):
            bindings = (
                [Binding("annotation", argument.annotation)] if argument.annotation else [Binding("unknown", None)]
            )
            if argument in defaults and not argument.annotation:
                bindings.append(_value(defaults[argument]))
            for binding in bindings:
                inner.bind(argument.arg, binding)
        for rest in (arguments.vararg, arguments.kwarg):
            if rest is not None:
                inner.bind(rest.arg, Binding("unknown", rest))
        if scope.kind == "class" and plain:
            inner.this = plain[0].arg
        self.by_type[ast.arguments].append(arguments)
        self.parents[arguments] = node
        every = [*plain, *arguments.kwonlyargs, *filter(None, (arguments.vararg, arguments.kwarg))]
        for argument in every:
            self.by_type[ast.arg].append(argument)
            self.parents[argument] = arguments
        outer += [argument.annotation for argument in every if argument.annotation is not None]
        outer += [*arguments.defaults, *(default for default in arguments.kw_defaults if default is not None)]
        body = [node.body] if isinstance(node, ast.Lambda) else node.body
        return [*((child, scope) for child in outer), *((child, inner) for child in body)]

    def _class(self, node: ast.AST, scope: Scope) -> list[tuple[ast.AST, Scope]]:
        assert isinstance(node, ast.ClassDef)
        scope.bind(node.name, Binding("class", node))
        inner = self.scopes[node] = Scope("class", node, scope)
        outer = [*node.decorator_list, *getattr(node, "type_params", []), *node.bases, *node.keywords]
        return [*((child, scope) for child in outer), *((child, inner) for child in node.body)]

    def _comprehension(self, node: ast.AST, scope: Scope) -> list[tuple[ast.AST, Scope]]:
        inner = self.scopes[node] = Scope("comprehension", node, scope)
        first, *rest = node.generators  # type: ignore[attr-defined]
        self.by_type[ast.comprehension].append(first)
        self.parents[first] = node
        results = [getattr(node, name) for name in ("elt", "key", "value") if hasattr(node, name)]
        parts = [first.target, *first.ifs, *rest, *results]
        return [(first.iter, scope), *((child, inner) for child in parts if child is not None)]

    def _import(self, node: ast.AST, scope: Scope) -> None:
        for alias in node.names:  # type: ignore[attr-defined]
            if alias.name == "*":
                assert isinstance(node, ast.ImportFrom)
                self.stars.append(node)
                continue
            name = alias.asname or (alias.name.partition(".")[0] if isinstance(node, ast.Import) else alias.name)
            scope.bind(name, Binding("import", alias, node))

    def _declaration(self, node: ast.AST, scope: Scope) -> None:
        for name in node.names:  # type: ignore[attr-defined]
            home: Scope | None = self.module
            if isinstance(node, ast.Nonlocal):
                home = scope.parent
                while home is not None and (home.kind == "class" or name not in home.bindings):
                    home = home.parent
            if home is not None and home is not scope:
                scope.elsewhere[name] = home

    def _named(self, node: ast.AST, scope: Scope) -> None:
        """Handlers and patterns, which bind a name that is no node."""
        name = getattr(node, "name", None) or getattr(node, "rest", None)
        if isinstance(name, str):
            scope.bind(name, Binding("unknown", node))

    def _f_string(self, node: ast.AST, scope: Scope) -> list[tuple[ast.AST, Scope]] | None:
        del scope
        assert isinstance(node, ast.JoinedStr)
        if self._is_placed(node):
            return None
        self.closed.append(node)
        return []

    def _attribute(self, node: ast.AST, scope: Scope) -> None:
        assert isinstance(node, ast.Attribute)
        if isinstance(node.ctx, ast.Load) or not isinstance(node.value, ast.Name):
            return
        method: Scope | None = scope
        while method is not None and method.this != node.value.id:
            method = method.parent
        if method is None or method.parent is None:
            return
        parent = self.parents[node]
        binding = Binding("unknown", node)
        if isinstance(parent, ast.Assign):
            binding = _value(parent.value)
        elif isinstance(parent, ast.AnnAssign):
            binding = _value(parent.value) if parent.value is not None else Binding("annotation", parent.annotation)
        method.parent.attributes.setdefault(node.attr, []).append(binding)


def _value(node: ast.expr) -> Binding:
    if isinstance(node, ast.Constant) and node.value is None:
        return Binding("nothing", node)
    return Binding("value", node)


_NO_NODES = frozenset({"ctx", "op", "ops", "id", "attr", "name", "asname", "level", "type_comment", "arg", "module"})
_VISITORS = {
    **dict.fromkeys(_FUNCTIONS, Tree._function),
    **dict.fromkeys(_COMPREHENSIONS, Tree._comprehension),
    ast.ClassDef: Tree._class,
    ast.Import: Tree._import,
    ast.ImportFrom: Tree._import,
    ast.Global: Tree._declaration,
    ast.Nonlocal: Tree._declaration,
    ast.ExceptHandler: Tree._named,
    ast.MatchAs: Tree._named,
    ast.MatchStar: Tree._named,
    ast.MatchMapping: Tree._named,
    ast.Attribute: Tree._attribute,
    ast.JoinedStr: Tree._f_string,
}
