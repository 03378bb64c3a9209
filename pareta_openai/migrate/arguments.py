"""What becomes of the arguments of clients that move to Pareta: one finding for each, by the rule that knows it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .base_urls import AZURE, OPENAI, classify, named_after
from .clients import Argument, Client, clients
from .environment import SHOWN, messages
from .findings import Edit, Finding, Span
from .lists import drop_statement, without
from .module import Module
from .moves import moved_uses
from .project import Project
from .values import Value, values

_ACCOUNT = {
    "organization": "Pareta's key tells the organisation",
    "project": "Pareta's key tells the organisation",
    "webhook_secret": "Pareta sends no webhooks",
    "admin_api_key": "Pareta has no admin API",
    "data_residency": "it is a setting of OpenAI's",
}
_AZURE = frozenset(("azure_endpoint", "api_version", "azure_deployment", "azure_ad_token", "azure_ad_token_provider"))
_PLACEHOLDER = re.compile(
    r"sk-(?!proj-|svcacct-|admin-|[A-Za-z0-9]{20})|.*(test|fake|dummy|example|your|xxx|\.\.\.|<)", re.IGNORECASE
)
_HOST = re.compile(rb"(https?://)[\w.-]*api\.openai\.com")


class Fix(NamedTuple):
    """What is to be done about one argument."""

    argument: Argument
    rule: str
    message: str
    drop: bool = False
    edits: tuple[Edit, ...] = ()
    renames: tuple[tuple[str, str], ...] = ()
    manual: bool = False
    left: bool = False


def findings(module: Module, project: Project, rule: str) -> list[Finding]:
    """Those of one rule."""
    if "arguments" not in module.memo:
        module.memo["arguments"] = list(_findings(module, project))
    return [finding for finding in module.memo["arguments"] if finding.rule == rule]


def followed(module: Module, project: Project) -> set[ast.AST]:
    """The literals that tell what a client of the file gets as its key or URL."""
    return {
        value.node
        for client in clients(module, project)
        for argument in client.arguments
        if argument.name in ("api_key", "base_url")
        for value in values(module, argument.value)
        if value.node is not None
    }


def new_name(variable: str) -> str:
    """What an environment variable of OpenAI's, or of Azure's, is called for Pareta; other names stay."""
    if re.fullmatch(r"(AZURE_)?OPENAI_((API_|SECRET_)?KEY|(API_|AUTH_)?TOKEN)", variable):
        return "PARETA_API_KEY"
    if re.fullmatch(r"(AZURE_)?OPENAI_(API_)?(BASE(_URL)?|HOST|ENDPOINT|URL)", variable):
        return "PARETA_BASE_URL"
    if named_after(variable) not in (OPENAI, AZURE):
        return variable
    return variable.replace("AZURE_OPENAI", "PARETA").replace("OPENAI", "PARETA").replace("openai", "pareta")


def _findings(module: Module, project: Project) -> Iterator[Finding]:
    moved = moved_uses(module, project)
    going = [client for client in clients(module, project) if client.use in moved and client.fate == "move"]
    staying = [client for client in clients(module, project) if client not in going]
    shared = _Shared(module, going, staying)
    fixes: list[tuple[Client, Fix]] = []
    for client in going:
        for argument in client.arguments:
            fix = _fix(module, client, argument, shared)
            if fix is not None and argument.owner is None:
                fix = fix._replace(rule="PO207")
            if fix is not None and project.options.wants(fix.rule) and not _ignored(module, fix):
                fixes.append((client, fix))
    yield from _as_findings(module, fixes)


def _ignored(module: Module, fix: Fix) -> bool:
    return module.ignored(fix.rule, module.line(fix.argument.item.start))


def _as_findings(module: Module, fixes: Sequence[tuple[Client, Fix]]) -> Iterator[Finding]:
    dropped: dict[ast.AST, list[Span]] = {}
    for _, fix in fixes:
        if fix.drop and fix.argument.owner is not None:
            dropped.setdefault(fix.argument.owner, []).append(fix.argument.item)
    done: set[object] = set()
    for client, fix in fixes:
        owner = fix.argument.owner
        edits: list[Edit] = [edit for edit in fix.edits if edit not in done]
        done.update(fix.edits)
        if fix.drop and owner is not None and owner not in done:
            # All that goes from one list goes at once: each edit depends on which neighbours stay.
            done.add(owner)
            edits += _taken_out(module, owner, set(dropped[owner]))
        if fix.drop and owner is None:
            edits += drop_statement(module, module.statement(fix.argument.value))
        verdict = "manual" if fix.manual else "left" if fix.left else "migrate"
        safety = "manual" if fix.manual else "suggested" if client.is_azure else "safe"
        span = fix.argument.item
        yield Finding(fix.rule, verdict, span, fix.message, tuple(edits), safety, renames=fix.renames)  # type: ignore[arg-type]


def _taken_out(module: Module, owner: ast.Call | ast.Dict, gone: set[Span]) -> list[Edit]:
    start, end = module.span(owner)
    if isinstance(owner, ast.Dict):
        items = [
            Span(module.span(key or value).start, module.span(value).end)
            for key, value in zip(owner.keys, owner.values, strict=True)
        ]
        within = Span(start + 1, end - 1)
    else:
        listed = sorted([module.span(each) for each in (*owner.args, *owner.keywords)])
        items = listed
        opened = module.data.index(b"(", _end_of_function(module, owner))
        within = Span(opened + 1, end - 1)
    return without(module.data, items, [number for number, item in enumerate(items) if item in gone], within)


def _end_of_function(module: Module, call: ast.Call) -> int:
    """Behind what is called, and behind the brackets that may be around it."""
    position = module.span(call.func).end
    match = re.compile(rb"(?:\s|\)|\\|#[^\r\n]*)*").match(module.data, position)
    return match.end() if match else position


def _fix(module: Module, client: Client, argument: Argument, shared: _Shared) -> Fix | None:
    name = argument.name
    if name == "api_key":
        return _fix_key(module, client, argument, shared)
    if name == "base_url":
        return _fix_url(module, client, argument, shared)
    if name in _ACCOUNT and not _is_none(argument.value):
        return Fix(argument, "PO204", f"{name} goes: {_ACCOUNT[name]}", drop=True)
    if name in _AZURE and client.is_azure:
        return Fix(argument, "PO205", f"{name} is Azure's: Pareta has no such thing", drop=True)
    return None


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _fix_key(module: Module, client: Client, argument: Argument, shared: _Shared) -> Fix | None:
    found = values(module, argument.value)
    variables = [value for value in found if value.kind == "variable" and value.node is not None]
    renames = tuple((value.text, new_name(value.text)) for value in variables if new_name(value.text) != value.text)
    literals = [value for value in found if value.kind == "text" and value.node is not None]
    real = [value for value in literals if _is_key(value.text, module.path) or (client.is_azure and value.text)]
    is_written_here = argument.value in (value.node for value in real)
    if argument.owner is not None and (is_written_here or _must_not_change(found, shared)):
        why = "the key in the code goes: revoke it" if real else "other code goes on with the same key"
        message = f"{why}; Pareta's client reads PARETA_API_KEY by itself"
        return Fix(argument, "PO202", message, drop=True, renames=renames)
    if real:
        message = "a key is written in the code: revoke it, and read PARETA_API_KEY in its place"
        return Fix(argument, "PO202", message, manual=True)
    edits = [*_rename(module, variables), *_pareta_placeholders(module, literals)]
    if edits:
        edits += messages(module, renames)
        names = ", ".join(dict.fromkeys(new for _, new in renames)) or "a placeholder of Pareta's"
        return Fix(argument, "PO202", f"the key is {names}", edits=tuple(edits), renames=renames)
    return _told_key(argument, found)


def pareta_key(module: Module, node: ast.expr) -> list[Edit]:
    """The edits that make a placeholder of a literal key of OpenAI's, which Pareta's client would refuse."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or not node.value.startswith("sk-"):
        return []
    text = module.text(node)
    if _is_key(node.value, module.path):
        return [module.replace(node, f"{text[-1]}pareta_sk_...{text[-1]}")]
    return [module.replace(node, text.replace("sk-", "pareta_sk_", 1))]


