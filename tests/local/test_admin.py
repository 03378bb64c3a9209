"""The admin routes, as the platform's owner uses them."""

from __future__ import annotations

import pytest

from pareta_openai.local import LocalPlatform

ENDPOINT = "ep_contract_key_fields_1"


@pytest.fixture
def admin(platform, caller):
    """Without any key."""
    return caller(platform.base_url, None)


@pytest.fixture
def home(organisation):
    """Where the admin routes of `organisation` begin."""
    return f"/_local/organisations/{organisation.id}"


def test_every_organisation_is_listed_with_its_books_and_keys(admin, call, organisation):
    call.chat(model=ENDPOINT)
    [listed] = [one for one in admin("GET", "/_local/organisations").json() if one["id"] == organisation.id]
    [key] = listed.pop("keys")
    assert listed == {
        "id": organisation.id,
        "balance_micro_usd": 5_000_000 - 820,
        "spent_micro_usd": 820,
        "topped_up_micro_usd": 5_000_000,
    }
    assert key["last_four"] == organisation.api_key[-4:]
    assert set(key) == {"id", "last_four", "created_at"}


def test_an_organisation_that_is_made_can_call_with_its_key(admin, platform, caller):
    answer = admin("POST", "/_local/organisations", {"balance_micro_usd": 1_000, "endpoints": ["contract-key-fields"]})
    made = answer.json()
    assert answer.status == 201
    assert set(made) == {"id", "api_key"}
    assert caller(platform.base_url, made["api_key"]).chat(model=ENDPOINT).status == 200
    assert admin("GET", f"/_local/organisations/{made['id']}").json()["balance_micro_usd"] == 1_000 - 820


def test_an_organisation_starts_with_five_dollars_where_nothing_is_said(admin):
    made = admin("POST", "/_local/organisations").json()
    assert admin("GET", f"/_local/organisations/{made['id']}").json()["balance_micro_usd"] == 5_000_000


@pytest.mark.parametrize(
    ("body", "status", "hint"),
    [
        ({"balance_micro_usd": -1}, 400, "between 0"),
        ({"endpoints": ["no-such-task"]}, 404, "no-such-task"),
        ({"balance": 1}, 422, "balance"),
    ],
)
def test_an_organisation_that_cannot_be_is_refused_whole(admin, body, status, hint):
    before = admin("GET", "/_local/organisations").json()
    answer = admin("POST", "/_local/organisations", body)
    assert answer.status == status
    assert hint in str(answer.detail)
    assert admin("GET", "/_local/organisations").json() == before


def test_each_key_of_an_organisation_opens_it_until_it_is_revoked(admin, platform, caller, organisation, home):
    minted = [admin("POST", f"{home}/keys").json() for _ in range(2)]
    keys = [organisation.api_key, *(key["api_key"] for key in minted)]
    callers = [caller(platform.base_url, key) for key in keys]
    assert len(set(keys)) == 3
    assert [call.chat(model=ENDPOINT).status for call in callers] == [200, 200, 200]
    assert admin("DELETE", f"{home}/keys/{minted[0]['id']}").status == 204
    assert [call.chat(model=ENDPOINT).status for call in callers] == [200, 401, 200]
    listed = admin("GET", home).json()["keys"]
    assert [key["last_four"] for key in listed] == [keys[0][-4:], keys[2][-4:]]
    assert len(organisation.ledger()) == 5


def test_the_last_key_can_be_revoked_and_a_new_one_minted(admin, platform, caller, call, home):
    [key] = admin("GET", home).json()["keys"]
    admin("DELETE", f"{home}/keys/{key['id']}")
    assert call("GET", "/v1/models").status == 401
    api_key = admin("POST", f"{home}/keys").json()["api_key"]
    assert caller(platform.base_url, api_key)("GET", "/v1/models").status == 200


def test_a_key_is_shown_once(admin, home):
    api_key = admin("POST", f"{home}/keys").json()["api_key"]
    shown = admin("GET", home).body + admin("GET", "/_local/organisations").body
    assert api_key.encode() not in shown


def test_another_organisations_key_cannot_be_revoked(admin, platform, home):
    neighbour = platform.create_organisation()
    [key] = admin("GET", f"/_local/organisations/{neighbour.id}").json()["keys"]
    assert admin("DELETE", f"{home}/keys/{key['id']}").status == 404
    assert len(admin("GET", f"/_local/organisations/{neighbour.id}").json()["keys"]) == 1


def test_a_top_up_lets_an_organisation_that_ran_out_call_again(admin, call, organisation, home):
    organisation.set_balance(1)
    assert [call.chat(model=ENDPOINT).status for _ in range(2)] == [200, 402]
    topped_up = admin("POST", f"{home}/top-ups", {"micro_usd": 10_000}).json()
    assert topped_up["balance_micro_usd"] == 1 - 820 + 10_000
    assert topped_up["balance_micro_usd"] + topped_up["spent_micro_usd"] == topped_up["topped_up_micro_usd"]
    assert call.chat(model=ENDPOINT).status == 200


def test_a_repeated_top_up_is_booked_once(admin, organisation, home):
    for _ in range(2):
        admin("POST", f"{home}/top-ups", {"micro_usd": 5}, {"Idempotency-Key": "card-1"})
    assert organisation.balance_micro_usd == 5_000_005


@pytest.mark.parametrize("micro_usd", [0, -1, 10**16])
def test_a_top_up_out_of_range_is_refused(admin, organisation, home, micro_usd):
    assert admin("POST", f"{home}/top-ups", {"micro_usd": micro_usd}).status == 400
    assert organisation.balance_micro_usd == 5_000_000


