"""`wrap`: what a client that somebody else built becomes."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncIterator, Callable
from typing import Any

import openai
import pytest
import wrapt

import pareta_openai
from pareta_openai import ParetaError, install, wrap
from pareta_openai.local import LocalPlatform, Organisation, faults
from tests.support import MESSAGES, ScriptedServer, collect, settle

pytestmark = pytest.mark.anyio

KEY = "pareta_sk_wrapped_0123456789"
KINDS = {
    "sync": (openai.OpenAI, openai.AzureOpenAI),
    "async": (openai.AsyncOpenAI, openai.AsyncAzureOpenAI),
}


@pytest.fixture(params=["sync", "async"])
async def build_openai(
    request: pytest.FixtureRequest, platform: LocalPlatform, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Callable[..., Any]]:
    """Builds openai's own clients for the platform; with ``azure=True`` those for Azure."""
    monkeypatch.setenv("PARETA_BASE_URL", platform.base_url)
    built: list[Any] = []

    def build(azure: bool = False, subclass: bool = False, **arguments: Any) -> Any:
        client_class = KINDS[request.param][azure]
        if subclass:
            client_class = type("Mine", (client_class,), {"signature": lambda self: f"mine, {self.max_retries}"})
        arguments = {"api_key": organisation.api_key, "base_url": f"{platform.base_url}/v1", **arguments}
        built.append(client_class(max_retries=0, **arguments, **({"api_version": "2024-06-01"} if azure else {})))
        return built[-1]

    yield build
    for client in built:
        await settle(client.close())


@pytest.fixture
def bare(build_openai: Callable[..., Any]) -> Any:
    return build_openai()


async def complete(client: Any, model: str, **arguments: Any) -> Any:
    return await settle(client.chat.completions.create(model=model, messages=MESSAGES, **arguments))


async def test_a_wrapped_client_is_of_its_own_class_and_of_ours(build_openai: Callable[..., Any]) -> None:
    for options in ({}, {"subclass": True}, {"azure": True}, {"azure": True, "subclass": True}):
        client = build_openai(**options)
        wrapped = wrap(client)
        assert isinstance(wrapped, type(client))
        assert isinstance(wrapped, (pareta_openai.OpenAI, pareta_openai.AsyncOpenAI))
        assert type(wrapped).__name__ == type(client).__name__


async def test_it_has_our_namespaces_and_receipts(bare: Any, endpoint: str) -> None:
    wrapped = wrap(bare)
    assert [each.id for each in await settle(wrapped.endpoints.list())] == [endpoint]
    assert await settle(wrapped.evals.sets.list()) == []
    assert "invoice-extraction" in [task.id for task in await settle(wrapped.tasks.list())]
    assert (await complete(wrapped, endpoint)).billed_micro_usd > 0


async def test_a_subclass_keeps_what_is_its_own(build_openai: Callable[..., Any], endpoint: str) -> None:
    wrapped = wrap(build_openai(subclass=True)).with_options(max_retries=3)
    assert wrapped.signature() == "mine, 3"
    assert (await complete(wrapped, endpoint)).billed_micro_usd > 0


async def test_a_subclass_keeps_its_own_resources(build_openai: Callable[..., Any]) -> None:
    client = build_openai(subclass=True)
    chat_class = type(client.chat)

    class Chat(chat_class):
        word = "mine"

    type(client).chat = property(lambda self: Chat(self))
    wrapped = wrap(client)
    assert wrapped.chat.word == "mine"
    with pytest.raises(pareta_openai.NotFoundError):
        await complete(wrapped, "ep_nowhere")


