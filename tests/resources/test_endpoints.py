"""`client.endpoints`: deploying, and what is deployed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pareta_openai import (
    APIConnectionError,
    DeployEvent,
    DeploymentFailedError,
    Endpoint,
    EndpointNotReadyError,
    NotFoundError,
    ParetaError,
)
from tests.support import MESSAGES, Answer, ScriptedServer, collect, json_answer, settle

pytestmark = pytest.mark.anyio


async def test_deploy_and_wait_gives_the_live_endpoint(client: Any) -> None:
    endpoint = await settle(client.endpoints.deploy(task="contract-key-fields", name="ep_mine", wait=True))
    assert isinstance(endpoint, Endpoint)
    assert (endpoint.id, endpoint.name, endpoint.task) == ("ep_mine", "ep_mine", "contract-key-fields")
    assert endpoint.is_live
    assert endpoint.model == await settle(client.tasks.recommended("contract-key-fields"))
    answer = await settle(client.chat.completions.create(model=endpoint.id, messages=MESSAGES))
    assert answer.model == "ep_mine"


async def test_deploy_calls_on_progress_with_each_event(client: Any) -> None:
    events: list[DeployEvent] = []
    await settle(client.endpoints.deploy(task="contract-key-fields", wait=True, on_progress=events.append))
    assert [event.event for event in events] == ["progress"] * (len(events) - 1) + ["complete"]
    assert all(event.stage for event in events[:-1])


async def test_deploy_without_waiting_gives_the_events(client: Any) -> None:
    stream = await settle(client.endpoints.deploy(task="contract-key-fields"))
    with pytest.raises(ParetaError, match="still running"):
        stream.endpoint  # noqa: B018
    events = await collect(stream)
    assert events[0]["event"] == events[0].event == "progress"
    assert events[0]["data"]["stage"] == events[0].stage
    assert events[-1].event == "complete"
    assert stream.endpoint.is_live
    assert stream.endpoint.id == events[-1]["data"]["endpoint"]["id"]


async def test_a_deploy_stream_is_a_context_manager(client: Any) -> None:
    stream = await settle(client.endpoints.deploy(task="contract-key-fields"))
    if hasattr(stream, "__aenter__"):
        async with stream as entered:
            first = await entered.__anext__()
    else:
        with stream as entered:
            first = next(entered)
    assert entered is stream
    assert first.event == "progress"
    assert stream.response.is_closed


async def test_the_life_of_an_endpoint(client: Any, endpoint: str) -> None:
    assert [e.id for e in await settle(client.endpoints.list())] == [endpoint]
    assert (await settle(client.endpoints.retrieve(endpoint))).status == "live"
    assert (await settle(client.endpoints.stop(endpoint))).status == "stopped"
    with pytest.raises(EndpointNotReadyError):
        await settle(client.chat.completions.create(model=endpoint, messages=MESSAGES))
    assert (await settle(client.endpoints.start(endpoint))).status in ("starting", "live")
    assert await settle(client.endpoints.delete(endpoint)) is None
    assert await settle(client.endpoints.list()) == []
    with pytest.raises(NotFoundError):
        await settle(client.endpoints.retrieve(endpoint))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"task": ""}, "^task is"),
        ({"task": "  "}, "^task is"),
        ({"task": None}, "^task is"),
        ({"task": "t", "model": ""}, "^model is"),
        ({"task": "t", "model": "meta-llama/Llama-3.1-8B"}, "^model is .*Hugging Face.*contract-kie-1"),
        ({"task": "t", "name": ""}, "^name is"),
        ({"task": "t", "on_progress": print}, "^on_progress and progress need wait=True"),
    ],
)
async def test_a_deploy_that_cannot_succeed_is_refused_unsent(
    scripted: Any, script: ScriptedServer, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        await settle(scripted.endpoints.deploy(**arguments))
    assert script.received == []


async def test_further_keys_of_a_deploy_are_passed_on(scripted: Any, script: ScriptedServer) -> None:
    script.answer(events_answer(COMPLETE))
    await settle(scripted.endpoints.deploy(task="t", name="n", region="eu", run_mode="batch", wait=True))
    assert script.received[0].json == {
        "task": "t",
        "model": "recommended",
        "name": "n",
        "region": "eu",
        "run_mode": "batch",
    }


PROGRESS = b'event: progress\ndata: {"stage": "pulling weights", "pct": 45}\n\n'
COMPLETE = b'event: complete\ndata: {"endpoint": {"id": "ep_1", "name": "ep_1", "status": "live"}}\n\n'
FAILED = b'event: error\ndata: {"message": "GPU pool exhausted"}\n\n'


def events_answer(*events: bytes, promised_length: int | None = None) -> Answer:
    return Answer(200, b"".join(events), {"content-type": "text/event-stream"}, promised_length)


async def test_a_failed_deploy_raises_with_the_platforms_words_and_the_last_stage(
    scripted: Any, script: ScriptedServer
) -> None:
    script.answer(events_answer(PROGRESS, FAILED))
    with pytest.raises(DeploymentFailedError, match=r"GPU pool exhausted \(last stage: pulling weights\)") as caught:
        await settle(scripted.endpoints.deploy(task="t", wait=True))
    assert caught.value.stage == "pulling weights"


async def test_a_failed_deploys_stream_gives_its_error_event_and_no_endpoint(
    scripted: Any, script: ScriptedServer
) -> None:
    script.answer(events_answer(PROGRESS, FAILED))
    stream = await settle(scripted.endpoints.deploy(task="t"))
    events = await collect(stream)
    assert (events[0].pct, events[0].label) == (45, None)
    assert (events[-1].event, events[-1].message) == ("error", "GPU pool exhausted")
    with pytest.raises(DeploymentFailedError, match="GPU pool exhausted"):
        stream.endpoint  # noqa: B018


@pytest.mark.parametrize("wait", [True, False])
@pytest.mark.parametrize("events", [(), (PROGRESS,), (PROGRESS, COMPLETE[:-1])])
async def test_a_stream_that_ends_without_an_end_is_a_failed_deploy(
    scripted: Any, script: ScriptedServer, wait: bool, events: tuple[bytes, ...]
) -> None:
    script.answer(events_answer(*events))
    with pytest.raises(DeploymentFailedError, match="ended before the endpoint was live"):
        await collect(await settle(scripted.endpoints.deploy(task="t", wait=wait)))


@pytest.mark.parametrize("wait", [True, False])
async def test_a_connection_that_breaks_during_a_deploy_is_a_connection_error(
    scripted: Any, script: ScriptedServer, wait: bool
) -> None:
    script.answer(events_answer(PROGRESS, promised_length=10_000))
    with pytest.raises(APIConnectionError, match="last stage: pulling weights"):
        await collect(await settle(scripted.endpoints.deploy(task="t", wait=wait)))
    assert len(script.received) == 1


@pytest.mark.parametrize("data", [b"{}", b"null", b"[]", b"not json", b'{"endpoint": 7}'])
async def test_a_complete_event_without_an_endpoint_is_a_failed_deploy(
    scripted: Any, script: ScriptedServer, data: bytes
) -> None:
    script.answer(events_answer(b"event: complete\ndata: " + data + b"\n\n"))
    with pytest.raises(DeploymentFailedError, match="names no endpoint"):
        await settle(scripted.endpoints.deploy(task="t", wait=True))


async def test_a_deploy_that_is_refused_raises_the_platforms_error(client: Any) -> None:
    with pytest.raises(NotFoundError, match="no-such-task"):
        await settle(client.endpoints.deploy(task="no-such-task", wait=True))


async def test_older_records_are_read_alike(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer([{"name": "ep_old", "task": "t", "status": "stopped"}]))
    (endpoint,) = await settle(scripted.endpoints.list())
    assert (endpoint.id, endpoint.task, endpoint.is_live) == ("ep_old", "t", False)
    assert (endpoint.url, endpoint.recommended_system_prompt, endpoint.prompt_scaffold) == (None, None, None)


async def test_prompts_are_read_under_our_names_and_the_platforms(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer({"id": "ep", "recommendedSystemPrompt": "Read.", "promptScaffold": "Labels: …"}))
    endpoint = await settle(scripted.endpoints.retrieve("ep"))
    assert endpoint.recommended_system_prompt == endpoint["recommendedSystemPrompt"] == "Read."
    assert endpoint.prompt_scaffold == endpoint["promptScaffold"] == "Labels: …"
    assert endpoint.to_dict() == {
        "id": "ep",
        "recommendedSystemPrompt": "Read.",
        "promptScaffold": "Labels: …",
    }


async def test_one_endpoint_is_not_seen_by_another_organisation(
    build: Callable[..., Any], endpoint: str, platform: Any
) -> None:
    other = build(api_key=platform.create_organisation().api_key, base_url=platform.base_url)
    assert await settle(other.endpoints.list()) == []
    with pytest.raises(NotFoundError):
        await settle(other.endpoints.retrieve(endpoint))
