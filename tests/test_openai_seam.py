"""Each non-public name of openai's that is touched: that it is there, what it is for, and the way on without it."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletion

import pareta_openai
from pareta_openai import _openai, config, decoding, encoding
from tests.support import MESSAGES, Answer, ScriptedServer, json_answer, settle

pytestmark = pytest.mark.anyio

PACKAGE = Path(pareta_openai.__file__).parent
OPENAI_CLIENTS = (openai.OpenAI, openai.AsyncOpenAI)
MOVED = "openai has moved {}: see the table in pareta_openai/_openai.py, and how to do without"


@pytest.mark.parametrize("openai_client", OPENAI_CLIENTS)
@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("_make_status_error", {"err_msg", "body", "response"}),
        ("_process_response", {"cast_to", "options", "response", "stream"}),
        ("_process_response_data", {"data", "cast_to", "response"}),
        ("_prepare_url", {"url"}),
        ("post", {"cast_to", "body", "options", "stream", "stream_cls"}),
        ("_should_retry", {"response"}),
        ("_calculate_retry_timeout", {"remaining_retries", "options"}),
        ("_parse_retry_after_header", {"response_headers"}),
        ("_prepare_options", {"options"}),
        ("request", {"cast_to", "options"}),
    ],
)
def test_openai_still_has_the_hook(openai_client: Any, method: str, parameters: set[str]) -> None:
    assert hasattr(openai_client, method), MOVED.format(method)
    assert parameters <= set(inspect.signature(getattr(openai_client, method)).parameters), MOVED.format(method)


def test_openai_still_has_the_custom_headers() -> None:
    assert hasattr(openai.OpenAI(api_key="x"), "_custom_headers"), MOVED.format("_custom_headers")


async def test_openais_streams_still_hold_their_chunks(script: ScriptedServer) -> None:
    script.answer(Answer(200, b"data: [DONE]\n\n", {"content-type": "text/event-stream"}))
    with openai.OpenAI(api_key="x", base_url=script.base_url) as client:
        stream = client.chat.completions.create(model="m", messages=MESSAGES, stream=True)
        assert "_iterator" in vars(stream), MOVED.format("_iterator")
        assert list(stream) == []


def test_openais_azure_client_still_keeps_its_version() -> None:
    client = openai.AzureOpenAI(api_key="x", azure_endpoint="https://me.example", api_version="2024-06-01")
    assert _openai.arguments_of(client, with_key=False)["api_version"] == "2024-06-01", MOVED.format("_api_version")


async def test_openai_still_builds_the_request_options(scripted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    before = type(scripted)._before_request
    monkeypatch.setattr(
        type(scripted), "_before_request", lambda self, options: (seen.append(options), before(self, options))
    )
    await settle(scripted.chat.completions.create(model="ep", messages=MESSAGES))
    for name in (*_openai._OPTIONS, "post_parser"):
        assert hasattr(seen[0], name), MOVED.format(f"FinalRequestOptions.{name}")


def test_a_callable_key_is_taken_by_an_openai_that_refreshes_keys() -> None:
    takes_callables = "Callable" in str(inspect.signature(openai.OpenAI).parameters["api_key"].annotation)
    assert takes_callables == _openai.TAKES_KEY_PROVIDERS, MOVED.format("_refresh_api_key")


def test_openai_still_has_a_client_of_its_module() -> None:
    assert _openai.module_client_class() is not None, MOVED.format("_ModuleClient")
    assert hasattr(openai, "_client"), MOVED.format("_client")


@pytest.mark.parametrize("azure_client", [openai.AzureOpenAI, openai.AsyncAzureOpenAI])
def test_openais_azure_clients_still_override_how_a_request_is_made(azure_client: type) -> None:
    assert {"_build_request", "_prepare_url", "_prepare_options"} <= _openai.openais_own_of_azure(azure_client).keys()


@pytest.mark.parametrize("openai_client", OPENAI_CLIENTS)
@pytest.mark.parametrize("name", ["endpoints", "tasks", "model_aliases", "from_env"])
def test_openai_has_not_claimed_a_name_of_ours(openai_client: Any, name: str) -> None:
    assert not hasattr(openai_client, name), f"openai has its own {name} now: ours hides it"


@pytest.mark.parametrize("openai_client", OPENAI_CLIENTS)
def test_openai_has_not_claimed_an_argument_of_ours(openai_client: Any) -> None:
    ours = {field.name for field in dataclasses.fields(config.ClientOptions)}
    for function in (openai_client.__init__, openai_client.copy):
        assert not ours & set(inspect.signature(function).parameters)


@pytest.mark.parametrize("name", ["sets", "frontier_models"])
def test_openais_evals_have_not_claimed_a_name_of_ours(name: str) -> None:
    assert not hasattr(getattr(openai.resources, "Evals", None), name)


# The way on without each: the override is taken away from our client, as if openai no longer called it.


def without(monkeypatch: pytest.MonkeyPatch, *hooks: str) -> None:
    for hook in hooks:
        monkeypatch.delattr(_openai.ClientHooks, hook)


async def test_without_the_status_hook_errors_are_openais(
    scripted: Any, script: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, "_make_status_error")
    script.answer(json_answer({"detail": "no such task"}, 404))
    with pytest.raises(openai.NotFoundError) as caught:
        await settle(scripted.tasks.retrieve("t"))
    assert not isinstance(caught.value, pareta_openai.ParetaError)


async def test_without_the_response_hooks_good_answers_are_read_alike(
    scripted: Any, script: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, "_process_response", "_process_response_data")
    answer = await settle(scripted.chat.completions.create(model="ep", messages=MESSAGES))
    assert isinstance(answer, ChatCompletion)
    script.answer(Answer(200, b"<html>", {"content-type": "text/html"}))
    assert await settle(scripted.chat.completions.create(model="ep", messages=MESSAGES)) == "<html>"


async def test_without_a_post_parser_in_the_options_good_answers_are_read_alike(
    scripted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Bare:
        """Options as they would be without it."""

    monkeypatch.setattr(
        _openai.ClientHooks,
        "_take_over_parsing",
        lambda self, cast_to, _options, response, guard=_openai.ClientHooks._take_over_parsing: guard(
            self, cast_to, Bare(), response
        ),
    )
    answer = await settle(scripted.chat.completions.create(model="ep", messages=MESSAGES))
    assert answer.choices[0].message.content == "Hello"


async def test_options_of_another_make_go_out_as_openai_built_them(scripted: Any) -> None:
    class Unknown:
        """An object with none of the attributes."""

    assert scripted._before_request(Unknown()) is None


def test_without_the_custom_headers_a_client_is_refused_rather_than_leaking(monkeypatch: pytest.MonkeyPatch) -> None:
    class Elsewhere:
        """A client that keeps its headers elsewhere."""

    _openai.forget_ambient_headers(Elsewhere(), None)
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Canary: 1")
    with pytest.raises(openai.OpenAIError, match="unset the variable"):
        _openai.forget_ambient_headers(Elsewhere(), None)


async def test_a_create_whose_signature_was_erased_is_called_as_it_is(
    build: Callable[..., Any], script: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As some instrumentation leaves it."""
    from openai.resources import chat

    for completions in (chat.Completions, chat.AsyncCompletions):
        original = completions.create
        monkeypatch.setattr(
            completions, "create", lambda self, *args, _original=original, **kwargs: _original(self, *args, **kwargs)
        )
    client = build(api_key="pareta_sk_x", base_url=script.base_url)
    await settle(client.chat.completions.create(model="ep", messages=MESSAGES, temperature=0))
    assert script.received[0].json["temperature"] == 0


