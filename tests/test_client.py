"""What the two clients are: openai's, kept whole through copying, that leave OpenAI's settings at home."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import openai
import pytest

import pareta_openai
from pareta_openai import arguments
from pareta_openai.local import LocalPlatform, Organisation
from tests.support import MESSAGES, Answer, ScriptedServer, json_answer, settle

pytestmark = pytest.mark.anyio

KEY = "pareta_sk_test_0123456789"


async def test_the_client_is_an_openai_client(build: Callable[..., Any]) -> None:
    assert isinstance(build(api_key=KEY), (openai.OpenAI, openai.AsyncOpenAI))


async def test_the_other_names_are_the_same_classes() -> None:
    assert pareta_openai.OpenAI is pareta_openai.Pareta is pareta_openai.ParetaOpenAI
    assert pareta_openai.AsyncOpenAI is pareta_openai.AsyncPareta is pareta_openai.AsyncParetaOpenAI


async def test_with_options_keeps_what_it_does_not_change(build: Callable[..., Any]) -> None:
    client = build(api_key=KEY, base_url="http://localhost:1", model_aliases={"a": "b"}, max_retries=7)
    for copied in (
        client.with_options(timeout=5),
        client.copy(timeout=5),
        client.with_options(timeout=5).copy(),
    ):
        assert type(copied) is type(client)
        assert copied.api_key == KEY
        assert copied.base_url == client.base_url
        assert copied.model_aliases == {"a": "b"}
        assert (copied.timeout, copied.max_retries) == (5, 7)


async def test_with_options_changes_our_own_arguments(build: Callable[..., Any]) -> None:
    client = build(api_key=KEY, model_aliases={"a": "b"})
    assert client.with_options(model_aliases={"c": "d"}).model_aliases == {"c": "d"}
    assert client.with_options(model_aliases={}).model_aliases == {}
    assert client.model_aliases == {"a": "b"}


async def test_with_options_ignores_aliases_of_the_environment(
    build: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = build(api_key=KEY)
    monkeypatch.setenv("PARETA_MODEL_ALIASES", "a=b")
    assert client.with_options(timeout=5).model_aliases == {}


async def test_with_options_survives_in_a_subclass_of_ours() -> None:
    class Mine(pareta_openai.OpenAI):
        pass

    with Mine(api_key=KEY, model_aliases={"a": "b"}) as client:
        copied = client.with_options(timeout=5)
    assert type(copied) is Mine
    assert copied.model_aliases == {"a": "b"}


async def test_a_context_manager_closes_the_client(platform: LocalPlatform, organisation: Organisation) -> None:
    arguments = {"api_key": organisation.api_key, "base_url": platform.base_url}
    with pareta_openai.OpenAI(**arguments) as client:
        assert len(client.models.list()) == 1
    assert client.is_closed()
    async with pareta_openai.AsyncOpenAI(**arguments) as async_client:
        assert len(await async_client.models.list()) == 1
    assert async_client.is_closed()


async def test_the_async_client_is_closed_by_either_name() -> None:
    for name in ("close", "aclose"):
        client = pareta_openai.AsyncOpenAI(api_key=KEY)
        await getattr(client, name)()
        assert client.is_closed()


async def test_signatures_name_openais_arguments_and_ours(build: Callable[..., Any]) -> None:
    client = build(api_key=KEY)
    ours_alone = set(arguments.OWN)
    assert ours_alone > {"model_aliases", "on_not_ready", "fallback", "transport"}
    openai_class = openai.OpenAI if isinstance(client, openai.OpenAI) else openai.AsyncOpenAI
    for ours, theirs in ((client.__init__, openai_class.__init__), (client.copy, openai_class.copy)):
        names = set(inspect.signature(ours).parameters)
        assert names == (set(inspect.signature(theirs).parameters) - {"self"}) | ours_alone


def test_checkers_see_every_argument_of_ours() -> None:
    seen = arguments.SyncArguments.__annotations__.keys() | arguments.AsyncArguments.__annotations__.keys()
    openais = {*inspect.signature(openai.OpenAI.__init__).parameters, "webhook_secret"}  # which 1.66 has not yet
    assert set(arguments.OWN) == seen - openais


async def test_every_argument_of_openais_copy_is_taken(build: Callable[..., Any]) -> None:
    client = build(api_key=KEY)
    copied = client.copy(
        default_headers={"x-a": "1"}, default_query={"q": "1"}, organization="org", base_url="http://other"
    )
    assert (str(copied.base_url), copied.organization) == ("http://other/v1/", "org")
    assert copied.default_headers["x-a"] == "1"


async def test_repr_shows_no_more_than_the_keys_end(build: Callable[..., Any]) -> None:
    client = build(api_key=KEY, model_aliases={"a": "b"})
    assert KEY[:-4] not in repr(client)
    assert "…6789" in repr(client)
    assert "{'a': 'b'}" in repr(client)
    assert "short" not in repr(build(api_key="short"))


async def test_user_agent_names_this_package_and_openai(scripted: Any, script: ScriptedServer) -> None:
    await settle(scripted.chat.completions.create(model="ep", messages=MESSAGES))
    agent = {name.lower(): value for name, value in script.received[0].headers.items()}["user-agent"]
    assert f"pareta-openai/{pareta_openai.__version__}" in agent
    assert f"openai/{openai.__version__}" in agent


CANARIES = {
    "OPENAI_API_KEY": "sk-canary-key",
    "OPENAI_ADMIN_KEY": "sk-admin-canary-key",
    "OPENAI_ORG_ID": "org-canary",
    "OPENAI_PROJECT_ID": "proj-canary",
    "OPENAI_CUSTOM_HEADERS": "X-Canary: canary-header\nAuthorization: Bearer canary-authorization",
    "OPENAI_BASE_URL": "http://canary.invalid/v1",
}


async def test_openais_ambient_settings_stay_home(
    build: Callable[..., Any], script: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in CANARIES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PARETA_API_KEY", KEY)
    monkeypatch.setenv("PARETA_BASE_URL", script.base_url)
    client = build()
    for each in (client, client.with_options(timeout=5), client.copy(default_headers={"x-mine": "1"}).copy()):
        await settle(each.chat.completions.create(model="ep", messages=MESSAGES))
        await settle(each.models.list())
        await settle(each.endpoints.retrieve("ep"))
        await settle(each.tasks.match("invoices"))
        await settle(each.post("/anything", cast_to=object, body={}))
    assert len(script.received) == 15
    for received in script.received:
        assert b"canary" not in received.raw.lower()
        assert f"Bearer {KEY}".encode() in received.raw
    assert sum(b"x-mine" in received.raw.lower() for received in script.received) == 5


async def test_headers_that_the_caller_gives_are_sent(build: Callable[..., Any], script: ScriptedServer) -> None:
    client = build(api_key=KEY, base_url=script.base_url, default_headers={"X-Mine": "1"}, organization="org-mine")
    await settle(client.models.list())
    headers = {name.lower(): value for name, value in script.received[0].headers.items()}
    assert headers["x-mine"] == "1"
    assert headers["openai-organization"] == "org-mine"


async def test_a_callable_key_is_checked_when_it_is_used(build: Callable[..., Any], script: ScriptedServer) -> None:
    from pareta_openai import _openai

    keys = iter([KEY, "sk-canary"])

    async def give() -> str:
        return next(keys)

    is_async = "Async" in type(build(api_key=KEY)).__name__
    provider = give if is_async else lambda: next(keys)
    if not _openai.TAKES_KEY_PROVIDERS:
        with pytest.raises(pareta_openai.ParetaError, match="api_key must be a string, not function"):
            build(api_key=provider)
        return
    client = build(api_key=provider, base_url=script.base_url)
    await settle(client.chat.completions.create(model="ep", messages=MESSAGES))
    with pytest.raises(pareta_openai.ParetaError, match="OpenAI secret"):
        await settle(client.chat.completions.create(model="ep", messages=MESSAGES))
    assert len(script.received) == 1
    assert f"Bearer {KEY}".encode() in script.received[0].raw


async def test_one_idempotency_key_is_kept_over_the_retries_of_a_post(
    build: Callable[..., Any], script: ScriptedServer
) -> None:
    script.answer(Answer(status=500, headers={"retry-after-ms": "1"}), json_answer({"id": "x", "choices": []}))
    client = build(api_key=KEY, base_url=script.base_url, max_retries=2)
    await settle(client.chat.completions.create(model="ep", messages=MESSAGES))
    await settle(client.chat.completions.create(model="ep", messages=MESSAGES))
    first, retried, second = [
        {name.lower(): value for name, value in received.headers.items()}["idempotency-key"]
        for received in script.received
    ]
    assert first == retried != second


async def test_the_callers_idempotency_key_wins(scripted: Any, script: ScriptedServer) -> None:
    await settle(
        scripted.chat.completions.create(model="ep", messages=MESSAGES, extra_headers={"idempotency-key": "mine"})
    )
    headers = [(n.lower(), v) for n, v in script.received[0].headers.items() if n.lower() == "idempotency-key"]
    assert headers == [("idempotency-key", "mine")]


async def test_no_idempotency_key_goes_out_with_a_get(scripted: Any, script: ScriptedServer) -> None:
    await settle(scripted.models.list())
    assert b"idempotency" not in script.received[0].raw.lower()
