"""The model names that calls of clients name, and where each is written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from .clients import clients, dictionary_of, entries_of
from .module import Module
from .moves import moved_uses
from .project import Project
from .scopes import Scope
from .uses import variables
from .values import Value, own_class, parameter, values

_CALLS = re.compile(
    r"(^|\.)(chat\.completions|completions|embeddings|responses|moderations|images|audio\.(transcriptions|translations|speech))"
    r"(\.with_raw_response|\.with_streaming_response)?\.(create|parse|stream|generate|edit|create_variation)$"
)

OPENAIS = re.compile(
    r"(gpt-|chatgpt-|o[134](-|$)|ft:|text-|davinci|babbage|curie|ada$|whisper-|tts-|dall-e-|omni-|computer-use-|codex-)"
)
"""How OpenAI's own models are called."""


@dataclass(frozen=True, eq=False)
class ModelName:
    """A model that a call of a client which goes to Pareta names."""

    name: str
    """As the platform is to see it: for a client of Azure, the deployment's."""
    value: Value
    call: ast.Call
    is_deployment: bool = False


def model_names(module: Module, project: Project) -> list[ModelName]:
    """In the order of the source; each literal once."""
    if "model names" not in module.memo:
        found: dict[object, ModelName] = {}
        for each in _model_names(module, project):
            found.setdefault(each.value.node or each.call, each)
        module.memo["model names"] = list(found.values())
    names: list[ModelName] = module.memo["model names"]
    return names


def _model_names(module: Module, project: Project) -> Iterator[ModelName]:
    receivers = _Receivers(module, project)
    for call in module.nodes(ast.Call):
        path = _path(call.func)
        if not path or not _CALLS.search(path):
            continue
        argument = _model_argument(module, call)
        if argument is None or not receivers.goes(call.func):
            continue
        deployment = receivers.deployment(call.func)
        for value in _followed(module, argument):
            if deployment and value.kind == "text":
                yield ModelName(deployment, value, call, is_deployment=True)
            else:
                yield ModelName(value.text, value, call)


def _path(node: ast.expr) -> str:
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join(reversed(names))


def _model_argument(module: Module, call: ast.Call) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == "model":
            return keyword.value
        if keyword.arg is None:
            dictionary = dictionary_of(module, keyword.value)
            for entry in (entries_of(module, dictionary) if dictionary is not None else None) or ():
                if entry.name == "model":
                    return entry.value
    return None


def _followed(module: Module, argument: ast.expr) -> Iterator[Value]:
    """What the argument may be; for a function's parameter, what the file's own calls of the function give it."""
    found = values(module, argument)
    for value in found:
        if value.kind != "parameter" or not isinstance(argument, ast.Name):
            yield value
            continue
        given = list(_given(module, argument))
        yield from given
        if not given and len(found) == 1:
            yield value


def _given(module: Module, name: ast.Name) -> Iterator[Value]:
    home = module.scope(name).find(name.id)
    function = home.node if home is not None else None
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return
    plain = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    for call in module.nodes(ast.Call):
        called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if called != function.name:
            continue
        shift = 1 if isinstance(call.func, ast.Attribute) and plain[:1] in (["self"], ["cls"]) else 0
        keywords = [keyword.value for keyword in call.keywords if keyword.arg == name.id]
        position = plain.index(name.id) - shift if name.id in plain else -1
        if 0 <= position < len(call.args):
            keywords.append(call.args[position])
        for given in keywords:
            yield from (value for value in values(module, given) if value.kind in ("text", "variable"))


class _Receivers:
    """Which calls go to Pareta: by the client that they are made on, as far as the file tells."""

    def __init__(self, module: Module, project: Project) -> None:
        self._module = module
        moved = moved_uses(module, project)
        every = clients(module, project)
        self._stays = {client.node: client for client in every if client.use not in moved}
        self._goes = {client.node: client for client in every if client.use in moved}
        self._knows_openai = bool(every or variables(module))

    def goes(self, function: ast.expr) -> bool:
        made = self._made(function)
        if any(node in self._stays for node in made):
            return False
        if any(node in self._goes for node in made):
            return True
        origins = self._module.origins(function)
        if any(origin.startswith("pareta_openai.") for origin in origins):
            return True
        classes = {origin.partition("()")[0] for origin in origins if origin.startswith("openai.")}
        if classes:
            return classes.isdisjoint(client.use.origin for client in self._stays.values())
        return self._knows_openai and bool(self._goes) and not self._stays

    def deployment(self, function: ast.expr) -> str:
        found: set[str] = set()
        for node in self._made(function):
            client = self._goes.get(node) if isinstance(node, ast.expr) else None
            argument = client.argument("azure_deployment") if client is not None else None
            if argument is not None:
                found |= {value.text for value in values(self._module, argument.value) if value.kind == "text"}
        return found.pop() if len(found) == 1 else ""

    def _made(self, function: ast.expr) -> list[ast.AST]:
        """The constructions that the first part of ``client.chat.completions.create`` may be, or its module's use."""
        node = function
        while isinstance(node, ast.Attribute):
            if node in self._goes or node in self._stays:
                return [node]
            inner = node.value
            if isinstance(inner, ast.Name) and own_class(self._module, inner) is not None:
                return self._bound(own_class(self._module, inner), node.attr)
            node = inner
        if isinstance(node, ast.Name):
            return self._bound(self._module.scope(node).find(node.id), node.id)
        return [node]

    def _bound(self, scope: Scope | None, name: str) -> list[ast.AST]:
        if scope is None or parameter(scope, name)[1]:
            return []
        bindings = [*scope.bindings.get(name, ()), *scope.attributes.get(name, ())]
        return [inner for each in bindings if each.node is not None for inner in _alternatives(each.node)]


def _alternatives(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.IfExp):
        yield from _alternatives(node.body)
        yield from _alternatives(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _alternatives(value)
    else:
        yield node
