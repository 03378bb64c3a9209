"""Endpoints that are not live: waiting for them, and calls that start them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import pytest

import pareta_openai
from pareta_openai import (
    APIConnectionError,
    DeploymentFailedError,
    EndpointNotReadyError,
    NotFoundError,
    WaitTimeoutError,
    client,
)
from pareta_openai.local import LocalPlatform, Organisation
from tests.support import COMPLETION, MESSAGES, Answer, ScriptedServer, collect, json_answer, settle

pytestmark = pytest.mark.anyio

START_SECONDS = 0.15


@pytest.fixture(scope="module")
def slow_platform() -> Iterator[LocalPlatform]:
    """One whose endpoints take a moment to start."""
    with LocalPlatform(deploy_seconds=START_SECONDS) as running:
        yield running


@pytest.fixture
def organisation(slow_platform: LocalPlatform) -> Organisation:
    return slow_platform.create_organisation(endpoints=("invoice-extraction",))


@pytest.fixture
def platform(slow_platform: LocalPlatform) -> LocalPlatform:
    return slow_platform


@pytest.fixture(autouse=True)
def quick_polling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_POLL_INTERVAL", 0.02)


QUICKLY = {"poll_interval": 0.02}


async def test_wait_until_live_returns_the_live_endpoint(client: Any, endpoint: str) -> None:
    await settle(client.endpoints.stop(endpoint))
    assert (await settle(client.endpoints.start(endpoint))).status == "starting"
    seen: list[Any] = []
    live = await settle(client.endpoints.wait_until_live(endpoint, on_progress=seen.append, **QUICKLY))
    assert live.is_live
    assert [e.status for e in seen] == ["starting"] * (len(seen) - 1) + ["live"]
    assert len(seen) > 1


async def test_waiting_for_what_never_existed_is_not_found(client: Any) -> None:
    for wait in (client.endpoints.wait_until_live, client.endpoints.ensure_live):
        with pytest.raises(NotFoundError):
            await settle(wait("ep_absent", **QUICKLY))


async def test_waiting_for_a_failed_endpoint_is_a_failed_deployment(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer({"id": "ep", "status": "failed", "message": "out of memory"}))
    for wait in (scripted.endpoints.wait_until_live, scripted.endpoints.ensure_live):
        with pytest.raises(DeploymentFailedError, match=r"Endpoint ep has failed\. The platform says: out of memory"):
            await settle(wait("ep", **QUICKLY))


async def test_waiting_for_a_stopped_endpoint_says_what_starts_it(client: Any, endpoint: str) -> None:
    await settle(client.endpoints.stop(endpoint))
    with pytest.raises(DeploymentFailedError, match=r"is stopped.*ensure_live"):
        await settle(client.endpoints.wait_until_live(endpoint, **QUICKLY))


async def test_when_time_runs_out_the_error_names_the_endpoint_and_how_to_go_on(
    scripted: Any, script: ScriptedServer
) -> None:
    script.answer(json_answer({"id": "ep", "status": "starting"}))
    with pytest.raises(WaitTimeoutError, match=r"still starting after 0\.05 s.*wait_until_live\('ep'\)") as caught:
        await settle(scripted.endpoints.wait_until_live("ep", timeout=0.05, **QUICKLY))
    error = caught.value
    assert isinstance(error, TimeoutError)
    assert (error.id, error.status) == ("ep", "starting")
    assert error.waited >= 0.05


@pytest.mark.parametrize("arguments", [{"timeout": -1}, {"poll_interval": 0}, {"timeout": float("nan")}])
async def test_impossible_waits_are_refused_unsent(
    scripted: Any, script: ScriptedServer, arguments: dict[str, float]
) -> None:
    with pytest.raises(ValueError, match=r"^(timeout|poll_interval) is"):
        await settle(scripted.endpoints.wait_until_live("ep", **arguments))
    assert script.received == []


async def test_ensure_live_starts_a_stopped_endpoint(client: Any, endpoint: str) -> None:
    await settle(client.endpoints.stop(endpoint))
    assert (await settle(client.endpoints.ensure_live(endpoint, **QUICKLY))).is_live


async def test_ensure_live_starts_a_cold_endpoint(client: Any, organisation: Organisation, endpoint: str) -> None:
    organisation.cool_endpoint(endpoint)
    assert (await settle(client.endpoints.ensure_live(endpoint, **QUICKLY))).is_live


async def test_ensure_live_leaves_a_live_endpoint_alone(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer({"id": "ep", "status": "live"}))
    assert (await settle(scripted.endpoints.ensure_live("ep", **QUICKLY))).is_live
    assert {received.method for received in script.received} == {"GET"}


async def test_a_call_to_a_stopped_endpoint_raises_by_default(client: Any, endpoint: str) -> None:
    await settle(client.endpoints.stop(endpoint))
    with pytest.raises(EndpointNotReadyError):
        await settle(client.chat.completions.create(model=endpoint, messages=MESSAGES))
    assert (await settle(client.endpoints.retrieve(endpoint))).status == "stopped"


@pytest.mark.parametrize("stream", [False, True])
async def test_a_call_starts_a_stopped_endpoint_and_is_sent_once_more(
    client: Any, organisation: Organisation, endpoint: str, stream: bool
) -> None:
    starting = client.with_options(on_not_ready="start").with_options(timeout=30)
    await settle(client.endpoints.stop(endpoint))
    answer = await settle(starting.chat.completions.create(model=endpoint, messages=MESSAGES, stream=stream))
    if stream:
        assert len(await collect(answer)) > 2
    else:
        assert answer.model == endpoint
    assert len(organisation.ledger()) == 1


async def test_the_second_sending_has_the_same_idempotency_key(scripted: Any, script: ScriptedServer) -> None:
    script.answer(
        json_answer({"detail": "cold"}, 503),
        json_answer({"id": "ep", "status": "starting"}),
        json_answer({"id": "ep", "status": "starting"}),
        json_answer({"id": "ep", "status": "live"}),
        json_answer(COMPLETION),
    )
    starting = scripted.with_options(on_not_ready="start", max_retries=2)
    await settle(starting.chat.completions.create(model="ep", messages=MESSAGES))
    sent = [received for received in script.received if received.method == "POST"]
    assert [received.path for received in sent] == ["/v1/chat/completions"] * 2
    keys = [value for r in sent for name, value in r.headers.items() if name.lower() == "idempotency-key"]
    assert len(keys) == 2
    assert keys[0] == keys[1]
    assert sent[0].body == sent[1].body


async def test_a_call_is_sent_once_more_and_no_oftener(scripted: Any, script: ScriptedServer) -> None:
    script.answer(
        json_answer({"detail": "cold"}, 503),
        json_answer({"id": "ep", "status": "live"}),
        json_answer({"id": "ep", "status": "live"}),
        json_answer({"detail": "provider down"}, 503),
    )
    with pytest.raises(EndpointNotReadyError, match="provider down"):
        await settle(scripted.with_options(on_not_ready="start").chat.completions.create(model="ep", messages=MESSAGES))
    assert len(script.received) == 4


async def test_the_wait_of_a_call_is_bounded(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer({"detail": "cold"}, 503), json_answer({"id": "ep", "status": "starting"}))
    starting = scripted.with_options(on_not_ready="start", not_ready_timeout=0.05)
    with pytest.raises(WaitTimeoutError):
        await settle(starting.chat.completions.create(model="ep", messages=MESSAGES))


async def test_what_names_no_endpoint_raises_the_503_itself(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer({"detail": "cold"}, 503), json_answer({"detail": "no such endpoint"}, 404))
    with pytest.raises(EndpointNotReadyError, match="cold"):
        await settle(
            scripted.with_options(on_not_ready="start").chat.completions.create(
                model="contract-kie-1", messages=MESSAGES
            )
        )


async def test_a_503_of_the_control_plane_starts_nothing(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer({"detail": "down"}, 503))
    with pytest.raises(EndpointNotReadyError):
        await settle(scripted.with_options(on_not_ready="start").endpoints.retrieve("ep"))
    assert len(script.received) == 1


async def test_once_bytes_of_a_stream_have_come_nothing_is_sent_again(scripted: Any, script: ScriptedServer) -> None:
    chunk = b'data: {"id": "1", "choices": [], "created": 1, "model": "m", "object": "chat.completion.chunk"}\n\n'
    script.answer(Answer(200, chunk, {"content-type": "text/event-stream"}, promised_length=10_000))
    starting = scripted.with_options(on_not_ready="start")
    stream = await settle(starting.chat.completions.create(model="ep", messages=MESSAGES, stream=True))
    with pytest.raises(APIConnectionError):
        await collect(stream)
    assert len(script.received) == 1


@pytest.mark.parametrize("arguments", [{"on_not_ready": "wait"}, {"not_ready_timeout": 0}])
async def test_impossible_options_are_refused(build: Callable[..., Any], arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^(on_not_ready|not_ready_timeout) is"):
        build(api_key="pareta_sk_x", **arguments)


async def test_an_interrupted_wait_says_how_to_resume(
    scripted: Any, script: ScriptedServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    script.answer(json_answer({"id": "ep", "status": "starting"}))

    def press_ctrl_c(_: float) -> None:
        raise KeyboardInterrupt

    if isinstance(scripted, pareta_openai.OpenAI):
        monkeypatch.setattr("pareta_openai.resources._calls.time.sleep", press_ctrl_c)
        with caplog.at_level(logging.WARNING, "pareta_openai"), pytest.raises(KeyboardInterrupt):
            scripted.endpoints.wait_until_live("ep")
    else:
        with caplog.at_level(logging.WARNING, "pareta_openai"), anyio.move_on_after(0.1):
            await scripted.endpoints.wait_until_live("ep", poll_interval=5)
    assert "Endpoint ep goes on: client.endpoints.wait_until_live('ep') waits for it again." in caplog.text


async def test_an_interrupted_deploy_says_that_it_goes_on(
    scripted: Any, script: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    script.answer(Answer(200, b'event: progress\ndata: {"stage": "s"}\n\n', {"content-type": "text/event-stream"}))

    def press_ctrl_c(_: object) -> None:
        raise KeyboardInterrupt

    with caplog.at_level(logging.WARNING, "pareta_openai"), pytest.raises(KeyboardInterrupt):
        await settle(scripted.endpoints.deploy(task="t", name="mine", wait=True, on_progress=press_ctrl_c))
    assert "The deploy of endpoint mine goes on: client.endpoints.wait_until_live('mine')" in caplog.text


async def test_a_bar_is_silent_where_there_is_no_terminal(
    client: Any, endpoint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await settle(client.endpoints.wait_until_live(endpoint, progress=True))
    await settle(client.endpoints.deploy(task="contract-key-fields", wait=True, progress=True))
    assert capsys.readouterr() == ("", "")


async def test_a_bar_shows_the_stage_on_a_terminal(
    client: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    await settle(client.endpoints.deploy(task="contract-key-fields", wait=True, progress=True))
    shown = capsys.readouterr()
    assert "Deploying contract-key-fields: " in shown.err
    assert shown.out == ""


async def test_a_bar_without_rich_says_what_to_install_before_anything_is_sent(
    scripted: Any, script: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rich.console", None)
    with pytest.raises(ImportError, match=r"pip install 'pareta-openai\[cli\]'"):
        await settle(scripted.endpoints.deploy(task="t", wait=True, progress=True))
    assert script.received == []
