from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from pareta_openai.local import LocalPlatform, faults, request_log


@pytest.fixture
def log(caller):
    """A platform that nobody else calls, its log read from, and calls to it."""
    with LocalPlatform() as platform:
        yield Log(platform, caller)


class Log:
    def __init__(self, platform, caller):
        self.platform = platform
        self.organisation = platform.create_organisation(endpoints=("contract-key-fields",))
        self.call = caller(platform.base_url, self.organisation.api_key)
        self.stranger = caller(platform.base_url, None)

    @contextmanager
    def watch(self, last_event_id: str | None = None) -> Iterator[Iterator[tuple[str, dict]]]:
        """The places and the requests that come."""
        headers = {} if last_event_id is None else {"Last-Event-ID": last_event_id}
        connection, response = self.stranger.open("GET", "/_local/requests", headers=headers)
        assert response.headers["Content-Type"].startswith("text/event-stream")
        try:
            yield self._events(response)
        finally:
            response.close()
            connection.close()

    def _events(self, response):
        event = {}
        for line in iter(response.readline, b""):
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name:
                event[name] = value
            elif event.pop("event", None) == "request":
                yield event["id"], json.loads(event["data"])

    def closed(self, count: int) -> list[dict]:
        """The first `count` requests as they ended, in their order."""
        found = {}
        with self.watch() as events:
            for _, request in events:
                if request["state"] != "open":
                    found[request["number"]] = request
                if len(found) == count:
                    return [found[number] for number in sorted(found)]
        raise AssertionError("the stream ended")

    def whole(self, request) -> dict:
        return self.stranger("GET", f"/_local/requests/{request['id']}").json()


def test_a_call_is_logged_with_what_it_asked_and_what_it_cost(log):
    answer = log.call.chat("hello", model="ep_contract_key_fields_1", key="once")
    [request] = log.closed(1)
    [debit] = log.organisation.ledger()
    assert request["id"] == answer.headers["x-request-id"]
    assert request["operation"] == "createChatCompletion"
    assert (request["method"], request["path"]) == ("POST", "/v1/chat/completions")
    assert request["organisation"] == log.organisation.id
    assert (request["state"], request["status"], request["problem"]) == ("answered", 200, None)
    assert request["model"] == "ep_contract_key_fields_1"
    assert request["idempotency_key"] == "once"
    assert request["micro_usd"] == debit.micro_usd == int(answer.headers["X-Pareta-Billed"])
    assert request["frontier_micro_usd"] == debit.frontier_micro_usd
    usage = answer.json()["usage"]
    assert (request["prompt_tokens"], request["completion_tokens"]) == (
        usage["prompt_tokens"],
        usage["completion_tokens"],
    )
    assert 0 < request["first_byte_milliseconds"] <= request["total_milliseconds"]
    assert request["response_bytes"] == len(answer.body)


def test_a_request_has_its_bodies(log):
    answer = log.call.chat("hello")
    [request] = log.closed(1)
    whole = log.whole(request)
    assert json.loads(whole["request"]["text"])["messages"] == [{"role": "user", "content": "hello"}]
    assert whole["response"] == {
        "content_type": "application/json",
        "bytes": len(answer.body),
        "is_whole": True,
        "text": answer.body.decode(),
    }
    assert request.items() <= whole.items()


def test_a_streamed_answer_is_logged_as_it_was_sent(log):
    answer = log.call.chat("hello", stream=True)
    [request] = log.closed(1)
    assert log.whole(request)["response"]["text"].encode() == answer.body
    assert request["completion_tokens"] > 0


def test_a_repeated_call_costs_nothing_again(log):
    for _ in range(2):
        log.call.chat(key="once")
    first, second = log.closed(2)
    assert first["micro_usd"] == log.organisation.spent_micro_usd
    assert second["micro_usd"] is None


def test_an_eval_run_is_billed_to_the_request_that_started_it(log):
    eval_set = log.call.upload([{"input": "a", "expected": "b"}]).json()["eval_set"]["id"]
    run = log.call.run(eval_set, "contract-kie-1").json()["run_id"]
    with log.watch() as events:
        # It comes again when the run has ended.
        billed = next(request for _, request in events if request["micro_usd"] is not None)
    assert billed["operation"] == "createEvalRun"
    assert (billed["model"], billed["micro_usd"]) == (run, log.organisation.spent_micro_usd)


def test_long_bodies_are_kept_in_part(log):
    log.call.chat("word " * 100_000)
    [request] = log.closed(1)
    whole = log.whole(request)
    assert request["request_bytes"] > 500_000
    assert whole["request"]["bytes"] == request["request_bytes"]
    assert len(whole["request"]["text"]) == request_log.KEPT_BYTES
    assert not whole["request"]["is_whole"]
    assert request["model"] == "ep_contract_key_fields_1"


