"""The names that imports bind to openai and its client classes, and what a file does with them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from .module import Module
from .scopes import Scope

CLIENT_CLASSES = {
    "OpenAI": "OpenAI",
    "AsyncOpenAI": "AsyncOpenAI",
    "Client": "OpenAI",
    "AsyncClient": "AsyncOpenAI",
    "AzureOpenAI": "OpenAI",
    "AsyncAzureOpenAI": "AsyncOpenAI",
}
"""openai's client classes, and which of Pareta's has the place of each."""

PARETA_CLASSES = frozenset({"Pareta", "AsyncPareta", "ParetaOpenAI", "AsyncParetaOpenAI"})
"""Other names of Pareta's own."""

AZURE_CLASSES = frozenset(("AzureOpenAI", "AsyncAzureOpenAI"))

Role = Literal["construct", "value", "subclass", "annotation", "check", "module client", "test", "other"]
"""``check`` is isinstance and its like, ``test`` whether the name is there at all, ``other`` what stays openai's."""

# What the module has for the client that it makes by itself.
MODULE_SETTINGS = frozenset(
    {
        *("api_key", "base_url", "organization", "project", "webhook_secret", "timeout", "max_retries"),
        *("default_headers", "default_query", "http_client", "api_type", "api_version", "azure_endpoint"),
        *("azure_ad_token", "azure_ad_token_provider", "admin_api_key"),
    }
)
MODULE_RESOURCES = frozenset(
    {
        *("chat", "completions", "embeddings", "files", "images", "audio", "moderations", "models"),
        *("fine_tuning", "batches", "uploads", "responses", "beta", "vector_stores", "webhooks", "realtime"),
        *("conversations", "evals", "containers", "videos"),
    }
)


@dataclass(frozen=True, eq=False)
class Use:
    """One place that means openai or one of its client classes."""

    node: ast.expr
    """All of it: ``openai.OpenAI`` where a class is reached through its module."""
    root: ast.Name
    origin: str
    role: Role
    call: ast.Call | None = None
    """The call that constructs a client of the class, or hands the class and arguments on."""


@dataclass(eq=False)
class Variable:
    """A name that imports bind to openai or a class of it, in one scope, and its uses."""

    name: str
    scope: Scope
    origin: str
    imports: list[tuple[ast.Import | ast.ImportFrom, ast.alias]]
    uses: list[Use] = field(default_factory=list)
    exporter: str = ""
    """``@app/llm.py:OpenAI``, for a class that another file of the project imports."""

    @property
    def is_module(self) -> bool:
        return "." not in self.origin

    @property
    def is_paretas(self) -> bool:
        return self.origin.partition(".")[0] == "pareta_openai"


def variables(module: Module) -> list[Variable]:
    """Those of a file, in the order in which their imports stand."""
    if "variables" not in module.memo:
        found = [*_imported(module), *_starred(module)]
        by_place = {(variable.scope, variable.name): variable for variable in found}
        names = {variable.name for variable in found}
        for node in module.nodes(ast.Name):
            if node.id in names and isinstance(node.ctx, ast.Load):
                home = module.scope(node).find(node.id) or module.tree.module
                if (home, node.id) in by_place:
                    _add_use(module, by_place[home, node.id], node)
        module.memo["variables"] = [each for each in found if _is_known(each.origin) and not _is_idle_star(each)]
    known: list[Variable] = module.memo["variables"]
    return known


def _imported(module: Module) -> list[Variable]:
    found: dict[tuple[Scope, str], Variable] = {}
    statements: list[ast.Import | ast.ImportFrom] = [*module.nodes(ast.Import), *module.nodes(ast.ImportFrom)]
    for statement in sorted(statements, key=lambda each: each.lineno):
        for alias in statement.names:
            origin = module.import_origin(statement, alias)
            is_exported = origin.startswith("@") and alias.name in CLIENT_CLASSES
            if alias.name == "*" or not (is_exported or _is_known(origin)):
                continue
            name = alias.asname or (alias.name.partition(".")[0] if isinstance(statement, ast.Import) else alias.name)
            scope = module.scope(statement)
            scope = scope.elsewhere.get(name, scope)
            exporter = origin if is_exported else ""
            variable = found.setdefault((scope, name), Variable(name, scope, origin, [], exporter=exporter))
            variable.imports.append((statement, alias))
    return list(found.values())


