"""Evals of real models, for which another local platform with scripted replies stands in."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
import time

import pytest

from pareta_openai.local import LocalPlatform, Upstream, faults
from tests.support import json_answer

TASK = "support-ticket-triage"
ROWS = [
    {"input": "I was charged twice.", "expected": "billing"},
    {"input": "It crashes.", "expected": "bug"},
    {"input": "Add a dark theme.", "expected": "feature_request"},
]
PRICE = 90


def completion(text):
    return json_answer({"choices": [{"index": 0, "message": {"role": "assistant", "content": text}}]})


@pytest.fixture
def upstream(script):
    """A model server that says ``billing``."""
    script.answer(completion("billing"))
    return script


@pytest.fixture
def platform(upstream):
    with LocalPlatform(upstream=Upstream(upstream.base_url, models={"ticket-triage-1": "qwen"})) as platform:
        yield platform


@pytest.fixture
def call(platform, caller):
    return caller(platform.base_url, platform.api_key)


@pytest.fixture
def evaluate(call):
    """Makes a set of the rows, runs the candidates on it, and waits for what the platform says of the run."""

    def evaluate(rows, *candidates, task=TASK, **fields):
        eval_set = call.upload(rows, task=task, **fields).json()["eval_set"]["id"]
        return finished(call, call.run(eval_set, *candidates).json()["run_id"])

    return evaluate


def finished(call, run_id):
    deadline = time.monotonic() + 30
    while (answer := call("GET", f"/v1/eval-runs/{run_id}").json())["run"]["status"] not in ("completed", "failed"):
        assert answer["run"]["status"] == "running"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return answer


def spent(call):
    return call("GET", "/_local/organisation").json()["spent_micro_usd"]


def test_real_answers_are_scored_billed_and_not_called_simulated(call, evaluate, upstream):
    answer = evaluate(ROWS, "ticket-triage-1")
    assert (answer["run"]["status"], answer["run"]["simulated"]) == ("completed", False)
    [result] = answer["results"]
    assert [(item["prediction"], item["score"]) for item in result["per_item"]] == [
        ("billing", 1),
        ("billing", 0),
        ("billing", 0),
    ]
    # billing: precision 1/3, recall 1; the others are never said.
    assert result["quality_mean"] == pytest.approx(0.5 / 3, abs=1e-6)
    assert result["exact_match"] == pytest.approx(100 / 3, abs=1e-3)
    assert (result["n_succeeded"], result["error_count"], result["n_scored"]) == (3, 0, 3)
    assert answer["run"]["total_cost_micro_usd"] == spent(call) == 3 * PRICE
    assert len(upstream.received) == 3


def test_a_model_is_asked_by_the_upstreams_name_with_the_tasks_prompt_and_a_key_for_each_row(evaluate, upstream):
    evaluate(ROWS[:1], "ticket-triage-1", "gpt-5.1")
    first, second = (received.json for received in upstream.received)
    [message] = first["messages"]
    assert (first["model"], first["temperature"]) == ("qwen", 0)
    assert message["role"] == "user"
    assert message["content"].startswith("Label the ticket as one of: billing, bug")
    assert "Ticket: I was charged twice.\n" in message["content"]
    assert second == {"model": "gpt-5.1", "messages": [message]}
    keys = [received.headers["idempotency-key"] for received in upstream.received]
    assert len(set(keys)) == 2


def test_the_sets_own_prompt_goes_before_the_tasks(evaluate, upstream):
    rows = [{"input": {"text": "Invoice 7, 1.00 EUR"}, "expected": {"total": "1.00"}}]
    evaluate(rows, "invoice-kie-1", task="invoice-extraction")
    evaluate(rows, "invoice-kie-1", task="invoice-extraction", prompt="Only the total.")
    system = [received.json["messages"][0] for received in upstream.received]
    assert system[0]["content"].startswith("Read the invoice")
    assert system[1] == {"role": "system", "content": "Only the total."}
    assert upstream.received[0].json["messages"][1]["content"] == '{"text": "Invoice 7, 1.00 EUR"}'


@pytest.mark.parametrize(
    ("said", "prediction", "score"),
    [
        ('{"total": "1.00"}', {"total": "1.00"}, 1),
        ('Here it is:\n```json\n{"total": "1.00"}\n```\nAnything else?', {"total": "1.00"}, 1),
        ("The total is 1.00.", "The total is 1.00.", 0),
        ('{"total": NaN}', '{"total": NaN}', 0),
        ('{"total": "\\ud800"}', '{"total": "\\ud800"}', 0),
        ('{"total": ' + "[" * 100 + "]" * 100 + "}", '{"total": ' + "[" * 100 + "]" * 100 + "}", 0),
        ('{"total": ' + "[" * 100_000, '{"total": ' + "[" * 989 + "…", 0),
        ("half a pair: \ud83d", "half a pair: ?", 0),
        ("", "", 0),
    ],
)
def test_where_an_object_is_expected_the_first_one_in_the_answer_counts(evaluate, upstream, said, prediction, score):
    upstream.answer(completion(said))
    rows = [{"input": "Invoice 7, 1.00 EUR", "expected": {"total": "1.00"}}]
    [result] = evaluate(rows, "invoice-kie-1", task="invoice-extraction")["results"]
    [item] = result["per_item"]
    assert (item["prediction"], item["score"], item["error"]) == (prediction, score, None)


def test_rows_without_an_expected_answer_are_answered_and_not_scored(evaluate):
    [result] = evaluate([{"input": "It crashes."}], "ticket-triage-1")["results"]
    assert (result["quality_mean"], result["n_succeeded"], result["n_scored"]) == (None, 1, 0)
    assert result["per_item"] == [{"idx": 0, "score": None, "prediction": "billing", "error": None}]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (json_answer({"error": {"message": "No such\nmodel."}}, 404), "404: No such model."),
        (json_answer({"detail": "Too long."}, 422), "422: Too long."),
        (json_answer("text", 400), '400: "text"'),
        (json_answer({"error": {"message": "x" * 1_000}}, 400), "400: " + "x" * 300),
        (json_answer({"object": "list"}), "no chat completion"),
        (json_answer([]), "no chat completion"),
        (completion(None), "without any text"),
    ],
)
def test_a_row_that_the_model_did_not_answer_is_an_error_and_not_billed(call, evaluate, upstream, answer, error):
    upstream.answer(*[answer] * 2, completion("feature_request"))
    answer = evaluate(ROWS, "ticket-triage-1")
    [result] = answer["results"]
    assert (result["n_succeeded"], result["error_count"], result["n_scored"]) == (1, 2, 1)
    errors = [item["error"] for item in result["per_item"] if item["error"]]
    assert len(errors) == 2
    assert all(found.endswith(error) or error in found for found in errors)
    assert spent(call) == PRICE


def test_a_run_in_which_no_row_was_answered_fails_with_the_reason_and_costs_nothing(call, evaluate, upstream):
    upstream.answer(json_answer({"error": {"message": "The model `qwen` does not exist."}}, 404))
    run = evaluate(ROWS, "ticket-triage-1", "ticket-triage-2")["run"]
    assert (run["status"], run["total_cost_micro_usd"]) == ("failed", 0)
    assert "The model `qwen` does not exist." in run["error_detail"]
    assert spent(call) == 0


def test_a_run_fails_at_once_where_nobody_answers(caller):
    with LocalPlatform() as gone:
        url = gone.base_url
    with LocalPlatform(upstream=Upstream(url)) as platform:
        call = caller(platform.base_url, platform.api_key)
        run_id = call.run(call.upload(ROWS, task=TASK).json()["eval_set"]["id"], "ticket-triage-1").json()["run_id"]
        run = finished(call, run_id)["run"]
    assert run["status"] == "failed"
    assert "cannot be reached" in run["error_detail"]


@pytest.mark.parametrize(
    "fault", [faults.status(503), faults.status(429, retry_after=20), faults.drop()], ids=["503", "429", "drop"]
)
def test_a_model_server_that_is_busy_is_asked_again_when_it_said(caller, fault):
    with LocalPlatform() as model_server:
        model = model_server.create_organisation(endpoints=("contract-key-fields",))
        model.reply("bug", times=None)
        model.add_fault(fault, on="createChatCompletion", times=2)
        upstream = Upstream(model_server.base_url, models={"*": model.endpoints[0]}, api_key=model.api_key)
        with LocalPlatform(upstream=upstream) as platform:
            call = caller(platform.base_url, platform.api_key)
            rows = [{"input": "It crashes.", "expected": "bug"}]
            run_id = call.run(call.upload(rows, task=TASK).json()["eval_set"]["id"], "ticket-triage-1").json()["run_id"]
            moving = threading.Event()

            def move():
                while not moving.wait(0.02):
                    platform.clock.advance(seconds=1)

            mover = threading.Thread(target=move)
            mover.start()
            try:
                [result] = finished(call, run_id)["results"]
            finally:
                moving.set()
                mover.join()
        assert result["quality_mean"] == 1


def test_documents_go_to_the_model_in_the_form_of_their_kind(call, upstream):
    rows = [
        {"input": {"file_name": "receipt.jpg"}, "expected": {"total": "1.00"}},
        {"expected": {"total": "2.00"}, "page": None},
    ]
    eval_set = call.upload(rows, task="receipt-fields").json()["eval_set"]["id"]
    path = f"/v1/eval-sets/{eval_set}/attach-blob"
    files = [(0, "page", "image/jpeg"), (1, "back", "application/pdf"), (1, "page", "audio/wav")]
    for idx, field_name, mime in files:
        place = {"idx": idx, "field_name": field_name, "mime": mime}
        assert call.form(path, place, {"file": (b"bytes", mime)}).status == 200
    [result] = finished(call, call.run(eval_set, "receipt-vlm-1").json()["run_id"])["results"]
    assert result["n_succeeded"] == 2
    encoded = base64.b64encode(b"bytes").decode()
    parts = sorted((received.json["messages"][1]["content"] for received in upstream.received), key=len)
    asked = {json.dumps(part, sort_keys=True) for content in parts for part in content}
    assert asked == {
        json.dumps(part, sort_keys=True)
        for part in (
            {"type": "text", "text": '{"file_name": "receipt.jpg"}'},
            {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{encoded}"}},
            {
                "type": "file",
                "file": {"filename": "document.pdf", "file_data": f"data:application/pdf;base64,{encoded}"},
            },
            {"type": "input_audio", "input_audio": {"data": encoded, "format": "wav"}},
        )
    }


def test_a_document_that_was_too_large_to_keep_is_an_error_of_its_row(call, caller, upstream):
    eval_set = call.upload([{"input": "a"}, {"input": "b"}], task="receipt-fields").json()["eval_set"]["id"]
    size = (20 << 20) + 1
    body = {"idx": 0, "field_name": "page", "mime": "image/png", "file_size": size}
    upload = call("POST", f"/v1/eval-sets/{eval_set}/blob-upload-url", body).json()
    origin, _, path = upload["upload_url"].partition("/uploads")
    assert caller(origin, None)("PUT", f"/uploads{path}", b"x" * size, {"Content-Type": "image/png"}).status == 200
    done = {"idx": 0, "field_name": "page", "mime": "image/png", "storage_uri": upload["storage_uri"]}
    assert call("POST", f"/v1/eval-sets/{eval_set}/blob-upload-complete", done).status == 200
    place = {"idx": 1, "field_name": "page", "mime": "image/png"}
    call.form(f"/v1/eval-sets/{eval_set}/attach-blob", place, {"file": (b"x", "image/png")})
    [result] = finished(call, call.run(eval_set, "receipt-vlm-1").json()["run_id"])["results"]
    assert [item["error"] for item in result["per_item"]] == [
        "The document of this row has more than 20 MiB, and was not kept.",
        None,
    ]
    assert len(upstream.received) == 1


def test_every_row_is_asked_however_many_there_are(call, evaluate, upstream):
    rows = [{"input": f"{number}", "expected": "billing"} for number in range(300)]
    [result] = evaluate(rows, "ticket-triage-1")["results"]
    assert result["n_succeeded"] == result["n_scored"] == len(upstream.received) == 300
    assert [item["idx"] for item in result["per_item"]] == list(range(300))
    assert spent(call) == 300 * PRICE


def test_the_model_server_gets_several_rows_at_once_and_not_all(call, platform):
    busy = most = 0
    send = platform._running_state.model_server.ask

    async def ask(request):
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        try:
            await asyncio.sleep(0.01)
            return await send(request)
        finally:
            busy -= 1

    platform._running_state.model_server.ask = ask
    eval_set = call.upload(ROWS * 20, task=TASK).json()["eval_set"]["id"]
    finished(call, call.run(eval_set, "ticket-triage-1").json()["run_id"])
    assert most == 8


def kept(platform, run_id):
    return [platform._running_state.eval_answers.find(run_id, "ticket-triage-1", idx) for idx in range(3)]


def test_a_run_goes_on_where_it_was_broken_off_and_asks_for_no_answer_twice(caller, upstream, tmp_path):
    state = tmp_path / "state.sqlite"
    upstream.answer(completion("billing"), json_answer({}, 503, **{"retry-after": "1000"}))
    with LocalPlatform(state=state, upstream=Upstream(upstream.base_url)) as platform:
        call = caller(platform.base_url, platform.api_key)
        run_id = call.run(call.upload(ROWS, task=TASK).json()["eval_set"]["id"], "ticket-triage-1").json()["run_id"]
        deadline = time.monotonic() + 30
        while len(upstream.received) < 3 or kept(platform, run_id) == [None] * 3:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    asked = {received.headers["idempotency-key"] for received in upstream.received}
    upstream.received.clear()
    upstream.answer(completion("billing"))
    with LocalPlatform(state=state, upstream=Upstream(upstream.base_url)) as platform:
        call = caller(platform.base_url, platform.api_key)
        [result] = finished(call, run_id)["results"]
        assert spent(call) == 3 * PRICE
        assert kept(platform, run_id) == [None] * 3
    assert [item["prediction"] for item in result["per_item"]] == ["billing"] * 3
    asked_again = {received.headers["idempotency-key"] for received in upstream.received}
    assert len(upstream.received) == 2
    assert asked_again < asked


def test_a_run_that_was_started_with_a_model_server_fails_without_it(caller, upstream, tmp_path):
    state = tmp_path / "state.sqlite"
    upstream.answer(json_answer({}, 503, **{"retry-after": "1000"}))
    with LocalPlatform(state=state, upstream=Upstream(upstream.base_url)) as platform:
        call = caller(platform.base_url, platform.api_key)
        run_id = call.run(call.upload(ROWS, task=TASK).json()["eval_set"]["id"], "ticket-triage-1").json()["run_id"]
        assert call("GET", f"/v1/eval-runs/{run_id}").json()["run"]["status"] == "running"
    with LocalPlatform(state=state) as platform:
        run = finished(caller(platform.base_url, platform.api_key), run_id)["run"]
    assert run["status"] == "failed"
    assert "model server" in run["error_detail"]


def test_a_set_that_is_deleted_under_a_run_of_real_models_takes_it_along(call, upstream):
    upstream.answer(json_answer({}, 503, **{"retry-after": "1000"}))
    eval_set = call.upload(ROWS, task=TASK).json()["eval_set"]["id"]
    run_id = call.run(eval_set, "ticket-triage-1").json()["run_id"]
    assert call("DELETE", f"/v1/eval-sets/{eval_set}").status == 204
    run = finished(call, run_id)["run"]
    assert run["status"] == "failed"
    assert eval_set in run["error_detail"]