def _told_key(argument: Argument, found: Sequence[Value]) -> Fix | None:
    """What there is to say of a key that nothing here can be changed about."""
    for value in found:
        if value.kind == "variable" and value.file:
            if new_name(value.text) != value.text:
                return Fix(argument, "PO202", f"{value.text} is read in {value.file}: see there", left=True)
        elif value.kind == "variable" and named_after(value.text) is None:
            message = f"put Pareta's key into {value.text}, or have PARETA_API_KEY read: openai's key is refused"
            return Fix(argument, "PO202", message, manual=True)
        elif value.kind == "unknown" and named_after(value.text) in (OPENAI, AZURE):
            message = f"{value.text} comes from elsewhere: have it hold Pareta's key, PARETA_API_KEY"
            return Fix(argument, "PO202", message, manual=True)
    if argument.value in (value.node for value in found if value.kind == "text" and value.text):
        return Fix(argument, "PO202", "a placeholder: Pareta's client takes any until it calls", left=True)
    return None


def _is_key(text: str, path: str) -> bool:
    """Whether a literal looks like a key of somebody's, and not like one that a test or an example has."""
    if text.startswith("pareta_sk_") or _PLACEHOLDER.match(text):
        return False
    return text.startswith("sk-") or (len(text) >= 20 and "test" not in path)


