"""What text an expression has at run time, and where in the source that is written."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from . import objects
from .module import Module
from .scopes import Scope

_READERS = frozenset(
    (
        "os.getenv",
        "os.environ.get",
        "decouple.config",
        "environs.env",
        "environs.Env()",
        "environ.Env()",
        "starlette.config.Config()",
        "dotenv.get_key",
        "dotenv.dotenv_values().get",
    )
)
_TYPED_READERS = ("environs.env.", "environs.Env().", "environ.Env().")
_MAPPINGS = frozenset(("os.environ", "dotenv.dotenv_values()", "starlette.config.environ"))

# Methods and calls that leave what a text says as it is.
_SAME_TEXT = frozenset(("strip", "rstrip", "lstrip", "get_secret_value"))
_WRAPPERS = frozenset(("str", "URL", "HttpUrl", "SecretStr", "cast"))


class Value(NamedTuple):
    """One thing that an expression may be."""

    kind: Literal["text", "variable", "none", "parameter", "unknown"]
    text: str
    """The text; the variable's name, where the environment has it; what it is called, where it is not in sight."""
    node: ast.expr | None = None
    """The literal that says so, where this file has it."""
    file: str = ""
    """Where a setting's name or another file tells: the file."""


def values(module: Module, node: ast.expr) -> list[Value]:
    """Everything that `node` may be, as far as its file tells. A variable's default stands beside the variable."""
    return list(dict.fromkeys(_values(module, node, frozenset())))


def _values(module: Module, node: ast.expr | None, seen: frozenset[object]) -> Iterator[Value]:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield Value("text", node.value, node)
        elif node.value is None:
            yield Value("none", "", node)
        else:
            yield Value("unknown", repr(node.value))
    elif isinstance(node, (ast.JoinedStr, ast.BinOp)):
        yield _joined(module, node, seen)
    elif isinstance(node, ast.IfExp):
        yield from _values(module, node.body, seen)
        yield from _values(module, node.orelse, seen)
    elif isinstance(node, ast.BoolOp):
        *first, last = node.values
        for part in first:  # what is nothing leaves the word to the next
            yield from (value for value in _values(module, part, seen) if value.kind != "none")
        yield from _values(module, last, seen)
    elif isinstance(node, ast.NamedExpr):
        yield from _values(module, node.value, seen)
    elif isinstance(node, ast.Name):
        yield from _named(module, node, seen)
    elif isinstance(node, ast.Attribute):
        yield from _attribute(module, node, seen)
    elif isinstance(node, ast.Subscript) and (read := read_variable(module, node)) is not None:
        yield read
    elif isinstance(node, ast.Call):
        yield from _called(module, node, seen)
    elif node is not None:
        yield Value("unknown", _shown(module, node))


def _shown(module: Module, node: ast.expr) -> str:
    """An expression as a message shows it."""
    text = " ".join(module.text(node).split())
    return text if len(text) <= 60 else f"{text[:59]}…"


def _called(module: Module, node: ast.Call, seen: frozenset[object]) -> Iterator[Value]:
    read = read_variable(module, node)
    if read is not None:
        yield read
        for default in _defaults(node):
            yield from _values(module, default, seen)
        return
    function = node.func
    if isinstance(function, ast.Attribute) and function.attr in _SAME_TEXT:
        yield from _values(module, function.value, seen)
    elif node.args and (getattr(function, "id", "") or getattr(function, "attr", "")) in _WRAPPERS:
        yield from _values(module, node.args[-1], seen)
    else:
        yield Value("unknown", _shown(module, node))


