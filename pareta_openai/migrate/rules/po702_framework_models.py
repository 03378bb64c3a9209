"""Frameworks that are told a model's name alone: what to give them besides.

``litellm.completion(model="gpt-4o")``, ``Agent("openai:gpt-4o")`` and their like go to OpenAI because of the name, with
OPENAI_API_KEY. How each is pointed at Pareta differs; the message says it. A framework that is given a client, as
``instructor.from_openai(OpenAI())`` is, moves with the client.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from functools import partial

from ..base_urls import classify
from ..calls import argument, string
from ..findings import Finding, Rule
from ..imported import imports_any
from ..module import Module
from ..project import Project
from ..verdicts import unchanged

_finding = partial(unchanged, "PO702")

_URL = "https://api.pareta.ai/v1"
_LITELLM = f"Give it model='openai/<endpoint>', api_base='{_URL}' and api_key=os.environ['PARETA_API_KEY']."
_AGENTS = (
    "Once, at the start: set_default_openai_client(pareta_openai.AsyncOpenAI(), use_for_tracing=False), "
    "set_default_openai_api('chat_completions'); the model is an endpoint of yours."
)
_PYDANTIC_AI = (
    "Its model is OpenAIChatModel('<endpoint>', provider=…), the provider OpenAIProvider(openai_client=…), and the "
    "client pareta_openai.AsyncOpenAI()."
)
_LLAMA_INDEX = (
    "It takes OpenAI's own model names only: take llama_index.llms.openai_like.OpenAILike(model='<endpoint>', "
    f"api_base='{_URL}', api_key=os.environ['PARETA_API_KEY'], is_chat_model=True)."
)
_INSTRUCTOR = "Take instructor.from_openai(pareta_openai.OpenAI()), with an endpoint of yours as model."
_LANGCHAIN = f"Give it base_url='{_URL}', api_key=os.environ['PARETA_API_KEY'] and an endpoint of yours as model."
_SEMANTIC_KERNEL = "Give it async_client=pareta_openai.AsyncOpenAI() and an endpoint of yours as ai_model_id."
_GIVEN = "It is given a client, and moves with that."

_ADVICE: Mapping[str, tuple[str, str]] = {
    **{f"litellm.{name}": (_LITELLM, "model") for name in ("acompletion", "completion", "embedding", "aembedding")},
    "agents.Agent": (_AGENTS, "model"),
    "agents.set_default_openai_key": (_AGENTS, ""),
    "instructor.from_provider": (_INSTRUCTOR, "model"),
    "instructor.afrom_provider": (_INSTRUCTOR, "model"),
    "langchain.chat_models.init_chat_model": (_LANGCHAIN, "model"),
    "llama_index.llms.openai.OpenAI": (_LLAMA_INDEX, "model"),
    "pydantic_ai.Agent": (_PYDANTIC_AI, "model"),
    "pydantic_ai.models.openai.OpenAIChatModel": (_PYDANTIC_AI, "model_name"),
    "pydantic_ai.models.openai.OpenAIModel": (_PYDANTIC_AI, "model_name"),
    "semantic_kernel.connectors.ai.open_ai.OpenAIChatCompletion": (_SEMANTIC_KERNEL, "ai_model_id"),
}
_OPENAIS_ALONE = ("llama_index.", "semantic_kernel.", "agents.", "pydantic_ai.models.")
_GIVEN_A_CLIENT = {
    "agents.set_default_openai_client": "Add set_default_openai_api('chat_completions'): Pareta has no Responses API.",
    "instructor.from_openai": "",
    "instructor.patch": "",
}
_CLIENT_ARGUMENTS = ("async_client", "client", "openai_client", "provider")


def check(module: Module, project: Project) -> Iterable[Finding]:
    del project
    packages = {origin.partition(".")[0] for origin in (*_ADVICE, *_GIVEN_A_CLIENT)}
    for call in module.nodes(ast.Call) if imports_any(module, *packages) else ():
        origin = module.resolve(call.func) or ""
        if origin in _GIVEN_A_CLIENT:
            more = _GIVEN_A_CLIENT[origin]
            yield _finding(module, call, "manual" if more else "left", more or _GIVEN)
        elif origin in _ADVICE:
            yield from _told_a_model(module, call, origin)


def _told_a_model(module: Module, call: ast.Call, origin: str) -> Iterable[Finding]:
    advice, parameter = _ADVICE[origin]
    model = string(argument(call, parameter, position=0))
    if not _is_openais(call, origin, model):
        return
    url = string(argument(call, "api_base", "base_url"))
    target = classify(url) if url else None
    if argument(call, *_CLIENT_ARGUMENTS) is not None:
        yield _finding(module, call, "left", _GIVEN, model)
    elif target is not None and target.kind == "pareta":
        yield _finding(module, call, "already", "It has Pareta's URL.", model)
    elif target is not None and target.kind == "other":
        yield _finding(module, call, "left", f"It talks to {target.whose}.", model)
    else:
        yield _finding(module, call, "manual", advice, model)


def _is_openais(call: ast.Call, origin: str, model: str | None) -> bool:
    """Whether the name sends the call to OpenAI, or may."""
    provider = string(argument(call, "model_provider"))
    if provider is not None:
        return provider == "openai"
    if model is None:
        # An agent without a model of its own runs on its runner's; pydantic-ai's takes any vendor's object.
        return origin not in ("agents.Agent", "pydantic_ai.Agent")
    vendor = model.replace(":", "/").partition("/")[0] if "/" in model or ":" in model else ""
    return vendor == "openai" or (not vendor and (origin.startswith(_OPENAIS_ALONE) or _sounds_like_openais(model)))


def _sounds_like_openais(model: str) -> bool:
    return model.startswith(("gpt-", "o1", "o3", "o4", "chatgpt", "text-embedding", "davinci", "text-davinci"))


RULE = Rule("PO702", "frameworks-models", "manual", check, words=(b"openai", b"litellm", b"gpt-", b"instructor"))
