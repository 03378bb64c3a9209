"""Faults that no single answer shows: by chance, of the request's body, of the clock, and of the way there."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import openai
import pytest

import pareta_openai
from pareta_openai.local import ArmedFault, LocalPlatform, Organisation, faults
from pareta_openai.testing.survival import choose_trials
from tests.support import MESSAGES, collect, settle

pytestmark = pytest.mark.anyio

CHAT = "createChatCompletion"
CLIENTS = (openai.OpenAI, openai.AsyncOpenAI, pareta_openai.OpenAI, pareta_openai.AsyncOpenAI)
LARGE = [{"role": "user", "content": "x" * (12 << 20)}]
"""More than two systems keep of a body that nobody reads."""
HOUR = 3600

MakeClient = Callable[..., Any]


@pytest.fixture(params=CLIENTS, ids=lambda kind: f"{kind.__module__.partition('.')[0]}-{kind.__name__}")
async def make(request: pytest.FixtureRequest, platform: LocalPlatform) -> AsyncIterator[MakeClient]:
    """Makes clients without retries, of plain openai or ours."""
    made: list[Any] = []

    def make(api_key: str, base_url: str = platform.base_url, **arguments: Any) -> Any:
        made.append(request.param(api_key=api_key, base_url=f"{base_url}/v1", **{"max_retries": 0, **arguments}))
        return made[-1]

    yield make
    for client in made:
        await settle(client.close())


@pytest.fixture
def client(make: MakeClient, organisation: Organisation) -> Any:
    return make(organisation.api_key)


async def chat(client: Any, endpoint: str, messages: Any = MESSAGES, **fields: Any) -> Any:
    return await settle(client.chat.completions.create(model=endpoint, messages=messages, **fields))


# By chance


async def outcomes(client: Any, calls: int = 20) -> list[bool]:
    """Whether each call was answered."""
    answered = []
    for _ in range(calls):
        try:
            await settle(client.models.list())
            answered.append(True)
        except openai.InternalServerError:
            answered.append(False)
    return answered


@pytest.mark.parametrize("over_http", [False, True])
async def test_chance_is_the_same_for_the_same_seed(
    client: Any, caller: Any, platform: LocalPlatform, organisation: Organisation, over_http: bool
) -> None:
    async def met(seed: int) -> list[bool]:
        if over_http:
            admin = caller(platform.base_url, None)
            fault = {**faults.status(500).document, "times": None, "probability": 0.3, "seed": seed}
            path = f"/_local/organisations/{organisation.id}/faults"
            assert admin("POST", path, fault).json().items() >= {"probability": 0.3, "seed": seed}.items()
        else:
            organisation.add_fault(faults.status(500), times=None, probability=0.3, seed=seed)
        answered = await outcomes(client)
        organisation.clear_faults()
        return answered

    first = await met(1)
    assert await met(1) == first
    assert await met(2) != first
    assert set(first) == {True, False}


async def test_a_fault_left_to_chance_is_met_as_often_as_was_said(client: Any, organisation: Organisation) -> None:
    organisation.add_fault(faults.status(500), times=3, probability=0.3, seed=1)
    assert (await outcomes(client, 40)).count(False) == 3
    assert organisation.faults == []


async def test_who_is_spared_by_one_fault_may_meet_the_next(client: Any, organisation: Organisation) -> None:
    organisation.add_fault(faults.status(500), times=None, probability=0.5, seed=1)
    organisation.add_fault(faults.status(404), times=None)
    with pytest.raises(openai.NotFoundError):
        await outcomes(client, 40)


def test_chance_strikes_as_often_under_many_threads(platform: LocalPlatform, organisation: Organisation) -> None:
    def met(_: int) -> bool:
        with openai.OpenAI(base_url=f"{platform.base_url}/v1", api_key=organisation.api_key, max_retries=0) as client:
            try:
                client.models.list()
            except openai.InternalServerError:
                return True
            return False

    counts = []
    for _ in range(2):
        organisation.clear_faults()
        organisation.add_fault(faults.status(500), times=None, probability=0.5, seed=3)
        with ThreadPoolExecutor(8) as threads:
            counts.append(sum(threads.map(met, range(40))))
    assert counts[0] == counts[1]
    assert 0 < counts[0] < 40


def test_a_mark_takes_a_fault_that_is_left_to_chance() -> None:
    _, trial = choose_trials(ArmedFault(faults.status(500), times=None, probability=0.25, seed=9))
    assert (trial.probability, trial.seed) == (0.25, 9)


# The request's body


async def test_a_body_that_is_read_slowly_is_answered_and_billed_once(
    client: Any, endpoint: str, organisation: Organisation
) -> None:
    organisation.add_fault(faults.slow_reading(bytes_per_second=200 << 20), on=CHAT)
    answer = await chat(client, endpoint, LARGE, max_tokens=1)
    assert answer.choices[0].finish_reason == "length"
    assert len(organisation.ledger()) == 1
    assert organisation.faults == []


@pytest.mark.parametrize("messages", [MESSAGES, LARGE], ids=["while-it-waits", "while-it-sends"])
async def test_who_is_read_too_slowly_gives_up(
    client: Any, endpoint: str, organisation: Organisation, messages: Any
) -> None:
    organisation.add_fault(faults.slow_reading(bytes_per_second=1), on=CHAT)
    with pytest.raises(openai.APITimeoutError) as caught:
        await chat(client, endpoint, messages, timeout=0.3)
    phase = "Write" if messages is LARGE else "Read"
    assert type(caught.value.__cause__).__name__ == f"{phase}Timeout"
    assert organisation.ledger() == []


async def test_slow_reading_goes_by_the_platforms_clock(make: MakeClient) -> None:
    with LocalPlatform() as platform:
        client = make(platform.api_key, platform.base_url)
        platform.organisation.add_fault(faults.slow_reading(bytes_per_second=1))
        done = threading.Event()

        def advance() -> None:
            while not done.wait(0.01):
                platform.clock.advance(hours=1)

        mover = threading.Thread(target=advance)
        mover.start()
        try:
            assert (await chat(client, "ep_invoice_kie", timeout=20)).choices
        finally:
            done.set()
            mover.join()


async def test_a_stream_can_be_asked_for_slowly(client: Any, endpoint: str, organisation: Organisation) -> None:
    """Though only the body says that it is one; a fault of streams that was armed before is for the next."""
    organisation.add_fault(faults.end_without_done(after_events=1), on=CHAT)
    organisation.add_fault(faults.slow_reading(bytes_per_second=100_000))
    assert len(await collect(await chat(client, endpoint, stream=True, max_tokens=5))) > 5
    assert [armed.fault for armed in organisation.faults] == [faults.end_without_done(after_events=1)]


def test_a_scripted_reply_cannot_be_read_slowly(organisation: Organisation) -> None:
    with pytest.raises(pareta_openai.local.errors.NotAcceptable, match="add_fault"):
        organisation.reply(faults.slow_reading(bytes_per_second=1))


# The clock


async def test_an_answer_by_a_clock_that_is_off_says_so_in_its_date_and_timestamps(
    client: Any, endpoint: str, platform: LocalPlatform, organisation: Organisation
) -> None:
    for skew in (-HOUR, HOUR):
        organisation.add_fault(faults.clock_skew(skew), times=3)
        response = await settle(client.chat.completions.with_raw_response.create(model=endpoint, messages=MESSAGES))
        now = platform.clock.now()
        assert abs(parsedate_to_datetime(response.headers["date"]).timestamp() - now - skew) < 30
        assert abs(response.parse().created - now - skew) < 30
        chunks = await collect(await chat(client, endpoint, stream=True))
        assert all(abs(chunk.created - now - skew) < 30 for chunk in chunks)
        [model] = (await settle(client.models.list())).data
        assert abs(model.created - now - skew) < 30
    response = await settle(client.chat.completions.with_raw_response.create(model=endpoint, messages=MESSAGES))
    assert abs(parsedate_to_datetime(response.headers["date"]).timestamp() - platform.clock.now()) < 30


async def test_a_header_skews_the_clock_for_its_request_alone(client: Any) -> None:
    skewed = await settle(client.models.with_raw_response.list(extra_headers=faults.header(faults.clock_skew(HOUR))))
    right = await settle(client.models.with_raw_response.list())
    dates = [parsedate_to_datetime(response.headers["date"]).timestamp() for response in (skewed, right)]
    assert abs(dates[0] - dates[1] - HOUR) < 30


async def test_a_clock_that_is_off_leaves_the_answers_text_alone(
    client: Any, endpoint: str, organisation: Organisation
) -> None:
    organisation.reply({"created": 1, "data": [{"created_at": 2}]})
    organisation.add_fault(faults.clock_skew(HOUR))
    answer = await chat(client, endpoint)
    assert answer.choices[0].message.content == '{"created": 1, "data": [{"created_at": 2}]}'


async def test_a_retry_after_by_a_clock_that_is_off_is_a_date(
    client: Any, endpoint: str, platform: LocalPlatform, organisation: Organisation
) -> None:
    organisation.add_fault(faults.status(429, retry_after=2, clock_skew=HOUR))
    organisation.add_fault(faults.clock_skew(HOUR))
    with pytest.raises(openai.RateLimitError) as limited:
        await chat(client, endpoint)
    organisation.fail_endpoint(endpoint)
    with pytest.raises(openai.InternalServerError) as cold:
        await chat(client, endpoint)
    for caught, seconds in ((limited, 2), (cold, 1)):
        headers = caught.value.response.headers
        until, now = (parsedate_to_datetime(headers[name]).timestamp() for name in ("retry-after", "date"))
        assert until - now == seconds
        assert abs(now - HOUR - platform.clock.now()) < 30


@pytest.mark.parametrize("skew", [-HOUR, HOUR])
async def test_our_clients_wait_as_long_as_was_meant_whatever_the_clock_shows(
    build: MakeClient, organisation: Organisation, platform: LocalPlatform, skew: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """openai's own take the date by their own clock, and come back at once, in an hour, or not at all."""
    client = build(api_key=organisation.api_key, base_url=platform.base_url, max_retries=1)
    pauses: list[float] = []
    monkeypatch.setattr(client, "_pause", lambda seconds: pauses.append(seconds) or 0.0)
    organisation.add_fault(faults.status(429, retry_after=2, clock_skew=skew))
    assert (await settle(client.models.list())).data
    assert pauses == [2.0]