@pytest.fixture
def shortcuts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of those that are taken."""
    taken: list[str] = []

    def note(module: Any, name: str) -> None:
        original = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *args: (taken.append(name), original(*args))[1])

    note(decoding, "read_model")
    note(decoding, "reader")
    note(encoding, "copy_plain")
    _openai.is_fast.cache_clear()
    yield taken
    monkeypatch.undo()
    _openai.is_fast.cache_clear()


async def call_plainly_and_streamed(client: Any, script: ScriptedServer) -> None:
    answer = await settle(client.chat.completions.create(model="ep", messages=MESSAGES, top_k=5))
    assert answer.choices[0].message.content == "Hello"
    assert script.received[-1].json == {"model": "ep", "messages": MESSAGES, "top_k": 5}
    chunk = json.dumps({"id": "c", "choices": [{"index": 0, "delta": {"content": "Hi"}, "finish_reason": "stop"}]})
    script.answer(Answer(200, f"data: {chunk}\n\ndata: [DONE]\n\n".encode(), {"content-type": "text/event-stream"}))
    stream = await settle(client.chat.completions.create(model="ep", messages=MESSAGES, stream=True))
    chunks = list(stream) if hasattr(stream, "__next__") else [one async for one in stream]
    assert [one.choices[0].delta.content for one in chunks] == ["Hi"]


async def test_shortcuts_are_taken_where_openai_is_as_it_is_known(
    scripted: Any, script: ScriptedServer, shortcuts: list[str]
) -> None:
    await call_plainly_and_streamed(scripted, script)
    assert set(shortcuts) == {"read_model", "reader", "copy_plain"}


async def test_pareta_fast_0_takes_no_shortcut(
    scripted: Any, script: ScriptedServer, shortcuts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARETA_FAST", "0")
    await call_plainly_and_streamed(scripted, script)
    assert shortcuts == []


@pytest.mark.parametrize("hook", _openai._FAST_HOOKS)
@pytest.mark.parametrize("change", ["gone", "changed"])
async def test_a_hook_that_is_gone_or_changed_ends_the_shortcuts_with_one_warning(
    build: Callable[..., Any],
    script: ScriptedServer,
    shortcuts: list[str],
    monkeypatch: pytest.MonkeyPatch,
    hook: str,
    change: str,
) -> None:
    client = build(api_key="pareta_sk_x", base_url=script.base_url)

    def changed(*, another: Any) -> Any:
        return another

    # Only until the fast path has looked: openai, as it is installed here, needs the hook for its calls.
    with monkeypatch.context() as patch:
        for base in {base for one in OPENAI_CLIENTS for base in one.__mro__ if hook in vars(base)}:
            patch.delattr(base, hook) if change == "gone" else patch.setattr(base, hook, changed)
        with pytest.warns(RuntimeWarning, match=f"has no {hook}"):
            assert not _openai.is_fast()
    await call_plainly_and_streamed(client, script)
    assert shortcuts == []


async def test_a_create_that_posts_in_another_way_is_called_as_it_is(
    scripted: Any, script: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_openai, "requested_by", lambda *_, **__: None)
    await call_plainly_and_streamed(scripted, script)


def test_what_create_posts_is_not_known_where_it_posts_in_another_way() -> None:
    async def gives_nothing(self: Any, **arguments: Any) -> None:
        """Where openai's awaits its `_post`."""

    for create in (lambda resource, **_: resource._send(), lambda _, **__: None, gives_nothing):
        assert _openai.requested_by(create, model=openai.NOT_GIVEN) is None