def test_the_ledger_is_read_in_pages(admin, call, organisation, home):
    for number in range(5):
        call.chat(model=ENDPOINT, key=f"call-{number}")
    read, after = [], 0
    while page := admin("GET", f"{home}/ledger?limit=2&after={after}").json():
        assert len(page) <= 2
        after = page[-1]["number"]
        read += page
    assert read == [vars(debit) for debit in organisation.ledger()]
    assert [debit["idempotency_key"] for debit in read] == [f"call-{number}" for number in range(5)]


def test_endpoints_are_deployed_and_driven(admin, call, home):
    deployed = admin("POST", f"{home}/endpoints", {"task": "news-summaries", "name": "mine"})
    assert deployed.status == 201
    assert (deployed.json()["status"], deployed.json()["task"]) == ("live", "news-summaries")
    assert [endpoint["id"] for endpoint in admin("GET", f"{home}/endpoints").json()] == [ENDPOINT, "mine"]
    actions = (("stop", "stopped", 503), ("start", "live", 200), ("cool", "cold", 503), ("fail", "failed", 503))
    for action, status, answered in actions:
        assert admin("POST", f"{home}/endpoints/mine/{action}").json()["status"] == status
        assert call.chat(model="mine").status == answered


def test_an_endpoint_fails_with_what_is_said(admin, call, home):
    failed = admin("POST", f"{home}/endpoints/{ENDPOINT}/fail", {"message": "CUDA out of memory"}).json()
    assert failed["failure"] == "CUDA out of memory"
    assert "CUDA out of memory" in call.chat(model=ENDPOINT).detail


def test_eval_runs_are_listed_with_their_results(admin, call, home):
    eval_set = call.upload([{"input": "a", "expected": {"b": "c"}}]).json()["eval_set"]["id"]
    runs = [call.run(eval_set, "contract-kie-1").json()["run_id"] for _ in range(2)]
    listed = admin("GET", f"{home}/eval-runs").json()
    assert [run["run"]["id"] for run in listed] == runs
    assert listed == [call("GET", f"/v1/eval-runs/{run}").json() for run in runs]


def test_faults_are_armed_for_one_organisation(admin, platform, caller, call, home):
    neighbour = platform.create_organisation()
    assert admin("POST", f"{home}/faults", {"fault": "html"}).status == 201
    assert admin("GET", f"{home}/faults").json() == call("GET", "/_local/faults").json()
    assert caller(platform.base_url, neighbour.api_key)("GET", "/v1/models").status == 200
    assert call("GET", "/v1/models").status == 502
    admin("POST", f"{home}/faults", {"fault": "html", "times": None})
    assert admin("DELETE", f"{home}/faults").status == 204
    assert call("GET", "/v1/models").status == 200


def test_one_fault_of_several_is_disarmed(admin, call, home):
    faults = [admin("POST", f"{home}/faults", {"fault": "status", "code": code}).json() for code in (500, 503)]
    assert admin("DELETE", f"{home}/faults/{faults[0]['number']}").status == 204
    assert admin("GET", f"{home}/faults").json() == {"faults": faults[1:]}
    assert admin("DELETE", f"{home}/faults/{faults[0]['number']}").status == 404
    assert admin("DELETE", f"{home}/faults/{faults[1]['number']}").status == 204
    assert call("GET", "/v1/models").status == 200


def test_the_clock_is_read_and_moved(caller):
    with LocalPlatform() as platform:
        admin = caller(platform.base_url, None)
        before = admin("GET", "/_local/clock").json()
        moved = admin("POST", "/_local/clock", {"advance_seconds": 600}).json()
        assert (before["ahead_seconds"], moved["ahead_seconds"]) == (0, 600)
        assert moved["now"] >= before["now"] + 600
        assert platform.clock.ahead == 600
        assert admin("POST", "/_local/clock", {"advance_seconds": -1}).status == 422


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("POST", "/keys"),
        ("DELETE", "/keys/x"),
        ("POST", "/top-ups"),
        ("GET", "/ledger"),
        ("GET", "/endpoints"),
        ("POST", "/endpoints"),
        ("POST", "/endpoints/x/start"),
        ("GET", "/eval-runs"),
        ("GET", "/faults"),
        ("POST", "/faults"),
        ("DELETE", "/faults"),
        ("DELETE", "/faults/1"),
    ],
)
def test_an_organisation_that_is_not_there_is_404(admin, method, path):
    body = {"micro_usd": 1, "task": "news-summaries", "fault": "html"} if method == "POST" else None
    if path == "/endpoints" and body is not None:
        body = {"task": "news-summaries"}
    answer = admin(method, f"/_local/organisations/org_absent{path}", body)
    assert answer.status == 404
    assert "org_absent" in answer.detail


def test_an_endpoint_can_be_given_a_life_of_its_own(admin, call, home):
    body = {"task": "news-summaries", "name": "mine", "deploy_polls": 1, "idle_seconds": 60}
    record = admin("POST", f"{home}/endpoints", body).json()
    assert (record["status"], record["stage"]) == ("starting", "provisioning-gpu")
    assert record["idle_at"] == record["created_at"] + 60
    assert [call("GET", "/v1/endpoints/mine").json()["status"] for _ in range(2)] == ["starting", "live"]
    refused = admin("POST", f"{home}/endpoints", {"task": "news-summaries", "deploy_seconds": -1})
    assert refused.status == 400
    assert "deploy_seconds" in refused.detail


@pytest.mark.parametrize("action", ["start", "stop", "cool", "fail"])
def test_an_endpoint_that_is_not_there_is_404(admin, home, action):
    answer = admin("POST", f"{home}/endpoints/absent/{action}")
    assert answer.status == 404
    assert "absent" in answer.detail
