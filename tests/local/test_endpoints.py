from __future__ import annotations

import pytest

from pareta_openai.local import LocalPlatform
from pareta_openai.local.errors import NotFound

ENDPOINT = "ep_contract_key_fields_1"
RECORD = {"id", "name", "model", "status", "taskName", "url", "recommendedSystemPrompt", "promptScaffold"}


def test_a_deploy_reports_its_stages_and_ends_with_the_endpoint(call):
    answer = call.deploy("invoice-extraction")
    *progress, (last, complete) = answer.events()
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert {name for name, _ in progress} == {"progress"}
    assert progress[0][1] == {"stage": "provisioning-gpu", "label": "Provisioning GPU"}
    assert {"stage", "label", "pct"} in [set(data) for _, data in progress]
    assert last == "complete"
    assert complete["endpoint"] == {
        "id": "ep_invoice_extraction_1",
        "name": "ep_invoice_extraction_1",
        "model": "invoice-kie-1",
        "status": "live",
        "taskName": "invoice-extraction",
        "url": call.base_url + "/v1",
        "recommendedSystemPrompt": complete["endpoint"]["recommendedSystemPrompt"],
        "promptScaffold": None,
    }


def test_deploy_events_are_framed_byte_for_byte(call):
    first = call.deploy("invoice-extraction").body.split(b"\n\n")[0]
    assert first == b'event: progress\ndata: {"stage": "provisioning-gpu", "label": "Provisioning GPU"}'


def test_extraction_has_a_system_prompt_and_classification_a_scaffold(call):
    extraction = call("GET", f"/v1/endpoints/{ENDPOINT}").json()
    [*_, (_, complete)] = call.deploy("support-ticket-triage").events()
    assert extraction["recommendedSystemPrompt"]
    assert extraction["promptScaffold"] is None
    assert complete["endpoint"]["recommendedSystemPrompt"] is None
    assert "{input}" in complete["endpoint"]["promptScaffold"]


def test_further_keys_of_a_deploy_pass_through(call):
    answer = call.deploy(region="eu", quality=0.9, run_mode=None, cost_per_request_micro_usd=1, taskDisplay={})
    assert answer.events()[-1][0] == "complete"


def test_generated_ids_count_up_and_named_ones_are_kept(call):
    ids = [call.deploy(**fields).events()[-1][1]["endpoint"]["id"] for fields in ({}, {"name": "mine"}, {})]
    assert ids == ["ep_contract_key_fields_2", "mine", "ep_contract_key_fields_3"]
    assert [record["id"] for record in call("GET", "/v1/endpoints").json()] == [ENDPOINT, *ids]


def test_a_name_that_is_taken_is_409(call):
    answer = call.deploy(name=ENDPOINT)
    assert answer.status == 409
    assert ENDPOINT in answer.detail


def test_a_repeated_deploy_answers_with_the_same_endpoint(call, organisation):
    first, second = (call.deploy(name="once", key="deploy-1").events()[-1] for _ in range(2))
    assert first == second
    assert organisation.endpoints == [ENDPOINT, "once"]


@pytest.mark.parametrize(
    ("fields", "status", "hint"),
    [
        ({"task": "no-such-task"}, 404, "no-such-task"),
        ({"model": "nobody-1"}, 404, "nobody-1"),
        ({"model": "invoice-kie-1"}, 404, "invoice-extraction"),
        ({"model": "Qwen/Qwen3-8B"}, 400, "Hugging Face"),
        ({"model": "gpt-5.1"}, 400, "vendor"),
    ],
)
def test_a_deploy_that_cannot_be_is_refused_before_any_event(call, organisation, fields, status, hint):
    answer = call.deploy(**fields)
    assert answer.status == status
    assert hint in answer.detail
    assert organisation.endpoints == [ENDPOINT]


@pytest.mark.parametrize("name", ["", "a/b", "../x", "-x", "ä", "x" * 64, 5])
def test_a_name_that_no_path_could_hold_is_422(call, name):
    assert call.deploy(name=name).status == 422


def test_a_record_has_the_contracts_keys_in_every_status(call):
    live = call("GET", f"/v1/endpoints/{ENDPOINT}").json()
    call("POST", f"/v1/endpoints/{ENDPOINT}/stop")
    [stopped] = call("GET", "/v1/endpoints").json()
    assert set(live) == set(stopped) == RECORD
    assert (live["status"], live["url"]) == ("live", call.base_url + "/v1")
    assert (stopped["status"], stopped["url"]) == ("stopped", None)


def test_stop_and_start_are_repeatable_and_answer_with_the_status(call):
    for action, status in (("stop", "stopped"), ("stop", "stopped"), ("start", "live"), ("start", "live")):
        answer = call("POST", f"/v1/endpoints/{ENDPOINT}/{action}")
        assert answer.json() == {"id": ENDPOINT, "status": status}


