"""`fallback=` and `share=`: another client beside ours, each with its own key to its own host."""

from __future__ import annotations

import logging
import pickle
from collections.abc import AsyncIterator, Callable
from typing import Any

import openai
import pytest
from pydantic import BaseModel

import pareta_openai
from pareta_openai import EndpointNotReadyError, InsufficientCreditsError, UnsupportedOnParetaError
from pareta_openai.going_over import WentOver
from pareta_openai.local import LocalPlatform, Organisation, faults
from tests.support import COMPLETION, MESSAGES, Answer, ScriptedServer, collect, json_answer, scripted_server, settle

pytestmark = pytest.mark.anyio

KEY = "pareta_sk_going_over_0123456789"
OTHER_KEY = "sk-of-the-fallback-0123456789"

CHUNKS = (
    b'data: {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o", "choices": '
    b'[{"index": 0, "delta": {"role": "assistant", "content": "Hel"}, "finish_reason": null}]}\n\n'
    b'data: {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o", "choices": '
    b'[{"index": 0, "delta": {"content": "lo"}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'
)
STREAMED = Answer(200, CHUNKS, {"content-type": "text/event-stream"})

Make = Callable[..., Any]


@pytest.fixture
async def fallback(script: ScriptedServer, build: Make) -> AsyncIterator[Any]:
    """A client of openai's own, sync or async as the test's."""
    is_async = isinstance(build(api_key=KEY), openai.AsyncOpenAI)
    client_class = openai.AsyncOpenAI if is_async else openai.OpenAI
    client = client_class(api_key=OTHER_KEY, base_url=f"{script.base_url}/v1", max_retries=0)
    yield client
    await settle(client.close())


@pytest.fixture
def poor(platform: LocalPlatform) -> Organisation:
    """Without credit."""
    return platform.create_organisation(balance_micro_usd=0, endpoints=("invoice-extraction",))


@pytest.fixture
def make(build: Make, platform: LocalPlatform, fallback: Any) -> Make:
    """Makes a client for an organisation, with the fallback beside it."""

    def make(organisation: Organisation, **arguments: Any) -> Any:
        return build(
            api_key=organisation.api_key,
            **{
                "base_url": platform.base_url,
                "fallback": fallback,
                "model_aliases": {"gpt-4o": organisation.endpoints[0]},
                **arguments,
            },
        )

    return make


async def ask(client: Any, **arguments: Any) -> Any:
    return await settle(client.chat.completions.create(**{"model": "gpt-4o", "messages": MESSAGES, **arguments}))


async def test_what_pareta_answers_says_so(make: Make, organisation: Organisation, script: ScriptedServer) -> None:
    client = make(organisation)
    answer = await ask(client)
    assert answer.served_by == "pareta"
    assert answer.billed_micro_usd
    stream = await ask(client, stream=True)
    assert stream.served_by == "pareta"
    await collect(stream)
    raw = await settle(client.chat.completions.with_raw_response.create(model="gpt-4o", messages=MESSAGES))
    assert raw.served_by == raw.parse().served_by == "pareta"
    embedded = await settle(client.embeddings.create(model="any", input="text"))
    assert embedded.served_by == "pareta"
    assert not script.received


async def test_a_client_without_a_fallback_says_so_too(client: Any, endpoint: str) -> None:
    assert (await ask(client, model=endpoint)).served_by == "pareta"