async def test_our_errors_say_how_long_to_wait_whatever_the_clock_shows(
    build: MakeClient, organisation: Organisation, platform: LocalPlatform
) -> None:
    client = build(api_key=organisation.api_key, base_url=platform.base_url)
    organisation.add_fault(faults.status(429, retry_after=7, clock_skew=-HOUR))
    with pytest.raises(pareta_openai.RateLimitError) as caught:
        await settle(client.models.list())
    assert caught.value.retry_after == 7


# The way there


@pytest.fixture
def lonely() -> Iterator[LocalPlatform]:
    """A platform that no other test needs to reach."""
    with LocalPlatform() as running:
        yield running


async def test_a_platform_that_is_down_refuses_and_is_the_same_when_it_is_back(
    make: MakeClient, lonely: LocalPlatform
) -> None:
    client = make(lonely.api_key, lonely.base_url)
    await chat(client, "ep_invoice_kie")
    with lonely.unreachable():
        for _ in range(2):
            with pytest.raises(openai.APIConnectionError) as caught:
                await chat(client, "ep_invoice_kie")
            assert type(caught.value.__cause__).__name__ == "ConnectError"
        assert len(lonely.organisation.ledger()) == 1
    await chat(client, "ep_invoice_kie")
    assert len(lonely.organisation.ledger()) == 2


