"""Responses with plain text or messages, and without state, become chat completions.

Pareta answers chat completions and has no Responses API. ``input`` and ``instructions`` become messages,
``output_text`` the first choice's text, and the counts in ``usage`` get the names that chat completions have for them.
What keeps state (``previous_response_id``, ``conversation``), runs OpenAI's own tools, streams Responses' events or
reads more of the answer than its text needs a person.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import partial

from ..calls import argument, has_unpacking, string
from ..clients_elsewhere import CLIENTS, vendor_of
from ..findings import Edit, Finding, Rule
from ..module import Module
from ..project import Project
from ..verdicts import unchanged

_finding = partial(unchanged, "PO601")

_SAME = frozenset(
    [
        "extra_body",
        "extra_headers",
        "extra_query",
        "instructions",
        "input",
        "max_output_tokens",
        "metadata",
        "model",
        "parallel_tool_calls",
        "store",
        "temperature",
        "timeout",
        "top_p",
        "user",
    ]
)
_RENAMED = {"input": "messages", "max_output_tokens": "max_tokens"}
_USAGE = {"input_tokens": "prompt_tokens", "output_tokens": "completion_tokens", "total_tokens": "total_tokens"}
_TEXT = "choices[0].message.content"
_ROLES = {"developer": "system", "system": "system", "user": "user", "assistant": "assistant"}
_ADVICE = "Pareta has no Responses API: call client.chat.completions.create(model=…, messages=[…]) here; {}."


def check(module: Module, project: Project) -> Iterable[Finding]:
    for attribute in module.nodes(ast.Attribute):
        if attribute.attr != "responses" or module.resolve(attribute.value) not in CLIENTS:
            continue
        place = module.parent(attribute)
        vendor = vendor_of(module, project, attribute.value)
        if vendor:
            yield _finding(module, attribute, "left", f"This client stays with {vendor}.")
        elif isinstance(place, ast.Attribute):
            yield _Rewriting(module, attribute, place).finding()
        else:
            yield _finding(module, attribute, "manual", _ADVICE.format("its calls are made elsewhere"))


class _Rewriting:
    """Of one use of ``client.responses``."""

    def __init__(self, module: Module, responses: ast.Attribute, method: ast.Attribute) -> None:
        self.module = module
        self.responses = responses
        self.method = method
        self.edits: list[Edit] = []

    def finding(self) -> Finding:
        obstacle = self._rewrite()
        if obstacle:
            return _finding(self.module, self.responses, "manual", _ADVICE.format(obstacle))
        span = self.module.span(self.responses)
        message = "is a chat completion"
        return Finding("PO601", "migrate", span, message, tuple(self.edits), "suggested")

    def _rewrite(self) -> str:
        """Makes the edits; says what is in the way of them."""
        call = self.module.parent(self.method)
        if self.method.attr != "create" or not isinstance(call, ast.Call) or call.func is not self.method:
            return f"responses.{self.method.attr} has no counterpart among chat completions"
        if call.args or has_unpacking(call):
            return "its arguments are put together elsewhere"
        strange = sorted(keyword.arg or "" for keyword in call.keywords if keyword.arg not in _SAME)
        if strange:
            return f"{', '.join(strange)} has another shape there, or none"
        end = self.module.span(self.responses).end
        self.edits.append(Edit(end - len("responses"), end, b"chat.completions"))
        return self._messages(call) or self._other_arguments(call) or self._answer(call)

    def _messages(self, call: ast.Call) -> str:
        given, instructions = argument(call, "input"), argument(call, "instructions")
        if given is None:
            return "it has no input"
        system = _message("system", self.module.text(instructions)) if instructions is not None else ""
        start, end = self.module.span(given)
        if isinstance(given, ast.List):
            if not given.elts or not all(self._is_message(item) for item in given.elts):
                return "its input is not plain messages"
            if system:
                self.edits.append(Edit(start + 1, start + 1, f"{system}, ".encode()))
            return ""
        if not self._is_text(given):
            return "it is not seen here whether input is text or a list"
        opening = f'[{f"{system}, " if system else ""}{{"role": "user", "content": '
        self.edits += [Edit(start, start, opening.encode()), Edit(end, end, b"}]")]
        return ""

    def _is_message(self, item: ast.expr) -> bool:
        """Whether it is ``{"role": …, "content": "…"}``; changes a role that models do not know."""
        if not isinstance(item, ast.Dict) or None in item.keys:
            return False
        fields = {string(key): value for key, value in zip(item.keys, item.values, strict=True)}
        role = fields.get("role")
        if {*fields} != {"role", "content"} or string(role) not in _ROLES or not self._is_text(fields["content"]):
            return False
        if role is not None and string(role) == "developer":
            start, end = self.module.span(role)
            self.edits.append(Edit(start + 1, end - 1, b"system"))
        return True

    def _is_text(self, node: ast.expr) -> bool:
        """Whether it can only be a string."""
        match node:
            case ast.Constant(value=value):
                return isinstance(value, str)
            case ast.JoinedStr():
                return True
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                return self._is_text(left) or self._is_text(right)
            case ast.BinOp(op=ast.Mod(), left=left):
                return self._is_text(left)
            case ast.Call(func=ast.Attribute(attr="format" | "join" | "strip", value=value)):
                return self._is_text(value)
            case ast.Call(func=ast.Name(id="str")):
                return True
            case ast.Name():
                return self._is_named_text(node)
        return False

    def _is_named_text(self, name: ast.Name) -> bool:
        home = self.module.scope(name).find(name.id)
        bindings = home.bindings[name.id] if home is not None else []
        for binding in bindings:
            match binding.kind, binding.node:
                case "annotation", ast.Name(id="str") | ast.Constant(value="str"):
                    continue
                case "value", (ast.Constant() | ast.JoinedStr() | ast.BinOp() | ast.Call()) as value if self._is_text(
                    value
                ):
                    continue
            return False
        return bool(bindings)

    def _other_arguments(self, call: ast.Call) -> str:
        for keyword in call.keywords:
            name = keyword.arg or ""
            if name == "store" and not _is_false(keyword.value):
                return "it is kept for later calls (store)"
            if name in _RENAMED:
                start = self.module.span(keyword).start
                self.edits.append(Edit(start, start + len(name), _RENAMED[name].encode()))
        for removed in self._without(call, "instructions", "store"):
            if b"#" in self.module.data[removed.start : removed.end]:
                return "a comment stands beside what goes"
            self.edits.append(removed)
        return ""

    def _without(self, call: ast.Call, *names: str) -> Iterator[Edit]:
        """The edits that take out these arguments, each with the comma that goes with it."""
        kept_end: int | None = None
        start: int | None = None
        for keyword in call.keywords:
            span = self.module.span(keyword)
            if keyword.arg in names:
                start = span.start if start is None else start
                continue
            if start is not None:
                yield Edit(start, span.start, b"")
            kept_end, start = span.end, None
        if start is not None and kept_end is not None:
            yield Edit(kept_end, self.module.span(call.keywords[-1]).end, b"")

    def _answer(self, call: ast.Call) -> str:
        """Follows the answer to where it is read."""
        value: ast.AST = call
        user = self.module.parent(value)
        if isinstance(user, ast.Await):
            value, user = user, self.module.parent(user)
        readers: list[ast.AST] = [value]
        if isinstance(user, ast.Assign):
            target = user.targets[0]
            if len(user.targets) != 1 or not isinstance(target, ast.Name):
                return "its answer is read elsewhere"
            named = list(self._uses(target))
            if not named:
                return "its answer is read elsewhere"
            readers = named
        elif isinstance(user, ast.Expr):
            return ""
        return next(filter(None, map(self._reader, readers)), "")

    def _uses(self, target: ast.Name) -> Iterator[ast.AST]:
        """The places that read the name, where it is bound once."""
        home = self.module.scope(target).find(target.id)
        if (
            home is None
            or len(home.bindings[target.id]) != 1
            or (home.kind == "module" and self._is_exported(target.id))
        ):
            return
        for name in self.module.nodes(ast.Name):
            if name.id == target.id and name is not target and self.module.scope(name).find(name.id) is home:
                yield name

    def _is_exported(self, name: str) -> bool:
        exports = self.module.tree.module.bindings.get("__all__", [])
        return any(string(node) == name for each in exports if each.node is not None for node in ast.walk(each.node))

    def _reader(self, value: ast.AST) -> str:
        read = self.module.parent(value)
        if not isinstance(read, ast.Attribute):
            return "its answer is handed on"
        if read.attr in ("id", "model"):
            return ""
        end = self.module.span(read).end
        if read.attr == "output_text":
            self.edits.append(Edit(end - len("output_text"), end, _TEXT.encode()))
            return ""
        count = self.module.parent(read)
        if read.attr == "usage" and isinstance(count, ast.Attribute) and count.attr in _USAGE:
            end = self.module.span(count).end
            self.edits.append(Edit(end - len(count.attr), end, _USAGE[count.attr].encode()))
            return ""
        return f"its .{read.attr} has another shape there"


def _message(role: str, content: str) -> str:
    return f'{{"role": "{role}", "content": {content}}}'


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


RULE = Rule("PO601", "responses-to-chat-completions", "suggested", check)