async def test_an_error_sends_the_call_to_the_fallback(
    make: Make, poor: Organisation, script: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    events: list[WentOver] = []
    client = make(poor, fallback_models={"gpt-4o": "gpt-4o-2024"}, on_fallback=events.append)
    with caplog.at_level(logging.WARNING, "pareta_openai"):
        answer = await ask(client, temperature=0)
    assert answer.choices[0].message.content == "Hello"
    assert answer.served_by == "fallback"
    assert answer.billed_micro_usd is None
    [received] = script.received
    assert received.path == "/v1/chat/completions"
    assert received.json == {"model": "gpt-4o-2024", "messages": MESSAGES, "temperature": 0}
    [event] = events
    assert (event.method, event.path, event.model) == ("POST", "/chat/completions", "gpt-4o")
    assert event.fallback_model == "gpt-4o-2024"
    assert isinstance(event.error, InsufficientCreditsError)
    [record] = caplog.records
    assert "POST /chat/completions goes to the fallback, as gpt-4o-2024" in record.message
    assert "InsufficientCreditsError (402)" in record.message


async def test_an_endpoint_that_is_not_ready_does_so_by_default(
    make: Make, organisation: Organisation, script: ScriptedServer
) -> None:
    organisation.add_fault(faults.status(503), on="createChatCompletion")
    assert (await ask(make(organisation))).served_by == "fallback"
    assert len(script.received) == 1


async def test_other_errors_do_not(make: Make, organisation: Organisation, script: ScriptedServer) -> None:
    organisation.add_fault(faults.status(400), on="createChatCompletion")
    with pytest.raises(pareta_openai.BadRequestError):
        await ask(make(organisation))
    assert not script.received


async def test_fallback_on_says_which_errors_do(make: Make, poor: Organisation, script: ScriptedServer) -> None:
    with pytest.raises(InsufficientCreditsError):
        await ask(make(poor, fallback_on=(EndpointNotReadyError,)))
    assert not script.received
    assert (await ask(make(poor, fallback_on=InsufficientCreditsError))).served_by == "fallback"


async def test_a_stream_goes_over_before_its_first_byte(make: Make, poor: Organisation, script: ScriptedServer) -> None:
    script.answer(STREAMED)
    stream = await ask(make(poor), stream=True)
    assert stream.served_by == "fallback"
    assert "".join(chunk.choices[0].delta.content for chunk in await collect(stream)) == "Hello"


async def test_a_stream_that_breaks_off_does_not(
    make: Make, organisation: Organisation, script: ScriptedServer
) -> None:
    organisation.add_fault(faults.drop(after_events=1), on="createChatCompletion")
    stream = await ask(make(organisation, fallback_on=(openai.APIError,)), stream=True)
    with pytest.raises(pareta_openai.APIConnectionError):
        await collect(stream)
    assert not script.received


class Greeting(BaseModel):
    word: str


async def test_parse_stream_and_raw_responses_go_over_too(
    make: Make, poor: Organisation, script: ScriptedServer
) -> None:
    client = make(poor)
    raw = await settle(client.chat.completions.with_raw_response.create(model="gpt-4o", messages=MESSAGES))
    assert raw.served_by == raw.parse().served_by == "fallback"
    completions = client.chat.completions if hasattr(client.chat.completions, "parse") else client.beta.chat.completions
    answer = {**COMPLETION["choices"][0], "message": {"role": "assistant", "content": '{"word": "Hello"}'}}  # type: ignore[index]
    script.answer(json_answer({**COMPLETION, "choices": [answer]}))
    parsed = await settle(completions.parse(model="gpt-4o", messages=MESSAGES, response_format=Greeting))
    assert parsed.choices[0].message.parsed == Greeting(word="Hello")
    assert parsed.served_by == "fallback"
    script.answer(STREAMED)
    manager = completions.stream(model="gpt-4o", messages=MESSAGES)
    if hasattr(manager, "__aenter__"):
        async with manager as stream:
            assert getattr(stream, "served_by", "fallback") == "fallback"  # openai 1.66 has it below `beta`, as it is
            final = await stream.get_final_completion()
    else:
        with manager as stream:
            assert getattr(stream, "served_by", "fallback") == "fallback"  # openai 1.66 has it below `beta`, as it is
            final = stream.get_final_completion()
    assert final.choices[0].message.content == "Hello"


async def test_keys_never_cross(make: Make, poor: Organisation, script: ScriptedServer) -> None:
    with scripted_server() as pareta:
        pareta.answer(json_answer({"detail": "no credit"}, 402))
        client = make(poor, base_url=pareta.base_url, default_headers={"x-pareta-only": "1"})
        await ask(client, extra_headers={"Authorization": f"Bearer {poor.api_key}", "x-trace": "t"})
    [received] = script.received
    headers = {name.lower(): value for name, value in received.headers.items()}
    assert headers["authorization"] == f"Bearer {OTHER_KEY}"
    assert headers["x-trace"] == "t"
    assert poor.api_key.encode() not in received.raw
    assert "x-pareta-only" not in headers
    assert not headers.get("idempotency-key", "").startswith("pareta-")
    assert len(pareta.received) == 1
    assert OTHER_KEY.encode() not in pareta.received[0].raw


async def test_the_fallbacks_own_error_is_raised_with_paretas_before_it(
    make: Make, poor: Organisation, script: ScriptedServer
) -> None:
    script.answer(json_answer({"error": {"message": "no"}}, 401))
    with pytest.raises(openai.AuthenticationError) as caught:
        await ask(make(poor))
    assert not isinstance(caught.value, pareta_openai.ParetaError)
    before: BaseException | None = caught.value
    while before is not None and not isinstance(before, InsufficientCreditsError):
        before = before.__context__
    assert before is not None


async def test_a_callback_that_raises_loses_no_answer(make: Make, poor: Organisation) -> None:
    def fail(_: WentOver) -> None:
        raise RuntimeError("of the callback's")

    assert (await ask(make(poor, on_fallback=fail))).served_by == "fallback"


async def test_the_control_plane_never_goes_over(make: Make, poor: Organisation, script: ScriptedServer) -> None:
    client = make(poor, fallback_on=(openai.OpenAIError,))
    with pytest.raises(pareta_openai.NotFoundError):
        await settle(client.endpoints.retrieve("ep_none"))
    with pytest.raises(pareta_openai.NotFoundError):
        await settle(client.evals.runs.retrieve("run_none"))
    assert len(await collect(await settle(client.models.list()))) == 1
    assert not script.received


async def test_what_pareta_does_not_answer_may_go_over(
    make: Make, organisation: Organisation, script: ScriptedServer
) -> None:
    script.answer(json_answer({"object": "list", "data": []}))
    client = make(organisation, fallback_on=(UnsupportedOnParetaError,))
    await collect(await settle(client.files.list()))
    assert [received.path for received in script.received] == ["/v1/files"]
    with pytest.raises(UnsupportedOnParetaError):
        await settle(make(organisation).files.list())


async def test_copies_keep_the_fallback(make: Make, poor: Organisation) -> None:
    client = make(poor)
    for copied in (client.with_options(timeout=5), client.copy().copy(max_retries=0)):
        assert (await ask(copied)).served_by == "fallback"


async def test_a_pickled_client_makes_its_fallback_where_it_wakes_up(
    make: Make, poor: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    pickled = pickle.dumps(make(poor))
    assert OTHER_KEY.encode() not in pickled
    assert poor.api_key.encode() not in pickled
    monkeypatch.setenv("PARETA_API_KEY", poor.api_key)
    client = pickle.loads(pickled)
    with pytest.raises(openai.OpenAIError, match="api_key"):
        await ask(client)
    monkeypatch.setenv("OPENAI_API_KEY", OTHER_KEY)
    assert (await ask(client)).served_by == "fallback"
    again = pickle.loads(pickle.dumps(client))
    assert (await ask(again)).served_by == "fallback"
    for each in (client, again):
        await settle(each._options.fallback().close())
        await settle(each.close())


async def test_a_pickle_with_keys_has_the_fallbacks_too(make: Make, poor: Organisation) -> None:
    client = pickle.loads(pickle.dumps(make(poor, pickle_api_key=True)))
    assert (await ask(client)).served_by == "fallback"
    await settle(client._options.fallback().close())
    await settle(client.close())


async def test_the_fallback_may_be_a_class_that_is_made_at_need(
    make: Make, poor: Organisation, fallback: Any, script: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make(poor, fallback=type(fallback))
    monkeypatch.setenv("OPENAI_API_KEY", OTHER_KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", f"{script.base_url}/v1")
    assert (await ask(client)).served_by == "fallback"
    await settle(client._options.fallback().close())


async def test_repr_shows_no_key(make: Make, poor: Organisation) -> None:
    assert OTHER_KEY not in repr(make(poor))


@pytest.mark.parametrize(("share", "served_by"), [(0, {"fallback"}), (1, {"pareta"})])
async def test_a_share_of_the_calls_goes_to_pareta(
    make: Make, organisation: Organisation, share: float, served_by: set[str]
) -> None:
    client = make(organisation, share=share)
    answers = [await ask(client) for _ in range(3)]
    assert {answer.served_by for answer in answers} == served_by


async def test_one_user_stays_on_one_side(make: Make, organisation: Organisation) -> None:
    client = make(organisation, share=0.5)
    sides = []
    for number in range(20):
        answers = [await ask(client, user=f"user-{number}") for _ in range(2)]
        sides.append({answer.served_by for answer in answers})
    assert all(len(side) == 1 for side in sides)
    assert {side for [side] in sides} == {"pareta", "fallback"}
    for number, [side] in enumerate(sides[:4]):
        by_key = client.with_options(share_key=f"user-{number}")
        by_function = client.with_options(share_key=lambda _, number=number: f"user-{number}")
        assert (await ask(by_key)).served_by == (await ask(by_function)).served_by == side


async def test_the_share_is_the_one_that_was_asked_for() -> None:
    from pareta_openai.going_over import _falls_within

    taken = sum(_falls_within(0.1, f"user-{number}") for number in range(10_000))
    assert 850 < taken < 1_150


async def test_paretas_share_goes_over_on_an_error_too(make: Make, poor: Organisation) -> None:
    assert (await ask(make(poor, share=1))).served_by == "fallback"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"fallback_models": {"a": "b"}}, "fallback_models is given without a fallback"),
        ({"on_fallback": print}, "on_fallback is given without a fallback"),
        ({"share": 0.1}, "share is given without a fallback"),
        ({"shadow": True}, "shadow is given without a fallback"),
        ({"fallback": True, "share": 2}, "share is 2"),
        ({"fallback": True, "share": 0.1, "shadow": True}, "share and shadow"),
    ],
)
async def test_options_that_do_not_go_together_are_refused(
    build: Make, fallback: Any, arguments: dict[str, Any], words: str
) -> None:
    given = {**arguments, **({"fallback": fallback} if "fallback" in arguments else {})}
    with pytest.raises(ValueError, match=words):
        build(api_key=KEY, **given)


