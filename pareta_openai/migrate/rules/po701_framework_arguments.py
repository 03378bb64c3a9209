"""Frameworks' own OpenAI classes get Pareta's key and URL.

LangChain's ``ChatOpenAI``, DSPy's ``LM``, Haystack's generators, CrewAI's ``LLM`` and pydantic-ai's ``OpenAIProvider``
build an OpenAI client inside, from OPENAI_API_KEY. Given key and URL they talk to Pareta, whose chat completions have
OpenAI's format. Their errors stay openai's own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import partial

from ..base_urls import classify
from ..calls import Name, add_arguments, argument, has_unpacking, name_for, replace_in_string, string
from ..findings import Edit, Finding, Rule
from ..frameworks import CARRIERS, CLIENT_ARGUMENTS, Carrier
from ..imported import imports_any
from ..module import Module
from ..project import Project
from ..verdicts import unchanged

_finding = partial(unchanged, "PO701")

_URL = "https://api.pareta.ai/v1"
_OLD, _NEW = "OPENAI_API_KEY", "PARETA_API_KEY"
_AZURE = ("AzureChatOpenAI", "AzureOpenAI", "AzureOpenAIEmbeddings", "AzureOpenAIChatGenerator", "AzureOpenAIGenerator")
_AZURE_ADVICE = (
    "Take the class without Azure in its name, with PARETA_API_KEY, {url} and an endpoint of yours as model."
)
_ELSEWHERE = "Where {argument} comes from is not seen here: give it Pareta's, and for the URL {url}."


def check(module: Module, project: Project) -> Iterable[Finding]:
    packages = {origin.partition(".")[0] for origin in CARRIERS}
    for call in module.nodes(ast.Call) if imports_any(module, *packages) else ():
        origin = module.resolve(call.func) or ""
        if origin in CARRIERS:
            yield _Carried(module, project, call, CARRIERS[origin]).finding()
        elif origin.partition(".")[0] in ("haystack", "langchain_openai") and origin.rpartition(".")[2] in _AZURE:
            yield _finding(module, call, "manual", _AZURE_ADVICE.format(url=_URL))


class _Carried:
    """Of one construction."""

    def __init__(self, module: Module, project: Project, call: ast.Call, carrier: Carrier) -> None:
        self.module = module
        self.call = call
        self.carrier = carrier
        self.models = project.options.models
        self.edits: list[Edit] = []
        self.added: list[str] = []
        self.needs: set[str] = set()
        self.renames: tuple[tuple[str, str], ...] = ()

    def finding(self) -> Finding:
        call, carrier = self.call, self.carrier
        url = argument(call, *carrier.urls)
        target = classify(string(url) or "").kind if url is not None else "openai"
        model = string(argument(call, *carrier.models, position=carrier.position))
        vendor = model.partition("/")[0] if model and "/" in model else "openai"
        if target == "pareta":
            return _finding(self.module, call, "already", "It has Pareta's URL.", model)
        if target == "other":
            return _finding(self.module, call, "left", f"It talks to {classify(string(url) or '').whose}.", model)
        if vendor != "openai" and carrier.position is not None:
            return _finding(self.module, call, "left", f"It talks to {vendor}.", model)
        if argument(call, *CLIENT_ARGUMENTS) is not None:
            return _finding(self.module, call, "left", "Key and URL are those of the client that it is given.", model)
        if has_unpacking(call):
            return self._elsewhere("**", model)
        if target != "openai" or not self._key():
            return self._elsewhere(carrier.urls[0] if target != "openai" else carrier.keys[0], model)
        self._url(url)
        self._model()
        if self.added:
            self.edits.append(add_arguments(self.module, call, self.added))
        edits = tuple(sorted(self.edits))
        span = self.module.span(call)
        message = f"talks to {_URL} with {_NEW}"
        needs = tuple(sorted(self.needs))
        return Finding(
            "PO701", "migrate", span, message, edits, "suggested", needs=needs, renames=self.renames, model=model
        )

    def _elsewhere(self, name: str, model: str | None) -> Finding:
        return _finding(self.module, self.call, "manual", _ELSEWHERE.format(argument=name, url=_URL), model)

    def _key(self) -> bool:
        """Takes the key from PARETA_API_KEY; whether it can."""
        value = argument(self.call, *self.carrier.keys)
        if value is None:
            text = self._read_environment()
            if text is not None:
                self.added.append(f"{self.carrier.keys[0]}={text}")
            self.renames = ((_OLD, _NEW),)
            return text is not None
        names = [node for node in ast.walk(value) if string(node) in (_OLD, _NEW)]
        if isinstance(value, ast.Call | ast.Subscript) and len(names) == 1:
            if string(names[0]) == _OLD:
                edit = replace_in_string(self.module, names[0], _OLD, _NEW)
                self.edits += [edit] if edit else []
                self.renames = ((_OLD, _NEW),)
                return edit is not None
            return True
        if string(value) is not None:
            text = self._read_environment()
            if text is not None:
                self.edits.append(self.module.replace(value, text))
            return text is not None
        return False

    def _read_environment(self) -> str | None:
        called: Name | None = name_for(self.module, self.call, "os")
        if called is None:
            return None
        self.needs |= {*called.needs}
        read = f'{called.text}.environ["{_NEW}"]'
        if self.carrier.urls[0] != "api_base_url":
            return read
        secret = name_for(self.module, self.call, "haystack.utils.Secret")
        if secret is None:
            return None
        self.needs = {*secret.needs}
        return f'{secret.text}.from_env_var("{_NEW}")'

    def _url(self, url: ast.expr | None) -> None:
        names = [keyword.arg for keyword in self.call.keywords]
        # As the one beside it is called: LangChain's classes have two names for each.
        index = next((self.carrier.keys.index(name) for name in names if name in self.carrier.keys), 0)
        if url is None:
            self.added.append(f'{self.carrier.urls[min(index, len(self.carrier.urls) - 1)]}="{_URL}"')
        else:
            self.edits.append(self.module.replace(url, f'"{_URL}"'))

    def _model(self) -> None:
        node = argument(self.call, *self.carrier.models, position=self.carrier.position)
        name = string(node)
        if node is None or name is None:
            return
        prefix, slash, bare = name.rpartition("/")
        new = self.models.get(name) or self.models.get(bare)
        if new is not None:
            edit = replace_in_string(self.module, node, name, f"{prefix}{slash}{new}")
            self.edits += [edit] if edit else []


RULE = Rule("PO701", "frameworks-arguments", "suggested", check, words=(b"openai", b"dspy", b"crewai"))
