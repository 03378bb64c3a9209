"""`shadow=True`: the fallback answers, Pareta is asked beside it, and both answers make rows for an eval set."""

from __future__ import annotations

import json
import pickle
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from pareta_openai import ChatCompletion, Shadow
from pareta_openai.local import Organisation
from tests.support import COMPLETION, MESSAGES, ScriptedServer, collect, json_answer, settle
from tests.test_going_over import STREAMED, ask, fallback, make, poor

pytestmark = pytest.mark.anyio

__all__ = ["fallback", "make", "poor"]  # fixtures

Make = Callable[..., Any]


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def shadow(tmp_path: Path) -> Shadow:
    return Shadow(tmp_path / "shadow.jsonl")


async def rows_of(shadow: Shadow) -> list[Any]:
    """The rows, once no call is under way."""
    assert await shadow.async_wait()
    file = Path(shadow.path)
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


async def test_both_answers_make_a_row(make: Make, organisation: Organisation, shadow: Shadow, client: Any) -> None:
    organisation.reply("Guten Tag")
    answer = await ask(make(organisation, shadow=shadow), temperature=0)
    assert (answer.choices[0].message.content, answer.served_by) == ("Hello", "fallback")
    [row] = await rows_of(shadow)
    assert row["input"] == MESSAGES[0]["content"]
    assert row["expected"] == "Hello"
    pareta = row["metadata"]["pareta"]
    assert pareta["answer"] == "Guten Tag"
    assert pareta["billed_micro_usd"] == shadow.cost_micro_usd > 0
    assert row["metadata"]["fallback"] == {"model": COMPLETION["model"]}
    eval_set = await settle(client.evals.sets.create(task="invoice-extraction", items=shadow.path))
    assert eval_set.item_count == 1


async def test_true_keeps_them_in_the_working_directory(
    make: Make, organisation: Organisation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    client = make(organisation, shadow=True)
    await ask(client)
    assert await client.shadow.async_wait()
    assert (tmp_path / "pareta-shadow.jsonl").read_text(encoding="utf-8").count("\n") == 1


# Openai's own streams leave their generators to the collector, which trio remarks on.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_stream_makes_a_row_when_the_caller_has_read_it(
    make: Make, organisation: Organisation, shadow: Shadow, script: ScriptedServer
) -> None:
    script.answer(STREAMED)
    client = make(organisation, shadow=shadow)
    stream = await ask(client, stream=True, stream_options={"include_usage": True})
    assert stream.served_by == "fallback"
    assert len(await collect(stream)) == 2
    [row] = await rows_of(shadow)
    assert row["expected"] == "Hello"
    assert row["metadata"]["pareta"]["answer"].endswith(MESSAGES[0]["content"])
    left = await ask(client, stream=True)
    await settle(left.close())
    assert len(await rows_of(shadow)) == 1


async def test_a_raw_response_makes_one_too(make: Make, organisation: Organisation, shadow: Shadow) -> None:
    client = make(organisation, shadow=shadow)
    raw = await settle(client.chat.completions.with_raw_response.create(model="gpt-4o", messages=MESSAGES))
    assert raw.served_by == "fallback"
    assert len(await rows_of(shadow)) == 1


async def test_what_pareta_refuses_is_in_the_row_and_not_the_callers(
    make: Make, poor: Organisation, shadow: Shadow
) -> None:
    assert (await ask(make(poor, shadow=shadow))).choices[0].message.content == "Hello"
    [row] = await rows_of(shadow)
    assert row["metadata"]["pareta"]["error"].startswith("InsufficientCreditsError")
    assert shadow.cost_micro_usd == 0


async def test_the_fallbacks_error_is_the_callers_and_nothing_is_sent(
    make: Make, organisation: Organisation, shadow: Shadow, script: ScriptedServer
) -> None:
    script.answer(json_answer({"error": {"message": "no"}}, 500))
    with pytest.raises(Exception, match="500"):
        await ask(make(organisation, shadow=shadow))
    assert await rows_of(shadow) == []
    assert organisation.spent_micro_usd == 0


class Gate:
    """Pareta, which answers when the gate is opened."""

    def __init__(self, is_async: bool) -> None:
        self._is_async = is_async
        self._event: Any = anyio.Event() if is_async else threading.Event()
        self.open = self._event.set

    def ask(self, shadow: Shadow) -> None:
        shadow.compare({"messages": MESSAGES}, [_answer()], self._send, is_async=self._is_async)

    def _send(self) -> Any:
        return self._send_later() if self._is_async else self._event.wait(60) and _answer()

    async def _send_later(self) -> Any:
        await self._event.wait()
        return _answer()


def _answer() -> Any:
    answer = ChatCompletion.model_validate(COMPLETION)
    object.__setattr__(answer, "billed_micro_usd", 100)
    return answer


