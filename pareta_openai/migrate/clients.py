"""The clients that a file constructs: with which arguments, where each points, and what becomes of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from .base_urls import AZURE, Target, named_after
from .constructions import construction
from .findings import Span
from .module import Module
from .project import Project
from .surfaces import UNSERVED, used_for
from .targets import targets_of
from .uses import AZURE_CLASSES, MODULE_RESOURCES, MODULE_SETTINGS, Use, variables
from .values import parameter, values

# What openai's module had up to 0.28 and has for error messages since.
_BEFORE_1 = frozenset(
    {
        *("ChatCompletion", "Completion", "Embedding", "Edit", "Image", "Audio", "Moderation", "FineTune"),
        *("FineTuningJob", "File", "Model", "Engine", "Deployment", "api_base", "error", "aiosession", "util"),
    }
)

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)

Fate = Literal["move", "suggest", "stay", "ask"]
"""To Pareta; to Pareta with --unsafe; as it is, since it is another vendor's; as it is, until a person has looked."""


class Argument(NamedTuple):
    """What a client is given by one name, in a call or in a dictionary that goes into it."""

    name: str
    value: ast.expr
    item: Span
    """The bytes of the argument or entry."""
    owner: ast.Call | ast.Dict | None
    """What lists it; None for an assignment to openai's module."""


@dataclass(frozen=True, eq=False)
class Client:
    """A client that the code constructs, or that openai's module makes by itself."""

    node: ast.expr
    """The call; what names the class or the module, where no call is in sight."""
    use: Use
    arguments: tuple[Argument, ...]
    hidden: str
    """A dictionary of arguments that is not in sight, as the source names it."""
    targets: tuple[Target, ...]
    fate: Fate
    reason: str
    """What makes it so, or what a person has to look at."""

    @property
    def is_azure(self) -> bool:
        return AZURE in self.targets

    def argument(self, name: str) -> Argument | None:
        return next((each for each in self.arguments if each.name == name), None)


def clients(module: Module, project: Project) -> list[Client]:
    """All clients of a file whose class is openai's, in the order of the source."""
    if "clients" not in module.memo:
        found = [*_constructed(module, project), *_module_clients(module, project)]
        module.memo["clients"] = sorted(found, key=lambda client: module.span(client.node))
    return list(module.memo["clients"])


def client_of(module: Module, project: Project, use: Use) -> Client | None:
    """The client that a use of a class stands for."""
    if "client_of" not in module.memo:
        module.memo["client_of"] = {client.use: client for client in clients(module, project)}
    found: Client | None = module.memo["client_of"].get(use)
    return found


def _constructed(module: Module, project: Project) -> Iterator[Client]:
    for variable in variables(module):
        for use in variable.uses:
            if use.role in ("construct", "subclass", "value"):
                yield _client(module, project, use)


def _client(module: Module, project: Project, use: Use) -> Client:
    arguments: list[Argument] = []
    hidden: list[str] = []
    calls, handed = construction(module, use)
    for call in calls:
        found, unseen = _arguments(module, call)
        arguments += found
        hidden += unseen
    is_azure = use.origin.rpartition(".")[2] in AZURE_CLASSES
    urls = [argument.value for argument in arguments if argument.name == "base_url"]
    targets, doubt = targets_of(module, project, urls, azure=is_azure)
    if (handed or hidden) and not urls:
        targets, doubt = [], handed or f"its arguments come from {hidden[0]}"
    node = use.call if use.role == "construct" and use.call is not None else use.node
    return _judged(module, project, node, use, arguments, hidden, targets, doubt)


def _module_clients(module: Module, project: Project) -> Iterator[Client]:
    """The client behind ``openai.chat.completions.create(…)``: one for all of a file's settings of the module."""
    for variable in variables(module):
        uses = [use for use in variable.uses if use.role == "module client"]
        if not uses:
            continue
        settings = []
        for use in uses:
            statement = module.parent(use.node)
            name = use.origin.rpartition(".")[2]
            if isinstance(statement, ast.Assign) and use.node in statement.targets and name in MODULE_SETTINGS:
                settings.append(Argument(name, statement.value, module.span(statement), None))
        azure = any(each.name in ("azure_endpoint", "api_type", "api_version") for each in settings)
        urls = [each.value for each in settings if each.name == "base_url"]
        targets, doubt = targets_of(module, project, urls, azure=azure)
        if any(use.origin.split(".")[1] in _BEFORE_1 for use in variable.uses):
            targets, doubt = [], "this is openai before 1.0: go to openai 1 first (client.chat.completions.create)"
        elif azure:
            targets, doubt = [], "openai's module is set to Azure: construct a client of its own"
        elif len(settings) == len(uses) and not _is_called_through_the_module(project):
            targets, doubt = [], "it sets openai's module, through which no call of the project goes"
        for use in uses:
            own = tuple(each for each in settings if each.item.start <= module.span(use.node).start < each.item.end)
            yield _judged(module, project, use.node, use, own, [], targets, doubt)


