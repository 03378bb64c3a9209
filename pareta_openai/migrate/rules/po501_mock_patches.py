"""A patch of openai's client classes is moved to where the client now comes from.

``patch("openai.OpenAI")`` replaces a name in openai's module, which migrated code no longer looks at: the test would go
on passing, or call the platform, and mock nothing. ``patch("app.llm.OpenAI")`` bites on, since an import keeps its
name. What Pareta's client has of its own (chat completions, models, evals) does not see a patch of openai's resource;
the local platform's fixtures are the way over: ``pareta.reply("…")`` in place of a mocked ``create``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import partial

from ..calls import argument, name_for, replace_in_string, string
from ..clients_elsewhere import other_vendor_anywhere
from ..findings import Edit, Finding, Rule, Verdict
from ..imported import imports_any
from ..module import Module
from ..moves import exported_move
from ..project import Project
from ..verdicts import unchanged

_finding = partial(unchanged, "PO501")

_CLASSES = {"OpenAI": "OpenAI", "AsyncOpenAI": "AsyncOpenAI", "Client": "OpenAI", "AsyncClient": "AsyncOpenAI"}
_AZURE = ("AzureOpenAI", "AsyncAzureOpenAI")
_OWN_RESOURCES = ("openai.resources.chat", "openai.resources.models", "openai.resources.evals")
_MODULE_LEVEL = ("openai.chat", "openai.models", "openai.evals", "openai.responses", "openai.embeddings")

_FIXTURES = (
    "take the fixture pareta (or pareta_env) of pareta_openai's pytest plugin, and pareta.reply('…') for the answer."
)
_OWN = f"Pareta's client has a resource of its own here, which this patch does not reach: {_FIXTURES}"
_BITES_ON = "Pareta's client inherits this from openai's: the patch bites on."
_STAYS = "A client of the project stays with {}: patch {} for those that moved, or the name where it is used."
_BESIDE = "{0} keeps this for another vendor's client; the one that moves is {1}'s: patch the one that is meant."
_PIECES = "Write the target as one string: it has to begin with pareta_openai."
_AZURE_ADVICE = "Patch pareta_openai.OpenAI where the Azure client is migrated: pareta_openai has no Azure class."


def check(module: Module, project: Project) -> Iterable[Finding]:
    if project.file_of("openai", module.path) is not None:
        return  # these are the tests of an openai of the project's own
    for call in module.nodes(ast.Call):
        target = argument(call, "target", position=0)
        text = string(target)
        kind = None if text is not None and "openai" not in text.lower() else _kind_of(module, call.func)
        if kind is None:
            continue
        if kind != "object" and target is not None and text is not None:
            yield from _by_path(module, project, target, text)
        elif kind != "path" and target is not None:
            name = string(argument(call, "name", "attribute", position=1))
            if name is not None:
                yield from _of_object(module, project, target, name)


def _kind_of(module: Module, function: ast.expr) -> str | None:
    """Whether a call patches what a ``path`` names, an attribute of an ``object``, or ``either``."""
    match function:
        case ast.Attribute(attr="object", value=patch) if _is_patch(module, patch):
            return "object"
        case ast.Attribute(attr="setattr", value=ast.Name() as name) if _is_monkeypatch(module, name):
            return "either"
    return "path" if _is_patch(module, function) else None


def _is_patch(module: Module, node: ast.expr) -> bool:
    match node:
        case ast.Attribute(
            attr="patch", value=ast.Name(id="mocker" | "class_mocker" | "module_mocker" | "session_mocker") as name
        ):
            return _is_argument(module, name)
    return imports_any(module, "mock", "unittest") and module.resolve(node) in ("unittest.mock.patch", "mock.patch")


def _is_monkeypatch(module: Module, name: ast.Name) -> bool:
    return (name.id == "monkeypatch" and _is_argument(module, name)) or (module.resolve(name) or "").startswith(
        "pytest.MonkeyPatch"
    )


def _is_argument(module: Module, name: ast.Name) -> bool:
    """Whether the name is a parameter, as fixtures are."""
    home = module.scope(name).find(name.id)
    return (
        home is not None
        and home.kind == "function"
        and all(b.kind in ("unknown", "annotation") for b in home.bindings[name.id])
    )


def _by_path(module: Module, project: Project, node: ast.expr, target: str) -> Iterable[Finding]:
    package, _, rest = target.partition(".")
    name, dot, further = rest.partition(".")
    if package == "pareta_openai":
        yield _finding(module, node, "already", "The patch is where the client comes from.")
    elif package != "openai":
        yield from _in_file(module, project, node, target)
    elif name not in _CLASSES:
        yield _finding(module, node, *_elsewhere(target, name))
    elif vendor := other_vendor_anywhere(project):
        yield _finding(module, node, "manual", _STAYS.format(vendor, f"pareta_openai.{_CLASSES[name]}"))
    else:
        new = f"pareta_openai.{_CLASSES[name]}{dot}{further}"
        edit = replace_in_string(module, node, target, new)
        if edit is None:
            yield _finding(module, node, "manual", _PIECES)
        else:
            yield _moved(module, node, new, edit)


def _in_file(module: Module, project: Project, node: ast.expr, target: str) -> Iterable[Finding]:
    """For a patch of what a file calls openai's, such as ``app.llm.OpenAI`` or ``app.llm.openai.OpenAI``."""
    parts = target.split(".")
    prefixes = (parts[:length] for length in range(len(parts) - 1, 0, -1))
    path, held = next(
        ((file, prefix) for prefix in prefixes if (file := project.file_of(".".join(prefix), module.path))), ("", [])
    )
    name, *further = parts[len(held) :]
    move = exported_move(project, path, name) if path else None
    if move is None or (move.variable.is_module and (not further or further[0] not in _CLASSES)):
        return
    is_shared = any(use.role == "construct" and use not in move.renamed for use in move.variable.uses)
    if move.kind == "beside" and is_shared:
        yield _finding(module, node, "manual", _BESIDE.format(path, move.name))
    elif move.kind == "stay" or move.bound in (name, ""):
        yield _finding(module, node, "left", f"{path} goes on calling it {name}: the patch bites on.")
    else:
        new = ".".join([*held, move.bound, *further])
        edit = replace_in_string(module, node, target, new)
        yield _finding(module, node, "manual", _PIECES) if edit is None else _moved(module, node, new, edit)