@pytest.mark.parametrize("is_async", [False, True])
async def test_the_caller_does_not_wait_for_pareta(shadow: Shadow, is_async: bool) -> None:
    gate = Gate(is_async)
    gate.ask(shadow)
    assert not await shadow.async_wait(timeout=0.02)
    assert not shadow.wait(timeout=0.02)
    gate.open()
    assert len(await rows_of(shadow)) == 1


@pytest.mark.parametrize("is_async", [False, True])
async def test_no_more_are_under_way_than_the_bound(tmp_path: Path, is_async: bool) -> None:
    shadow = Shadow(tmp_path / "shadow.jsonl", max_concurrency=2, cost_per_call_micro_usd=1)
    gate = Gate(is_async)
    for _ in range(5):
        gate.ask(shadow)
    assert shadow.not_sent == 3
    gate.open()
    assert len(await rows_of(shadow)) == 2


@pytest.mark.parametrize("is_async", [False, True])
async def test_the_first_bill_is_waited_for(shadow: Shadow, is_async: bool) -> None:
    gate = Gate(is_async)
    for _ in range(3):
        gate.ask(shadow)
    assert shadow.not_sent == 2
    gate.open()
    assert len(await rows_of(shadow)) == 1
    for _ in range(3):
        gate.ask(shadow)
    assert len(await rows_of(shadow)) == 4
    assert shadow.cost_micro_usd == 400


async def test_no_call_is_begun_that_could_exceed_the_cost(
    make: Make, organisation: Organisation, tmp_path: Path
) -> None:
    first = Shadow(tmp_path / "first.jsonl")
    await ask(make(organisation, shadow=first))
    assert len(await rows_of(first)) == 1
    shadow = Shadow(tmp_path / "shadow.jsonl", max_cost_micro_usd=int(2.5 * first.cost_micro_usd))
    client = make(organisation, shadow=shadow)
    for _ in range(5):
        await ask(client.with_options(timeout=30))
        assert await shadow.async_wait()
    assert (shadow.rows, shadow.not_sent) == (2, 3)
    assert organisation.spent_micro_usd == 3 * first.cost_micro_usd


async def test_without_receipts_it_stops_unless_a_cost_is_given(
    make: Make, script: ScriptedServer, organisation: Organisation, shadow: Shadow, tmp_path: Path
) -> None:
    for kept, sent in ((shadow, 1), (Shadow(tmp_path / "priced.jsonl", cost_per_call_micro_usd=100), 3)):
        client = make(organisation, shadow=kept, base_url=script.base_url)
        for _ in range(3):
            await ask(client)
            assert await kept.async_wait()
        assert len(await rows_of(kept)) == sent
        assert kept.cost_micro_usd == (0 if kept is shadow else 300)


async def test_an_answer_that_is_no_text_makes_no_row(
    make: Make, organisation: Organisation, shadow: Shadow, script: ScriptedServer
) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    choice = {"index": 0, "finish_reason": "tool_calls", "message": {"role": "assistant", "tool_calls": [call]}}
    script.answer(json_answer({**COMPLETION, "choices": [choice]}))
    await ask(make(organisation, shadow=shadow))
    assert await rows_of(shadow) == []
    assert organisation.spent_micro_usd == 0


async def test_a_file_that_cannot_be_written_is_not_the_callers_affair(
    make: Make, organisation: Organisation, tmp_path: Path
) -> None:
    shadow = Shadow(tmp_path / "missing" / "shadow.jsonl")
    assert (await ask(make(organisation, shadow=shadow))).choices[0].message.content == "Hello"
    assert await shadow.async_wait()
    assert shadow.rows == 0


async def test_other_calls_come_from_the_fallback_unshadowed_and_the_control_plane_from_pareta(
    make: Make, organisation: Organisation, shadow: Shadow, script: ScriptedServer
) -> None:
    client = make(organisation, shadow=shadow)
    script.answer(json_answer({"object": "list", "data": [], "model": "m", "usage": {}}))
    embedded = await settle(client.embeddings.create(model="m", input="text", encoding_format="float"))
    assert embedded.served_by == "fallback"
    assert len(await settle(client.endpoints.list())) == 1
    assert await rows_of(shadow) == []


def test_a_pickled_shadow_has_its_bounds() -> None:
    shadow = Shadow("file.jsonl", max_concurrency=2, max_cost_micro_usd=3, cost_per_call_micro_usd=1)
    woken = pickle.loads(pickle.dumps(shadow))
    assert (woken.path, woken.max_concurrency, woken.max_cost_micro_usd) == ("file.jsonl", 2, 3)
    assert woken.cost_per_call_micro_usd == 1


def test_bounds_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="max_concurrency"):
        Shadow(max_concurrency=0)


def test_at_first_there_is_nothing_to_wait_for() -> None:
    assert Shadow().wait(timeout=0)