def _starred(module: Module) -> Iterator[Variable]:
    top = module.tree.module
    for star in module.tree.stars:
        if star.module == "openai" and not star.level:
            for name in CLIENT_CLASSES:
                if name not in top.bindings:
                    yield Variable(name, top, f"openai.{name}", [(star, star.names[0])])


def _is_idle_star(variable: Variable) -> bool:
    return variable.imports[0][1].name == "*" and not variable.uses


def _is_known(origin: str) -> bool:
    package, _, name = origin.partition(".")
    if package == "pareta_openai":
        return not name or name in CLIENT_CLASSES or name in PARETA_CLASSES
    return package == "openai" and (not name or name in CLIENT_CLASSES)


def _add_use(module: Module, variable: Variable, root: ast.Name) -> None:
    if variable.origin.startswith("@"):
        origin = module.resolve(root)
        if origin is None or not _is_known(origin):
            return
        variable.origin = origin
    if not variable.is_module:
        variable.uses.append(_class_use(module, root, root, variable.origin))
        return
    parent = module.parent(root)
    if not isinstance(parent, ast.Attribute):
        role: Role = "test" if _is_test(module, root) else "other"
        variable.uses.append(Use(root, root, variable.origin, role))
        return
    origin = f"{variable.origin}.{parent.attr}"
    if "." in origin and _is_known(origin):
        variable.uses.append(_class_use(module, parent, root, origin))
    else:
        is_clients = parent.attr in MODULE_SETTINGS | MODULE_RESOURCES
        variable.uses.append(Use(parent, root, origin, "module client" if is_clients else "other"))


def _class_use(module: Module, node: ast.expr, root: ast.Name, origin: str) -> Use:
    role, call = _role(module, node)
    return Use(node, root, origin, role, call)


def _role(module: Module, node: ast.expr) -> tuple[Role, ast.Call | None]:
    parent = module.parent(node)
    if isinstance(parent, ast.Call) and parent.func is node:
        return "construct", parent
    child: ast.AST = node
    for above in module.parents(node):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            valued = [*above.args.defaults, *above.args.kw_defaults, *getattr(above, "decorator_list", ())]
            return ("value" if child in valued else "annotation"), None
        if isinstance(above, ast.AnnAssign) and above.annotation is child:
            return "annotation", None
        if isinstance(above, ast.Subscript) and above.slice is child:
            return "annotation", None
        if isinstance(above, ast.ClassDef):
            return ("subclass" if child in above.bases else "value"), None
        if isinstance(above, (ast.Compare, ast.MatchClass)):
            return ("test" if _is_test(module, node) else "check"), None
        if isinstance(above, ast.Call):
            return _role_in_call(above)
        if not isinstance(above, (ast.Tuple, ast.List, ast.BinOp, ast.keyword, ast.Starred)):
            break
        child = above
    return ("test" if _is_test(module, node) else "value"), None


def _role_in_call(call: ast.Call) -> tuple[Role, ast.Call | None]:
    called = getattr(call.func, "id", "") or getattr(call.func, "attr", "")
    if called in ("isinstance", "issubclass"):
        return "check", None
    if called in ("cast", "TypeVar", "NewType"):
        return "annotation", None
    return "value", call


def _is_test(module: Module, node: ast.AST) -> bool:
    """Whether it is only asked if the name is there: ``if openai``, ``openai is None``."""
    parent = module.parent(node)
    if isinstance(parent, ast.Compare):
        return all(isinstance(each, ast.Constant) and each.value is None for each in parent.comparators)
    if isinstance(parent, (ast.If, ast.IfExp, ast.While, ast.Assert)):
        return parent.test is node
    return isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not)