async def test_a_stream_that_is_open_ends_when_the_platform_goes_down(make: MakeClient, lonely: LocalPlatform) -> None:
    client = make(lonely.api_key, lonely.base_url)
    lonely.organisation.add_fault(faults.stall(after_events=1))
    stream = await chat(client, "ep_invoice_kie", stream=True)
    with lonely.unreachable(), pytest.raises(Exception, match=r".") as caught:
        await collect(stream)
    # Older openais leave it to the transport's own exception.
    assert isinstance(caught.value, openai.APIConnectionError) or type(caught.value).__name__.endswith("ProtocolError")


def test_a_platform_that_is_down_keeps_its_port(lonely: LocalPlatform) -> None:
    address = urlsplit(lonely.base_url)
    with lonely.unreachable(), socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind((address.hostname, address.port))


def test_a_platform_can_be_stopped_while_it_is_down() -> None:
    with LocalPlatform() as platform, platform.unreachable():
        platform.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((urlsplit(platform.base_url).hostname, urlsplit(platform.base_url).port))


def test_an_outage_can_be_ordered_over_http_and_ends_by_the_clock(lonely: LocalPlatform, caller: Any) -> None:
    call = caller(lonely.base_url, lonely.api_key)
    assert call("POST", "/_local/outages", {"for_seconds": 600}).status == 202

    def is_down() -> bool:
        try:
            return bool(call("GET", "/v1/models").status != 200)
        except OSError:
            return True

    until(is_down)
    lonely.clock.advance(minutes=10)
    until(lambda: not is_down())


def until(holds: Callable[[], bool]) -> None:
    for _ in range(1000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to it")


async def test_a_reset_ends_an_outage(lonely: LocalPlatform, caller: Any) -> None:
    call = caller(lonely.base_url, lonely.api_key)
    call("POST", "/_local/outages", {"for_seconds": 600})
    lonely.reset()
    assert call("GET", "/v1/models").status == 200


async def test_a_name_that_does_not_resolve_is_no_connection(make: MakeClient, organisation: Organisation) -> None:
    client = make(organisation.api_key, faults.UNRESOLVABLE_URL)
    with pytest.raises(openai.APIConnectionError) as caught:
        await settle(client.models.list())
    assert type(caught.value.__cause__).__name__ == "ConnectError"