def read_variable(module: Module, node: ast.expr) -> Value | None:
    """The environment variable that `node` reads, whichever library does it."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        name = node.slice
        if isinstance(name.value, str) and module.resolve(node.value) in _MAPPINGS:
            return Value("variable", name.value, name)
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        reader, name = module.resolve(node.func) or "", node.args[0]
        if isinstance(name.value, str) and (reader in _READERS or reader.startswith(_TYPED_READERS)):
            return Value("variable", name.value, name)
    return None


def _defaults(node: ast.Call) -> Iterable[ast.expr]:
    yield from node.args[1:2]
    yield from (keyword.value for keyword in node.keywords if keyword.arg == "default")


def _joined(module: Module, node: ast.expr, seen: frozenset[object]) -> Value:
    """Text put together out of parts, in which ``{}`` stands for what is not known."""
    text = _as_text(module, node, seen)
    return Value("text", text, node) if text.strip("{}") else Value("unknown", _shown(module, node))


def _as_text(module: Module, node: ast.expr, seen: frozenset[object]) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_as_text(module, part, seen) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return _as_text(module, node.value, seen)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _as_text(module, node.left, seen) + _as_text(module, node.right, seen)
    found = list(_values(module, node, seen)) if not isinstance(node, ast.BinOp) else []
    return found[0].text if len(found) == 1 and found[0].kind == "text" else "{}"


def _named(module: Module, node: ast.Name, seen: frozenset[object]) -> Iterator[Value]:
    home = module.scope(node).find(node.id)
    last = _last_assigned(module, home, node) if home is not None else None
    if home is None or (home, node.id, last) in seen:
        yield Value("unknown", node.id)
        return
    yield from _bound(module, home, node.id, last, seen | {(home, node.id, last)})


def _last_assigned(module: Module, home: Scope, node: ast.Name) -> ast.expr | None:
    """What the name has in any case by then: the last value that it is given in the same block, on no condition."""
    last = None
    if module.scope(node) is home:
        block = getattr(home.node, "body", None)
        for binding in home.bindings[node.id]:
            if binding.kind in ("value", "nothing") and isinstance(binding.node, ast.expr) and isinstance(block, list):
                statement = module.statement(binding.node)
                if statement in block and (statement.end_lineno or 0) < node.lineno:
                    last = binding.node
    return last


def _bound(module: Module, home: Scope, name: str, last: ast.expr | None, seen: frozenset[object]) -> Iterator[Value]:
    default, is_parameter = parameter(home, name)
    if is_parameter and last is None:
        yield Value("parameter", name)
        if default is not None:
            yield from _values(module, default, seen)
    for binding in home.bindings[name]:
        if last is not None and getattr(binding.node, "lineno", 0) < last.lineno:
            continue
        if binding.kind == "import":
            elsewhere = [value for found in objects.imported(module, binding) for value in _elsewhere(found, seen)]
            yield from elsewhere or [Value("unknown", name)]
        elif binding.kind == "value" and isinstance(binding.node, ast.expr):
            if binding.node is not default:
                yield from _values(module, binding.node, seen)
        elif binding.kind == "nothing" and isinstance(binding.node, ast.Constant):
            yield Value("none", "", binding.node)
        elif not is_parameter and binding.kind != "nothing":
            yield Value("unknown", name)


def _elsewhere(found: objects.Found, seen: frozenset[object]) -> Iterator[Value]:
    """The values of an expression of another file, without what cannot be edited from here."""
    if found.node not in seen:
        for value in _values(found.module, found.node, seen | {found.node}):
            yield value._replace(node=None, file=value.file or found.module.path)


def parameter(scope: Scope, name: str) -> tuple[ast.expr | None, bool]:
    """The default of a function's parameter, and whether it is one."""
    arguments = getattr(scope.node, "args", None) if scope.kind == "function" else None
    if not isinstance(arguments, ast.arguments):
        return None, False
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults = dict(zip(reversed([each.arg for each in plain]), reversed(arguments.defaults), strict=False))
    defaults |= {
        each.arg: default for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if default
    }
    rest = (each.arg for each in (arguments.vararg, arguments.kwarg) if each is not None)
    return defaults.get(name), name in {*(each.arg for each in (*plain, *arguments.kwonlyargs)), *rest}


def _attribute(module: Module, node: ast.Attribute, seen: frozenset[object]) -> Iterator[Value]:
    owner = own_class(module, node.value)
    key = (owner, node.attr)
    if owner is None:
        yield from _of_object(module, node, seen)
        return
    if key in seen:
        yield Value("unknown", _shown(module, node))
        return
    bindings = [*owner.bindings.get(node.attr, ()), *owner.attributes.get(node.attr, ())]
    if not bindings:
        yield Value("unknown", _shown(module, node))
    for binding in bindings:
        if binding.kind == "value" and isinstance(binding.node, ast.expr):
            yield from _values(module, binding.node, seen | {key})
        elif binding.kind == "nothing":
            yield Value("none", "")
        elif binding.kind == "annotation" and _default_field(owner):
            yield Value("parameter", node.attr)
        else:
            yield Value("unknown", _shown(module, node))


def _of_object(module: Module, node: ast.Attribute, seen: frozenset[object]) -> Iterator[Value]:
    """An attribute of what is not ``self``: of a file of the project, or of an object whose class is known."""
    if isinstance(node.value, ast.Name):
        home = module.scope(node.value).find(node.value.id)
        bindings = home.bindings[node.value.id] if home is not None else []
        found = [each for binding in bindings for each in objects.imported(module, binding, node.attr)]
        if found and all(module.import_origin(b.statement, b.node).endswith(":") for b in bindings):  # type: ignore[arg-type]
            for each in found:
                yield from _elsewhere(each, seen)
            return
    field = objects.field(module, node)
    if field is None or (field.owner, field.name) in seen:
        yield Value("unknown", _shown(module, node))
        return
    inner = list(_of_field(field, seen | {(field.owner, field.name)}))
    if field.module is not module:
        inner = [value._replace(node=None, file=value.file or field.module.path) for value in inner]
    yield from inner


def _of_field(field: objects.Field, seen: frozenset[object]) -> Iterator[Value]:
    """What a class's attribute is unless it is set: its default, and for settings the variable of its name."""
    is_setting = any(_last_name(base).endswith("Settings") for base in field.owner.bases)
    named = False
    for binding in field.scope.bindings[field.name]:
        default = binding.node if isinstance(binding.node, ast.expr) and binding.kind == "value" else None
        if isinstance(default, ast.Call) and _last_name(default.func) in ("field", "Field"):
            for keyword in default.keywords:
                if keyword.arg in ("env", "alias", "validation_alias") and isinstance(keyword.value, ast.Constant):
                    named = True
                    yield Value("variable", str(keyword.value.value), keyword.value)
            given = {keyword.arg: keyword.value for keyword in default.keywords}
            factory = given.get("default_factory")
            default = (
                factory.body
                if isinstance(factory, ast.Lambda)
                else given.get("default", next(iter(default.args), None))
            )
        if default is not None:
            yield from _values(field.module, default, seen)
    if is_setting and not named:
        yield Value("variable", field.name.upper(), None, field.module.path)
    elif not named:
        yield Value("parameter", field.name)


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _default_field(owner: Scope) -> bool:
    return bool(getattr(owner.node, "decorator_list", ()))


def own_class(module: Module, node: ast.expr) -> Scope | None:
    """The class whose method has `node` as its ``self``."""
    if not isinstance(node, ast.Name):
        return None
    scope: Scope | None = module.scope(node)
    while scope is not None and scope.this != node.id:
        scope = scope.parent
    return scope.parent if scope is not None else None