async def test_a_fallback_of_the_other_kind_is_refused(build: Make) -> None:
    is_async = isinstance(build(api_key=KEY), openai.AsyncOpenAI)
    for wrong in (openai.OpenAI if is_async else openai.AsyncOpenAI)(api_key="sk-x"), "gpt-4o":
        with pytest.raises(TypeError, match="fallback is a"):
            build(api_key=KEY, fallback=wrong)


async def test_a_copys_fallback_of_the_other_kind_is_refused_when_it_is_needed(make: Make, poor: Organisation) -> None:
    wrong = openai.OpenAI if isinstance(make(poor), openai.AsyncOpenAI) else openai.AsyncOpenAI
    with pytest.raises(TypeError, match="fallback is a"):
        await ask(make(poor).with_options(fallback=lambda: wrong(api_key="sk-x")))


async def test_a_wrapped_client_goes_over_too(
    fallback: Any, poor: Organisation, platform: LocalPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARETA_BASE_URL", platform.base_url)
    theirs = type(fallback)(api_key=poor.api_key, base_url=f"{platform.base_url}/v1", max_retries=0)
    wrapped = pareta_openai.wrap(theirs, fallback=fallback, model_aliases={"gpt-4o": poor.endpoints[0]})
    assert (await ask(wrapped)).served_by == "fallback"
    await settle(theirs.close())


async def test_fallback_on_wants_exception_classes(build: Make, fallback: Any) -> None:
    with pytest.raises(TypeError, match="fallback_on has 402"):
        build(api_key=KEY, fallback=fallback, fallback_on=(402,))