def _is_called_through_the_module(project: Project) -> bool:
    """Whether any file has a call such as ``openai.chat.completions.create``."""
    if "module calls" not in project.memo:
        origins = (use.origin for module in project.modules() for each in variables(module) for use in each.uses)
        project.memo["module calls"] = any(origin.rpartition(".")[2] in MODULE_RESOURCES for origin in origins)
    found: bool = project.memo["module calls"]
    return found


def _judged(
    module: Module,
    project: Project,
    node: ast.expr,
    use: Use,
    arguments: Sequence[Argument],
    hidden: Sequence[str],
    targets: Sequence[Target],
    doubt: str,
) -> Client:
    kinds = {target.kind for target in targets}
    whose = " or ".join(dict.fromkeys(target.whose for target in targets))
    fate: Fate = "move"
    reason = f"it points at {whose}"
    if "other" in kinds:
        fate = "stay" if kinds == {"other"} else "ask"
    elif doubt:
        key = _vendor_of_key(module, arguments)
        if key is not None:
            fate, reason = "stay", f"its key is {key.whose}'s"
        else:
            fate, reason = ("suggest" if kinds else "ask"), doubt
    else:
        served = used_for(module, node)
        if served and served <= UNSERVED:
            fate, reason = "stay", f"it is there for {', '.join(sorted(served))} alone, which Pareta has not"
        elif "azure" in kinds or served == {"responses"}:
            fate = "suggest"
    if fate == "suggest" and project.options.unsafe:
        fate = "move"
    return Client(node, use, tuple(arguments), hidden[0] if hidden else "", tuple(targets), fate, reason)


def _vendor_of_key(module: Module, arguments: Sequence[Argument]) -> Target | None:
    for argument in arguments:
        if argument.name == "api_key":
            for value in values(module, argument.value):
                vendor = named_after(value.text) if value.kind in ("variable", "parameter", "unknown") else None
                if vendor is not None and vendor.kind == "other":
                    return vendor
    return None


def _arguments(module: Module, call: ast.Call) -> tuple[list[Argument], list[str]]:
    found: list[Argument] = []
    hidden: list[str] = []
    for keyword in call.keywords:
        if keyword.arg is not None:
            found.append(Argument(keyword.arg, keyword.value, module.span(keyword), call))
            continue
        dictionary = dictionary_of(module, keyword.value)
        entries = None if dictionary is None else entries_of(module, dictionary)
        if entries is None:
            hidden.append(_whence(module, keyword.value))
        else:
            found += entries
    return found, hidden


def _whence(module: Module, node: ast.expr) -> str:
    """Where a dictionary of arguments comes from, for a person to look there."""
    if isinstance(node, ast.Name):
        home = module.scope(node).find(node.id)
        function = home.node if home is not None else None
        if home is not None and isinstance(function, FUNCTIONS) and parameter(home, node.id)[1]:
            name = getattr(function, "name", "a lambda")
            return f"**{node.id}, a parameter of {name} (line {function.lineno})"
        if home is not None and len(home.bindings[node.id]) == 1:
            bound = home.bindings[node.id][0].node
            if isinstance(bound, ast.expr):
                return f"**{node.id} (line {bound.lineno})"
    return f"**{module.text(node)}"


def dictionary_of(module: Module, node: ast.expr) -> ast.Dict | ast.Call | None:
    """The dictionary that `node` is, where it is written out and nothing adds to it."""
    if isinstance(node, ast.Dict) or (
        isinstance(node, ast.Call) and module.text(node.func) == "dict" and not node.args
    ):
        return node
    if not isinstance(node, ast.Name):
        return None
    home = module.scope(node).find(node.id)
    bindings = home.bindings[node.id] if home is not None else []
    if len(bindings) != 1 or bindings[0].kind != "value" or not isinstance(bindings[0].node, ast.expr):
        return None
    for name in module.nodes(ast.Name):
        # Whatever else is done with it than handing it on may add to it.
        if name.id == node.id and isinstance(name.ctx, ast.Load) and module.scope(name).find(name.id) is home:
            parent = module.parent(name)
            if not (isinstance(parent, ast.keyword) and parent.arg is None) and not isinstance(parent, ast.Dict):
                return None
    return dictionary_of(module, bindings[0].node)


def entries_of(module: Module, node: ast.Dict | ast.Call) -> list[Argument] | None:
    """What a dictionary has; None where part of it is not in sight."""
    found = []
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg is None:
                return None
            found.append(Argument(keyword.arg, keyword.value, module.span(keyword), node))
        return found
    for key, value in zip(node.keys, node.values, strict=True):
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            return None
        item = Span(module.span(key).start, module.span(value).end)
        found.append(Argument(key.value, value, item, node))
    return found
