from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pareta_openai.local import LocalPlatform, faults
from pareta_openai.local.clock import Clock
from pareta_openai.local.errors import NotAcceptable

HOUR = 3600


@pytest.fixture
def sleeper():
    """A clock, and what sleeps by it in another thread's event loop; it is asleep when this returns."""
    clock = Clock()

    with ThreadPoolExecutor() as threads:

        def start(seconds):
            asleep = threading.Event()

            async def sleep():
                asyncio.get_running_loop().call_soon(asleep.set)
                await clock.sleep(seconds)
                return clock.now()

            woken = threads.submit(asyncio.run, sleep())
            asleep.wait()
            return woken

        yield clock, start
        clock.advance(days=1)


def test_the_clock_tells_the_machines_time_until_it_is_moved():
    before = time.time()
    assert before <= Clock().now() <= time.time()


def test_the_clock_moves_by_days_hours_minutes_and_seconds():
    clock = Clock()
    clock.advance(days=1, hours=2, minutes=3, seconds=4.5)
    assert clock.ahead == 93_784.5
    assert clock.now() - time.time() == pytest.approx(93_784.5, abs=10)


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 1e12])
def test_the_clock_does_not_go_back_nor_out_of_sight(seconds):
    clock = Clock()
    with pytest.raises(NotAcceptable, match="clock"):
        clock.advance(seconds=seconds)
    assert clock.ahead == 0


def test_what_sleeps_by_the_clock_wakes_when_it_is_moved_past_its_end(sleeper):
    clock, start = sleeper
    end = clock.now() + HOUR
    woken = [start(HOUR) for _ in range(3)]
    clock.advance(minutes=59)
    assert not any(future.done() for future in woken)
    clock.advance(minutes=2)
    assert all(future.result(timeout=30) >= end for future in woken)


def test_a_sleep_that_is_over_does_not_wait(sleeper):
    _, start = sleeper
    start(0).result(timeout=30)
    start(-1).result(timeout=30)


def test_without_a_move_the_clock_wakes_sleepers_in_real_time(sleeper):
    clock, start = sleeper
    end = clock.now() + 0.01
    assert start(0.01).result(timeout=30) >= end


def test_a_platform_that_is_not_running_has_no_clock():
    with pytest.raises(RuntimeError, match="not running"):
        _ = LocalPlatform().clock


def test_an_endpoint_is_live_when_the_clock_was_moved_past_its_start(caller):
    with LocalPlatform(deploy_seconds=HOUR) as platform:
        call = caller(platform.base_url, platform.api_key)
        call("POST", "/v1/endpoints/ep_invoice_kie/stop")
        call("POST", "/v1/endpoints/ep_invoice_kie/start")
        cold = call.chat(model="ep_invoice_kie")
        assert cold.status == 503
        assert 0 < int(cold.headers["Retry-After"]) <= HOUR
        platform.clock.advance(hours=1)
        assert call.chat(model="ep_invoice_kie").status == 200


def test_a_deploy_stream_goes_on_at_once_when_the_clock_moves(caller):
    with LocalPlatform(deploy_seconds=HOUR) as platform:
        call = caller(platform.base_url, platform.api_key)
        connection, response = call.open("POST", "/v1/endpoints", {"task": "news-summaries"})
        assert response.readline() == b"event: progress\n"
        platform.clock.advance(hours=2)
        assert b"event: complete\n" in response.read()
        connection.close()


@pytest.mark.parametrize(
    ("fault", "stream"),
    [
        (faults.latency(before_headers=HOUR), False),
        (faults.latency(before_first_token=HOUR), True),
        (faults.latency(between_tokens=HOUR), True),
    ],
)
def test_a_late_answer_comes_as_the_clock_is_moved(caller, fault, stream):
    with LocalPlatform() as platform, ThreadPoolExecutor() as threads:
        organisation = platform.create_organisation()
        organisation.add_fault(fault)
        answer = threads.submit(caller(platform.base_url, organisation.api_key).chat, stream=stream)
        while not answer.done():
            platform.clock.advance(hours=1)
            time.sleep(0.001)
        assert platform.clock.ahead >= HOUR
        assert answer.result().status == 200


@pytest.mark.parametrize("by", ["code", "HTTP"])
def test_a_rate_window_is_over_when_the_clock_has_moved_past_it(caller, by):
    with LocalPlatform() as platform:
        organisation = platform.create_organisation()
        call = caller(platform.base_url, organisation.api_key)
        if by == "code":
            organisation.add_fault(faults.status(429, retry_after=HOUR), times=None, for_seconds=HOUR)
        else:
            window = {"fault": "status", "code": 429, "retry_after": HOUR, "times": None, "for_seconds": HOUR}
            assert call("POST", "/_local/faults", window).json()["until"] == pytest.approx(time.time() + HOUR, abs=60)
        assert [call.chat().status for _ in range(3)] == [429] * 3
        platform.clock.advance(minutes=59)
        assert call.chat().status == 429
        platform.clock.advance(minutes=1)
        assert call.chat().status == 200
        assert organisation.faults == []


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_a_rate_window_has_a_length(organisation, seconds):
    with pytest.raises(NotAcceptable, match="for_seconds"):
        organisation.add_fault(faults.status(429), for_seconds=seconds)
    assert organisation.faults == []


def test_an_eval_run_is_over_when_the_clock_has_moved_past_its_end(caller):
    with LocalPlatform(eval_seconds=HOUR) as platform:
        call = caller(platform.base_url, platform.api_key)
        eval_set = call.upload([{"input": "a", "expected": {"b": "c"}}]).json()["eval_set"]["id"]
        run = f"/v1/eval-runs/{call.run(eval_set, 'contract-kie-1').json()['run_id']}"
        seen = []
        for _ in range(5):
            seen.append(call("GET", run).json()["run"]["status"])
            platform.clock.advance(minutes=20)
    assert seen == ["queued", "running", "running", "completed", "completed"]


def test_an_upload_url_expires_by_the_clock(caller):
    with LocalPlatform() as platform:
        call = caller(platform.base_url, platform.api_key)
        eval_set = call.upload([{"input": "a", "expected": {"b": "c"}}]).json()["eval_set"]["id"]
        blob = {"idx": 0, "field_name": "document", "mime": "text/plain", "file_size": 1}
        url = call("POST", f"/v1/eval-sets/{eval_set}/blob-upload-url", blob).json()["upload_url"]
        storage, _, path = url.removeprefix("http://").partition("/")
        platform.clock.advance(days=1)
        answer = caller(f"http://{storage}", None)("PUT", f"/{path}", b"x", {"Content-Type": "text/plain"})
    assert answer.status == 403
    assert "expired" in answer.detail


def test_a_state_file_keeps_what_its_clock_was_moved_by(caller, tmp_path):
    """What was live then would be starting again, otherwise."""
    state = tmp_path / "state.sqlite"
    with LocalPlatform(state=state, deploy_seconds=HOUR) as platform:
        platform.clock.advance(days=3)
        caller(platform.base_url, platform.api_key)("POST", "/v1/endpoints/ep_invoice_kie/stop")
        caller(platform.base_url, platform.api_key)("POST", "/v1/endpoints/ep_invoice_kie/start")
        platform.clock.advance(hours=2)
    with LocalPlatform(state=state) as platform:
        assert platform.clock.ahead == 3 * 86_400 + 2 * HOUR
        assert caller(platform.base_url, platform.api_key).chat(model="ep_invoice_kie").status == 200