def _must_not_change(found: Iterable[Value], shared: _Shared) -> bool:
    return any(value.node in shared.nodes for value in found if value.node is not None)


def _rename(module: Module, found: Iterable[Value]) -> Iterator[Edit]:
    for value in found:
        new = new_name(value.text)
        if new != value.text and value.node is not None:
            text = module.text(value.node)
            yield module.replace(value.node, text.replace(value.text, new))


def _pareta_placeholders(module: Module, literals: Iterable[Value]) -> Iterator[Edit]:
    for value in literals:
        if value.node is not None and value.text.startswith("sk-"):
            yield module.replace(value.node, module.text(value.node).replace("sk-", "pareta_sk_", 1))


def _fix_url(module: Module, client: Client, argument: Argument, shared: _Shared) -> Fix | None:
    if all(target.kind == "pareta" for target in client.targets):
        return None
    found = values(module, argument.value)
    here = [value for value in found if value.node is not None]
    texts = [value for value in here if value.kind == "text" and classify(value.text).kind in ("openai", "azure")]
    variables = [value for value in here if value.kind == "variable" and new_name(value.text) != value.text]
    renames = tuple((value.text, new_name(value.text)) for value in variables)
    if not (texts or variables):
        return None
    written = [value for value in texts if isinstance(value.node, ast.Constant)]
    is_plain = len(written) == len(texts) and not client.is_azure and not _must_not_change(found, shared)
    if argument.owner is not None and (argument.value in (value.node for value in texts) or not is_plain):
        return Fix(argument, "PO203", "base_url goes: Pareta's is the default", drop=True, renames=renames)
    edits = [*_rename(module, variables)]
    for value in written:
        assert value.node is not None
        start, end = module.span(value.node)
        edits.append(Edit(start, end, _HOST.sub(rb"\1api.pareta.ai", module.data[start:end])))
    names = ", ".join(dict.fromkeys(new for _, new in renames)) or "api.pareta.ai"
    return Fix(argument, "PO203", f"the base URL is {names}", edits=tuple(edits), renames=renames)


class _Shared:
    """Which literals also say something to code that does not move."""

    def __init__(self, module: Module, going: Sequence[Client], staying: Sequence[Client]) -> None:
        self._module = module
        self.nodes: set[ast.AST] = set()
        for client in staying:
            self._add(client)
        self._known = {id(argument.value) for client in (*going, *staying) for argument in client.arguments}
        names = {
            (home, value.id)
            for client in going
            for argument in client.arguments
            if argument.name in ("api_key", "base_url") and isinstance(value := argument.value, ast.Name)
            if (home := module.scope(value).find(value.id)) is not None
        }
        spelt = {name for _, name in names}
        for node in module.nodes(ast.Name):
            if node.id not in spelt or not isinstance(node.ctx, ast.Load):
                continue
            if (module.scope(node).find(node.id), node.id) not in names:
                continue
            if id(node) not in self._known and not self._is_harmless(node):
                self.nodes |= {value.node for value in values(module, node) if value.node is not None}

    def _add(self, client: Client) -> None:
        for argument in client.arguments:
            if argument.name in ("api_key", "base_url"):
                self.nodes |= {value.node for value in values(self._module, argument.value) if value.node is not None}

    def _is_harmless(self, node: ast.Name) -> bool:
        """Whether a key or URL is only looked at here: asked whether it is there, or shown."""
        for child, parent in zip((node, *self._module.parents(node)), self._module.parents(node), strict=False):
            if isinstance(parent, (ast.If, ast.IfExp, ast.Assert, ast.While)):
                return child is parent.test
            if isinstance(parent, ast.Call):
                called = getattr(parent.func, "id", "") or getattr(parent.func, "attr", "")
                if called not in ("bool", "len", "str"):
                    return called in SHOWN
            elif isinstance(parent, ast.stmt):
                return isinstance(parent, ast.Raise)
        return False