def test_a_deleted_endpoint_is_gone_and_its_name_is_free(call):
    call.chat(model=ENDPOINT)
    answer = call("DELETE", f"/v1/endpoints/{ENDPOINT}")
    assert (answer.status, answer.body) == (204, b"")
    assert call("GET", f"/v1/endpoints/{ENDPOINT}").status == 404
    assert call.chat(model=ENDPOINT).status == 404
    assert call.deploy(name=ENDPOINT).status == 200
    assert call("GET", f"/v1/endpoints/{ENDPOINT}/activity").json()["requests"] == 0


def test_a_seed_endpoint_cannot_be_deleted(platform, caller):
    call = caller(platform.base_url, platform.api_key)
    answer = call("DELETE", "/v1/endpoints/ep_contract_kie")
    assert answer.status == 409
    assert "ep_contract_kie" in answer.detail
    assert call("GET", "/v1/endpoints/ep_contract_kie").status == 200


ON_ONE_ENDPOINT = [
    ("GET", ""),
    ("DELETE", ""),
    ("POST", "/start"),
    ("POST", "/stop"),
    *(("GET", f"/{metric}") for metric in ("performance", "uptime", "cost", "quality", "activity")),
]


@pytest.mark.parametrize(("method", "path"), ON_ONE_ENDPOINT)
def test_another_organisations_endpoint_is_404(platform, call, method, path):
    neighbour = platform.create_organisation(endpoints=("invoice-extraction",))
    answer = call(method, f"/v1/endpoints/{neighbour.endpoints[0]}{path}")
    assert answer.status == 404
    assert neighbour.endpoints == ["ep_invoice_extraction_1"]


@pytest.fixture
def slow_call(slow_platform, caller):
    return caller(slow_platform.base_url, slow_platform.create_organisation().api_key)


def start_deploy(call):
    """The open answer to a deploy of ``slow``, of which the first line has arrived."""
    connection, response = call.open("POST", "/v1/endpoints", {"task": "contract-key-fields", "name": "slow"})
    assert response.readline() == b"event: progress\n"
    return connection, response


def test_an_endpoint_is_starting_while_it_deploys(slow_call):
    connection, _ = start_deploy(slow_call)
    connection.close()
    assert slow_call("GET", "/v1/endpoints/slow").json()["status"] == "starting"
    assert slow_call("GET", "/v1/models").json()["data"] == []


def test_a_client_that_drops_out_of_a_deploy_still_gets_its_endpoint(caller, tmp_path):
    with LocalPlatform(state=tmp_path / "state.sqlite", deploy_seconds=60) as platform:
        connection, _ = start_deploy(caller(platform.base_url, platform.api_key))
        connection.close()
    with LocalPlatform(state=tmp_path / "state.sqlite") as platform:
        call = caller(platform.base_url, platform.api_key)
        assert call("GET", "/v1/endpoints/slow").json()["status"] == "starting"
        call("POST", "/v1/endpoints/slow/stop")
        call("POST", "/v1/endpoints/slow/start")
        assert call.chat(model="slow").status == 200


def test_an_endpoint_that_failed_answers_503_until_it_is_started(call, organisation):
    organisation.fail_endpoint(ENDPOINT, "CUDA out of memory")
    record = call("GET", f"/v1/endpoints/{ENDPOINT}").json()
    answer = call.chat(model=ENDPOINT)
    assert (record["status"], record["url"]) == ("failed", None)
    assert answer.status == 503
    assert ENDPOINT in answer.detail
    assert "CUDA out of memory" in answer.detail
    assert call("GET", "/v1/models").json()["data"] == []
    assert call("GET", f"/v1/endpoints/{ENDPOINT}/uptime").json()["availability"] == 0
    assert call("POST", f"/v1/endpoints/{ENDPOINT}/start").json()["status"] == "live"
    assert call.chat(model=ENDPOINT).status == 200


def test_starting_an_endpoint_that_failed_takes_as_long_as_a_deploy(slow_platform, caller):
    organisation = slow_platform.create_organisation(endpoints=("contract-key-fields",))
    organisation.fail_endpoint(ENDPOINT)
    call = caller(slow_platform.base_url, organisation.api_key)
    assert call("POST", f"/v1/endpoints/{ENDPOINT}/start").json()["status"] == "starting"


def test_an_endpoint_that_failed_can_be_stopped(call, organisation):
    organisation.fail_endpoint(ENDPOINT)
    assert call("POST", f"/v1/endpoints/{ENDPOINT}/stop").json()["status"] == "stopped"


def test_only_an_endpoint_that_is_there_can_fail(organisation):
    with pytest.raises(NotFound, match="absent"):
        organisation.fail_endpoint("absent")
