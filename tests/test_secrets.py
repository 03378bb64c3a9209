"""No key, beyond its last four characters, anywhere that a person or a file would keep it."""

from __future__ import annotations

import io
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.traceback import Traceback

import pareta_openai
from pareta_openai.local import LocalPlatform
from tests.support import MESSAGES, Answer, ScriptedServer, collect, json_answer, settle

pytestmark = pytest.mark.anyio

SECRET = "canary-0123456789abcdef"


def shown_by_rich(error: BaseException) -> str:
    """A traceback with the locals of every frame."""
    out = io.StringIO()
    traceback = Traceback.from_exception(
        type(error), error, error.__traceback__, show_locals=True, locals_max_string=10_000, locals_max_length=100
    )
    Console(file=out, width=300).print(traceback)
    return out.getvalue()


async def fail(call: Any) -> BaseException:
    try:
        await settle(call())
    except Exception as error:
        return error
    raise AssertionError("the call did not fail")


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything, openai's debug log and the transport's too."""
    caplog.set_level(1)
    for name in ("openai", "httpx", "httpx2", "httpcore", "httpcore2", "pareta_openai"):
        caplog.set_level(logging.DEBUG, name)
    return caplog


FAILURES = {
    "status": Answer(402, b'{"detail": "empty"}'),
    "html": Answer(200, b"<html>", {"content-type": "text/html"}),
    "broken off": Answer(200, b'{"id"', promised_length=100),
}


@pytest.mark.parametrize("name", FAILURES)
async def test_a_failed_call_shows_no_key(
    build: Callable[..., Any], script: ScriptedServer, logged: pytest.LogCaptureFixture, name: str
) -> None:
    script.answer(FAILURES[name])
    client = build(api_key=f"pareta_sk_{SECRET}", base_url=script.base_url, max_retries=1)
    error = await fail(lambda: client.chat.completions.create(model="ep", messages=MESSAGES))
    assert isinstance(error, pareta_openai.ParetaError)
    for text in (str(error), repr(error), repr(vars(error)), repr(client), shown_by_rich(error), logged.text):
        assert SECRET not in text


async def test_a_connection_that_is_refused_shows_no_key(
    build: Callable[..., Any], logged: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        client = build(api_key=f"pareta_sk_{SECRET}", base_url=f"http://127.0.0.1:{taken.getsockname()[1]}")
        error = await fail(lambda: client.endpoints.list())
    assert SECRET not in shown_by_rich(error) + logged.text


async def test_a_call_that_succeeds_logs_no_key(
    build: Callable[..., Any], script: ScriptedServer, logged: pytest.LogCaptureFixture
) -> None:
    client = build(api_key=f"pareta_sk_{SECRET}", base_url=script.base_url)
    await settle(client.chat.completions.create(model="ep", messages=MESSAGES))
    script.answer(Answer(200, b"data: [DONE]\n\n", {"content-type": "text/event-stream"}))
    await collect(await settle(client.chat.completions.create(model="ep", messages=MESSAGES, stream=True)))
    script.answer(json_answer({"tasks": []}))
    await settle(client.tasks.list())
    assert SECRET not in logged.text
    assert len(script.received) == 3


@pytest.mark.parametrize(
    "arguments",
    [
        {"api_key": f"sk-{SECRET}"},
        {"api_key": f"pareta_sk_{SECRET}\n"},
        {"api_key": f"pareta_sk_{SECRET}", "base_url": "nowhere"},
        {"api_key": f"pareta_sk_{SECRET}", "base_urll": "nowhere"},
        {"api_key": f"pareta_sk_{SECRET}", "on_not_ready": "never"},
    ],
)
async def test_a_client_that_is_refused_shows_no_key(build: Callable[..., Any], arguments: dict[str, Any]) -> None:
    def construct(given: list[dict[str, Any]] = [dict(arguments)]) -> Any:  # noqa: B006 - hidden from the frame
        return build(**given.pop())

    error = await fail(construct)
    own_frames = shown_by_rich(error).split("client.py")
    assert len(own_frames) > 1
    assert SECRET not in own_frames[-1]
    assert SECRET not in str(error)


async def test_a_refused_key_is_not_shown_when_it_is_copied_or_assigned(build: Callable[..., Any]) -> None:
    client = build(api_key="pareta_sk_fine")
    for change in (
        lambda: client.with_options(api_key=f"sk-{SECRET}"),
        lambda: setattr(client, "api_key", f"sk-{SECRET}"),
    ):
        assert SECRET not in shown_by_rich(await fail(change))


async def test_the_local_platforms_files_hold_no_key(tmp_path: Path) -> None:
    with LocalPlatform(state=tmp_path / "state.sqlite") as platform:
        organisation = platform.create_organisation(endpoints=("invoice-extraction",))
        with pareta_openai.OpenAI(api_key=organisation.api_key, base_url=platform.base_url) as client:
            client.chat.completions.create(model=organisation.endpoints[0], messages=MESSAGES)
        contents = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert len(contents) > 1000
    for key in (organisation.api_key, platform.api_key):
        assert key.encode() not in contents
