"""TypeScript and JavaScript: npm's openai stays, its key, base URL and models become Pareta's.

Needs ``ast-grep-py``, which the extra ``migrate-js`` brings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING

from .base_urls import classify
from .findings import Edit, Finding, Span, Verdict
from .kinds import Look, Reason
from .project import Project
from .rules.po030_javascript import RULE
from .source import Source, Unreadable

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_LANGUAGES = {
    **dict.fromkeys((".ts", ".mts", ".cts"), "typescript"),
    **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx"), "javascript"),
    ".tsx": "tsx",
}
KEY = "process.env.PARETA_API_KEY"
URL = '"https://api.pareta.ai/v1"'
RENAMES = {"OPENAI_API_KEY": "PARETA_API_KEY", "OPENAI_BASE_URL": "PARETA_BASE_URL"}
_ENVIRONMENT = re.compile(
    r"""(?:process\.env|import\.meta\.env|Bun\.env)(?:\.|\[["'])(?P<name>OPENAI_\w+)(?:["']\])?"""
)
_LONGEST_LINE = 5_000
"""In bytes; a person's lines are shorter."""
_ELSEWHERE = re.compile(
    r"\.(?:beta|responses|conversations|files|fineTuning|batches|vectorStores|realtime|moderations)\."
)
_MODEL = re.compile(r"(?:ft:)?(?:gpt-|chatgpt-|o\d|text-embedding-)[\w.:-]*$")


def look(path: str, data: bytes, project: Project) -> Look:
    """Raises Unreadable."""
    source = Source(data)
    if not project.options.wants(RULE.id):
        return Look(source, [])
    if max(map(len, data.splitlines()), default=0) > _LONGEST_LINE:
        return Look(source, [], lambda _: Reason("left", "a bundle: what it is made from is what to change"))
    try:
        text, root = _parse(path, data)
    except ModuleNotFoundError as error:
        message = f"{error.name} is needed to look into it: pip install 'pareta-openai[migrate-js]'"
        return Look(source, [], lambda _: Reason("manual", message))
    return Look(source, list(_File(root, text, project.options.models).findings()))


def fault(path: str, before: bytes, after: bytes) -> str | None:
    """Why the result is not to be written: it has errors of syntax that were not there."""
    (_, was), (_, now) = _parse(path, before), _parse(path, after)
    if len(now.find_all(kind="ERROR")) > len(was.find_all(kind="ERROR")):
        return "the result would have an error of syntax"
    return None


def imports(path: str, data: bytes, names: Iterable[str]) -> list[Edit]:
    """None: what the edits need is there."""
    del path, data, names
    return []


def _parse(path: str, data: bytes) -> tuple[str, SgNode]:
    from ast_grep_py import SgRoot

    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8: {error.reason}") from None
    return text, SgRoot(text, _LANGUAGES[path[path.rindex(".") :]]).root()


class _File:
    def __init__(self, root: SgNode, text: str, models: Mapping[str, str]) -> None:
        self.root = root
        self.text = text
        self.models = models
        # ast-grep counts characters, edits count bytes.
        self.bytes = [0, *accumulate(len(character.encode("utf-8")) for character in text)]
        self.moved: list[Span] = []
        """The constructions that become Pareta's."""
        self.kept: list[str] = []
        """Whose the others are."""

    def findings(self) -> Iterator[Finding]:
        imports = list(self._imports())
        for node, _ in imports:
            yield self._finding(node, "left", "npm's openai stays: it speaks to Pareta")
        classes = {name: imported for _, names in imports for name, imported in names.items()}
        for node in self.root.find_all(kind="new_expression"):
            constructor = node.field("constructor")
            if constructor is not None and constructor.text() in classes:
                yield self._construction(node, classes[constructor.text()])
        yield from self._variables(bool(imports))
        if self.moved:
            yield from self._models()
            yield from self._elsewhere()

    def _imports(self) -> Iterator[tuple[SgNode, dict[str, str]]]:
        """Each import of openai, with the names of client classes that it binds."""
        for node in self.root.find_all(kind="import_statement"):
            source = node.field("source")
            if source is not None and source.text()[1:-1] == "openai":
                yield source, _bound(node.text(), r"import\s+(?:type\s+)?([\w$]+)\s*(?:,|from)", " as ")
        for node in self.root.find_all(kind="variable_declarator"):
            value = node.field("value")
            if value is not None and re.fullmatch(
                r"require\(\s*[\"']openai[\"']\s*\)(?:\.(?:default|OpenAI))?", value.text()
            ):
                yield value, _bound(node.text(), r"([\w$]+)\s*=", ":")

    def _construction(self, node: SgNode, imported: str) -> Finding:
        if imported == "AzureOpenAI":
            return self._stays(
                node, "an Azure client: build new OpenAI({ apiKey, baseURL }) with Pareta's, the deployment as model"
            )
        arguments = node.field("arguments")
        given = [child for child in arguments.children() if child.is_named()] if arguments is not None else []
        added = f"apiKey: {KEY}, baseURL: {URL}"
        if not given or (len(given) == 1 and given[0].text().replace(" ", "") == "{}"):
            place = given[0] if given else arguments
            replaced = f"{{ {added} }}" if given else f"({{ {added} }})"
            if place is None:  # new OpenAI, without parentheses
                end = node.range().end.index
                return self._moves(node, [self._edit(end, end, f"({{ {added} }})")])
            return self._moves(node, [self._replace(place, replaced)])
        if len(given) != 1 or given[0].kind() != "object":
            return self._stays(
                node, f"its options come from {given[0].text()[:40]}: give them Pareta's apiKey and baseURL"
            )
        return self._options(node, given[0])

    def _options(self, node: SgNode, options: SgNode) -> Finding:
        parts = [child for child in options.children() if child.is_named() and child.kind() != "comment"]
        values = {_key(part): part.field("value") or part for part in parts if part.kind() != "spread_element"}
        spread = len(values) < len(parts)
        url, key = values.get("baseURL"), values.get("apiKey")
        edits = []
        missing = []
        if key is None and not spread:
            missing.append(f"apiKey: {KEY}")
        elif key is not None and key.kind() in ("string", "template_string"):
            edits.append(self._replace(key, KEY))
        if url is None:
            if spread:
                return self._stays(node, "its options are spread from elsewhere: give them Pareta's apiKey and baseURL")
            missing.append(f"baseURL: {URL}")
        elif url.kind() == "string":
            target = classify(url.text()[1:-1])
            if target.kind == "pareta":
                return self._finding(node, "already", "it points to Pareta")
            if target.kind != "openai":
                self.kept.append(target.whose)
                return self._finding(node, "left", f"it points to {target.whose}", reads=tuple(RENAMES))
            edits.append(self._replace(url, URL))
        elif not _ENVIRONMENT.match(url.text()):
            return self._stays(node, f"where it points is told by {url.text()[:40]}: set that to {URL}")
        edits += [self._drop(parts, part) for part in parts if _key(part) in ("organization", "project")]
        if missing:
            first = options.children()[1]
            start = first.range().start.index
            between = self.text[options.range().start.index + 1 : start]
            separator = f",{between}" if "\n" in between else ", "
            edits.append(self._edit(start, start, "".join(text + separator for text in missing)))
        return self._moves(node, edits)

    def _drop(self, parts: list[SgNode], part: SgNode) -> Edit:
        index = next(
            number for number, each in enumerate(parts) if each.range().start.index == part.range().start.index
        )
        if index + 1 < len(parts):
            return self._edit(part.range().start.index, parts[index + 1].range().start.index, "")
        start = parts[index - 1].range().end.index if index else part.range().start.index
        return self._edit(start, part.range().end.index, "")

    def _variables(self, imported: bool) -> Iterator[Finding]:
        for kind in ("member_expression", "subscript_expression"):
            for node in self.root.find_all(kind=kind):
                found = _ENVIRONMENT.fullmatch(node.text())
                if found is None or found["name"] not in RENAMES:
                    continue
                old, new = found["name"], RENAMES[found["name"]]
                start, end = (node.range().start.index + place for place in found.span("name"))
                edit = self._edit(start, end, new)
                of_moved = any(span.start <= edit.start < span.end for span in self.moved)
                if not imported:
                    yield self._finding(
                        node, "manual", f"make it {new} where a client of Pareta's gets it", reads=(old,)
                    )
                elif self.kept and not of_moved:
                    yield self._finding(node, "left", f"a client for {self.kept[0]} stays in this file", reads=(old,))
                else:
                    yield self._finding(node, "migrate", f"{old} becomes {new}", (edit,), renames=((old, new),))

    def _models(self) -> Iterator[Finding]:
        for pair in self.root.find_all(kind="pair"):
            value = pair.field("value")
            if _key(pair) != "model" or value is None or value.kind() != "string":
                continue
            name = value.text()[1:-1]
            if name in self.models:
                edit = self._edit(value.range().start.index + 1, value.range().end.index - 1, self.models[name])
                yield self._finding(value, "migrate", f"{name} becomes {self.models[name]}", (edit,), model=name)
            elif _MODEL.match(name):
                yield self._finding(
                    value, "manual", f"no model of Pareta's is named for {name}: --model {name}=…", model=name
                )

    def _elsewhere(self) -> Iterator[Finding]:
        for call in self.root.find_all(kind="call_expression"):
            function = call.field("function")
            if function is not None and _ELSEWHERE.search(function.text()):
                yield self._finding(
                    function, "manual", "Pareta has chat completions, embeddings and images: move it by hand"
                )

    def _moves(self, node: SgNode, edits: list[Edit]) -> Finding:
        finding = self._finding(node, "migrate", "key and base URL become Pareta's", tuple(edits))
        self.moved.append(finding.span)
        return finding

    def _stays(self, node: SgNode, message: str) -> Finding:
        self.kept.append("another service")
        return self._finding(node, "manual", message, reads=tuple(RENAMES))

    def _replace(self, node: SgNode, text: str) -> Edit:
        return self._edit(node.range().start.index, node.range().end.index, text)

    def _edit(self, start: int, end: int, text: str) -> Edit:
        return Edit(self.bytes[start], self.bytes[end], text.encode("utf-8"))

    def _finding(
        self,
        node: SgNode,
        verdict: Verdict,
        message: str,
        edits: tuple[Edit, ...] = (),
        *,
        renames: tuple[tuple[str, str], ...] = (),
        reads: tuple[str, ...] = (),
        model: str | None = None,
    ) -> Finding:
        span = Span(self.bytes[node.range().start.index], self.bytes[node.range().end.index])
        return Finding(RULE.id, verdict, span, message, edits, "suggested", renames=renames, reads=reads, model=model)


def _bound(statement: str, default: str, renaming: str) -> dict[str, str]:
    names = {}
    found = re.search(default, statement)
    if found:
        names[found[1]] = "OpenAI"
    braces = re.search(r"\{(.*?)\}", statement, re.DOTALL)
    for item in braces[1].split(",") if braces else ():
        imported, _, local = (word.strip() for word in item.partition(renaming))
        if imported in ("OpenAI", "AzureOpenAI"):
            names[local or imported] = imported
    return names


def _key(part: SgNode) -> str:
    key = part.field("key")
    return (key or part).text().strip("\"'")