def test_keys_and_signatures_are_not_in_it(log):
    key = log.call.api_key
    log.call.chat(f"my key is {key}", key=key)
    log.call("GET", f"/v1/endpoints/{key}?key={key}")
    log.call("GET", "/v1/models", headers={"Authorization": f"Bearer {key} sk-0123456789abcdef0123"})
    eval_set = log.call.upload([{"input": {"image": None}, "expected": "b"}], task="receipt-fields")
    upload = log.call(
        "POST",
        f"/v1/eval-sets/{eval_set.json()['eval_set']['id']}/blob-upload-url",
        {"idx": 0, "field_name": "image", "mime": "image/png", "file_size": 5},
    ).json()["upload_url"]
    storage, path = re.fullmatch(r"(http://[^/]+)(/.*)", upload).groups()
    type(log.call)(storage, None)("PUT", path, b"\x89PNG\n", {"Content-Type": "image/png"})
    requests = log.closed(6)
    said = json.dumps([[request, log.whole(request)] for request in requests])
    assert key not in said
    assert key.removeprefix("pareta_sk_") not in said
    assert "my key is pareta_sk_" in said
    assert "Bearer" not in said
    assert upload.rpartition("=")[2] not in said
    assert [request["operation"] for request in requests[-2:]] == ["createBlobUploadUrl", "uploadBlob"]


def test_a_refusal_says_why(log):
    log.organisation.set_balance(0)
    log.call.chat()
    log.call("POST", "/v1/chat/completions", {"model": "auto"})
    log.stranger.chat()
    log.call("GET", "/models")
    log.call("GET", "/v1/models", headers={"Host": "example.com"})
    requests = log.closed(5)
    assert [request["status"] for request in requests] == [402, 422, 401, 404, 403]
    assert [request["organisation"] is None for request in requests] == [False, False, True, True, True]
    assert "out of credit" in requests[0]["problem"]
    assert requests[1]["problem"] == "body.messages: Field required"
    assert "below /v1" in requests[3]["problem"]
    assert "loopback" in requests[4]["problem"]


@pytest.mark.parametrize(
    ("fault", "stream", "state", "status", "is_billed"),
    [
        (faults.status(429, retry_after=7), False, "answered", 429, False),
        (faults.drop(), False, "cut", None, False),
        (faults.answer_lost(), False, "cut", None, True),
        (faults.drop(after_events=1, how="rst"), True, "cut", 200, True),
        (faults.end_without_done(), True, "answered", 200, True),
    ],
    ids=str,
)
def test_a_fault_is_logged_as_it_was_met(log, fault, stream, state, status, is_billed):
    log.organisation.add_fault(fault)
    with suppress(OSError, http.client.HTTPException):
        log.call.chat(stream=stream)
    [request] = log.closed(1)
    assert (request["state"], request["status"]) == (state, status)
    assert request["fault"] == str(fault)
    assert request["organisation"] == log.organisation.id
    assert (request["micro_usd"] is not None) == is_billed
    assert request["retry_after"] == ("7" if status == 429 else None)


def test_what_goes_on_is_seen_before_it_ends(log):
    log.organisation.add_fault(faults.stall(after_events=2))
    connection, _ = log.call.open(
        "POST",
        "/v1/chat/completions",
        {"model": "auto", "stream": True, "messages": [{"role": "user", "content": "x"}]},
    )
    with log.watch() as events:
        assert next(events)[1]["state"] == "open"
        connection.close()
        last = next(request for _, request in events if request["state"] != "open")
    assert last["state"] == "cut"


def test_the_log_goes_on_after_the_last_event_id(log):
    log.call.chat("first")
    with log.watch() as events:
        place = next(place for place, request in events if request["state"] == "answered")
    log.call.chat("second")
    with log.watch(place) as events:
        assert {next(events)[1]["number"]} == {2}


@pytest.mark.parametrize("place", ["", "7", "other-1000000", "other-", "-5", "\xe4"])
def test_a_place_in_another_log_starts_from_the_beginning(log, place):
    log.call.chat("first")
    with log.watch(place) as events:
        assert next(events)[1]["number"] == 1


def test_the_admin_routes_and_the_pages_are_not_logged(log):
    for path in ("/_local/organisation", "/docs", "/openapi.json", "/"):
        log.call("GET", path)
    log.call.chat()
    [request] = log.closed(1)
    assert request["number"] == 1


def test_an_unknown_request_is_404(log):
    answer = log.stranger("GET", "/_local/requests/absent")
    assert answer.status == 404
    assert str(request_log.KEPT_REQUESTS) in answer.detail


def test_only_the_last_requests_are_kept():
    log = request_log.RequestLog(lambda: 0.0)
    for number in range(request_log.KEPT_REQUESTS + 10):
        log.open(str(number), method="GET", path="/", query="", content_type="", idempotency_key=None)
    kept = log.since(0)
    assert [kept[0].number, kept[-1].number] == [11, request_log.KEPT_REQUESTS + 10]
    assert log.find("0") is None


def test_what_has_changed_comes_last():
    log = request_log.RequestLog(lambda: 0.0)
    for name in "abc":
        log.open(name, method="GET", path="/", query="", content_type="", idempotency_key=None)
    seen = log.since(0)[-1].revision
    log.changed(log.find("a"))
    assert [request.id for request in log.since(seen)] == ["a"]
    assert [request.id for request in log.since(0)] == ["b", "c", "a"]