async def test_of_an_azure_client_pareta_gets_what_it_takes(
    build_openai: Callable[..., Any], script: ScriptedServer
) -> None:
    client = build_openai(azure=True, api_key=KEY, base_url=script.base_url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PARETA_BASE_URL", script.base_url)
        await complete(wrap(client), "ep_test")
        await complete(wrap(client).with_options(timeout=3), "ep_test")
    received, again = script.received
    assert again.path == received.path
    headers = {name.lower(): value for name, value in received.headers.items()}
    assert received.path == "/v1/chat/completions"
    assert headers["authorization"] == f"Bearer {KEY}"
    assert "api-key" not in headers


async def test_calls_raise_our_exceptions(bare: Any, organisation: Organisation, endpoint: str) -> None:
    wrapped = wrap(bare)
    with pytest.raises(pareta_openai.NotFoundError):
        await complete(wrapped, "ep_nowhere")
    with pytest.raises(pareta_openai.NotFoundError):
        await settle(wrapped.endpoints.retrieve("ep_nowhere"))
    with pytest.raises(pareta_openai.NotFoundError):
        await settle(wrapped.chat.completions.with_raw_response.create(model="ep_nowhere", messages=MESSAGES))
    organisation.add_fault(faults.drop(after_events=2), on="createChatCompletion")
    with pytest.raises(pareta_openai.APIConnectionError):
        await collect(await complete(wrapped, endpoint, stream=True))


async def test_raw_and_streaming_responses_are_there(bare: Any, endpoint: str) -> None:
    wrapped = wrap(bare)
    raw = await settle(wrapped.chat.completions.with_raw_response.create(model=endpoint, messages=MESSAGES))
    assert raw.headers["x-request-id"]
    assert raw.parse().billed_micro_usd > 0
    listed = await settle(wrapped.endpoints.with_raw_response.list())
    assert (await settle(listed.parse()))[0].id == endpoint
    streaming = wrapped.with_streaming_response.chat.completions.create(model=endpoint, messages=MESSAGES)
    if hasattr(streaming, "__aenter__"):
        async with streaming as response:
            assert (await response.parse()).choices
    else:
        with streaming as response:
            assert response.parse().choices


async def test_with_options_stays_wrapped(bare: Any, endpoint: str) -> None:
    wrapped = wrap(bare, model_aliases={"gpt-4o": endpoint})
    for copied in (wrapped.with_options(timeout=7), wrapped.copy(timeout=7)):
        assert isinstance(copied, type(wrapped))
        assert copied.timeout == 7
        assert copied.model_aliases == {"gpt-4o": endpoint}
        assert (await complete(copied, "gpt-4o")).billed_micro_usd > 0
        assert inspect.unwrap(copied) is not bare
        assert inspect.unwrap(copied).timeout == 7
    assert wrapped.with_options(model_aliases={}).model_aliases == {}
    wrapped.max_retries = 5
    assert wrapped.with_options(timeout=7).max_retries == 5


async def test_the_client_it_was_given_is_not_altered(bare: Any, endpoint: str) -> None:
    completions = bare.chat.completions
    before = [(holder, dict(vars(holder))) for holder in (bare, bare.chat, completions)]
    wrapped = wrap(bare, model_aliases={"gpt-4o": endpoint})
    wrapped.timeout = 3
    await complete(wrapped, "gpt-4o")
    await settle(wrapped.endpoints.list())
    for holder, state in before:
        assert vars(holder) == state
    assert bare.chat.completions is completions
    with pytest.raises(openai.NotFoundError) as caught:
        await complete(bare, "gpt-4o")
    assert not isinstance(caught.value, ParetaError)


async def test_wrapping_twice_is_wrapping_once(bare: Any, endpoint: str) -> None:
    wrapped = wrap(bare)
    assert wrap(wrapped) is wrapped
    again = wrap(wrapped, model_aliases={"gpt-4o": endpoint})
    assert inspect.unwrap(again).__class__ is bare.__class__
    assert (await complete(again, "gpt-4o")).billed_micro_usd > 0


async def test_a_client_of_ours_comes_back_as_it_is(client: Any) -> None:
    assert wrap(client) is client


async def test_unwrapping_gives_the_client_back(bare: Any) -> None:
    wrapped = wrap(bare)
    assert wrapped.__wrapped__ is bare
    assert inspect.unwrap(wrapped) is bare
    assert getattr(wrapt, "unwrapped", inspect.unwrap)(wrapped) is bare


def closure(method: Callable[..., Any], seen: list[str]) -> Callable[..., Any]:
    @functools.wraps(method)
    def create(*args: Any, **arguments: Any) -> Any:
        seen.append(arguments["model"])
        return method(*args, **arguments)

    return create


def wrapper(method: Callable[..., Any], seen: list[str]) -> Callable[..., Any]:
    def note(wrapped: Any, _instance: Any, args: Any, arguments: Any) -> Any:
        seen.append(arguments["model"])
        return wrapped(*args, **arguments)

    return wrapt.FunctionWrapper(method, note)


def prefilled(method: Callable[..., Any], seen: list[str]) -> Callable[..., Any]:
    return functools.partial(closure(method, seen), temperature=0)


@pytest.mark.parametrize("instrument", [closure, wrapper, prefilled])
async def test_what_instruments_an_instance_goes_on(bare: Any, endpoint: str, instrument: Callable[..., Any]) -> None:
    seen: list[str] = []
    bare.chat.completions.create = instrument(bare.chat.completions.create, seen)
    wrapped = wrap(bare, model_aliases={"gpt-4o": endpoint})
    for client in (wrapped, wrapped.with_options(timeout=9)):
        assert (await complete(client, "gpt-4o")).billed_micro_usd > 0
        with pytest.raises(pareta_openai.NotFoundError):
            await complete(client, "ep_nowhere")
    assert seen == ["gpt-4o", "ep_nowhere"] * 2
    with pytest.raises(openai.NotFoundError):
        await complete(bare, "gpt-4o")
    assert seen == ["gpt-4o", "ep_nowhere"] * 2 + ["gpt-4o"]


async def test_what_instruments_the_client_goes_on(bare: Any, endpoint: str) -> None:
    paths: list[str] = []

    def instrument(client: Any) -> None:
        request = client.request

        def noted(cast_to: Any, options: Any, **arguments: Any) -> Any:
            paths.append(options.url)
            return request(cast_to, options, **arguments)

        client.request = noted

    instrument(bare)
    wrapped = wrap(bare)
    assert (await complete(wrapped, endpoint)).billed_micro_usd > 0
    assert paths == ["/chat/completions"]


async def test_functions_that_count_together_go_on_counting_together(bare: Any, endpoint: str) -> None:
    calls = 0

    def instrument(method: Callable[..., Any]) -> Callable[..., Any]:
        def create(**arguments: Any) -> Any:
            nonlocal calls
            calls += 1
            return method(**arguments)

        return create

    bare.chat.completions.create = instrument(bare.chat.completions.create)
    await complete(wrap(bare), endpoint)
    await complete(bare, endpoint)
    assert calls == 2


async def test_a_client_that_points_elsewhere_is_refused_with_the_line_to_add(build_openai: Callable[..., Any]) -> None:
    with pytest.raises(ParetaError, match=r"localhost, which is not Pareta.*with_options\(base_url=.*PARETA_BASE_URL"):
        wrap(build_openai(base_url="http://someone:secret@localhost:11434/v1"))
    with pytest.raises(ParetaError, match=r"api\.openai\.com"):
        wrap(build_openai(base_url=None))
    with pytest.raises(ParetaError, match="not Pareta"):
        wrap(build_openai(base_url="https://pareta.ai.example/v1"))


@pytest.mark.parametrize("base_url", ["https://api.pareta.ai/v1", "https://api-staging.pareta.ai"])
async def test_paretas_own_hosts_are_paretas(build_openai: Callable[..., Any], base_url: str) -> None:
    assert str(wrap(build_openai(base_url=base_url)).base_url).rstrip("/").endswith("pareta.ai/v1")


async def test_a_key_of_openais_is_refused_and_not_shown(build_openai: Callable[..., Any]) -> None:
    with pytest.raises(ParetaError, match="starts with sk-") as caught:
        wrap(build_openai(api_key="sk-proj-0123456789"))
    assert "0123456789" not in str(caught.value)


async def test_what_is_no_client_is_refused() -> None:
    with pytest.raises(TypeError, match="not int"):
        wrap(1)  # type: ignore[call-overload]


async def test_an_option_that_is_none_is_refused(bare: Any) -> None:
    with pytest.raises(TypeError, match="'model_alias'"):
        wrap(bare, model_alias={})


async def test_openais_account_is_left_at_home(
    build_openai: Callable[..., Any], script: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ORG_ID", "PROJECT_ID", "ADMIN_KEY"):
        monkeypatch.setenv(f"OPENAI_{name}", f"canary-{name}")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Team: canary")
    monkeypatch.setenv("PARETA_BASE_URL", script.base_url)
    client = build_openai(api_key=KEY, base_url=script.base_url, default_headers={"X-Mine": "kept"})
    await complete(wrap(client), "ep_test")
    await complete(wrap(client).with_options(timeout=3), "ep_test")
    assert len(script.received) == 2
    for received in script.received:
        assert b"canary" not in received.raw
        assert b"kept" in received.raw


async def test_a_wrapped_client_says_that_it_does_not_pickle(bare: Any) -> None:
    import pickle

    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(wrap(bare))


@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_it_works_on_either_event_loop(
    platform: LocalPlatform, organisation: Organisation, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARETA_BASE_URL", platform.base_url)
    async with openai.AsyncOpenAI(api_key=organisation.api_key, base_url=platform.base_url) as bare:
        wrapped = wrap(bare)
        assert (await complete(wrapped, endpoint)).billed_micro_usd > 0
        assert await collect(await complete(wrapped, endpoint, stream=True))
        assert [each.id for each in await wrapped.endpoints.list()] == [endpoint]
    with install():
        async with openai.AsyncOpenAI(api_key=organisation.api_key) as installed:
            assert await collect(await complete(installed, endpoint, stream=True))
            assert isinstance(installed, pareta_openai.AsyncOpenAI)