def private_names(source: str) -> tuple[set[str], set[str]]:
    """What of openai's non-public modules is named, and which of the transports."""
    of_openai, transports = set(), set()
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            names = [f"{node.value.id}.{node.attr}"]
        for name in names:
            parts = name.split(".")
            if parts[0] == "openai" and any(p.startswith("_") and not p.endswith("__") for p in parts):
                of_openai.add(name)
            elif parts[0] in ("httpx", "httpx2"):
                transports.add(name)
    return of_openai, transports


# The local platform's extra brings a transport of its own, by name.
OF_THE_CLIENT = [p for p in PACKAGE.rglob("*.py") if PACKAGE / "local" not in p.parents]


@pytest.mark.parametrize("path", OF_THE_CLIENT, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_openais_private_names_and_the_transports_are_touched_in_one_module_each(path: Path) -> None:
    of_openai, transports = private_names(path.read_text(encoding="utf-8"))
    assert bool(of_openai) == (path.name == "_openai.py")
    assert bool(transports) == (path.name == "transports.py")


def test_the_search_for_private_names_finds_them() -> None:
    source = "import httpx\nfrom openai._models import x\nfrom openai import _base_client\nopenai._exceptions\n"
    of_openai, transports = private_names(source)
    assert len(of_openai) >= 3
    assert transports == {"httpx"}