def _elsewhere(target: str, name: str) -> tuple[Verdict, str]:
    if name in _AZURE:
        return "manual", _AZURE_ADVICE
    if target.startswith((*_OWN_RESOURCES, *_MODULE_LEVEL)):
        return "manual", _OWN
    return "left", _BITES_ON


def _of_object(module: Module, project: Project, node: ast.expr, name: str) -> Iterable[Finding]:
    origin = module.resolve(node) or ""
    if origin == "openai" and name in _CLASSES:
        vendor = other_vendor_anywhere(project)
        if vendor:
            yield _finding(module, node, "manual", _STAYS.format(vendor, f"pareta_openai.{_CLASSES[name]}"))
            return
        called = name_for(module, node, "pareta_openai")
        if called is None:
            yield _finding(module, node, "manual", "Import pareta_openai and patch it here.")
            return
        yield _moved(module, node, f"pareta_openai.{name}", module.replace(node, called.text), needs=called.needs)
    elif origin.startswith(_OWN_RESOURCES):
        yield _finding(module, node, "manual", _OWN)
    elif origin.startswith("openai.") and not origin.endswith("()"):
        yield _finding(module, node, *_elsewhere(f"{origin}.{name}", origin.split(".")[1]))


def _moved(module: Module, node: ast.expr, new: str, edit: Edit, needs: tuple[str, ...] = ()) -> Finding:
    return Finding("PO501", "migrate", module.span(node), f"is {new}", (edit,), needs=needs)


RULE = Rule("PO501", "patches-of-the-client", "safe", check)
