"""How endpoints become live, by the clock or by being looked at, and how they cease to be."""

from __future__ import annotations

import http.client
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from pareta_openai.local import LocalPlatform, faults
from pareta_openai.local.errors import NotAcceptable, NotFound

ENDPOINT = "ep_contract_key_fields_1"
TASK = "contract-key-fields"
MINUTE = 60


@pytest.fixture
def start(caller):
    """Starts a platform, and returns it with an organisation that has one live endpoint, and a call to that."""
    running = []

    def start(**arguments):
        platform = LocalPlatform(**arguments)
        platform.start()
        running.append(platform)
        organisation = platform.create_organisation(endpoints=(TASK,))
        return platform, organisation, caller(platform.base_url, organisation.api_key)

    yield start
    for platform in running:
        platform.stop()


def status_of(call, endpoint=ENDPOINT):
    return call("GET", f"/v1/endpoints/{endpoint}").json()["status"]


def admin_record(caller, platform, organisation, endpoint):
    """As the platform's owner sees it, which is no look."""
    records = caller(platform.base_url, None)("GET", f"/_local/organisations/{organisation.id}/endpoints").json()
    [record] = [record for record in records if record["id"] == endpoint]
    return record


LOOKS = {
    "its record": lambda call: status_of(call, "slow"),
    "the list of endpoints": lambda call: {e["id"]: e["status"] for e in call("GET", "/v1/endpoints").json()}["slow"],
    "the list of models": lambda call: (
        "live" if "slow" in [model["id"] for model in call("GET", "/v1/models").json()["data"]] else "starting"
    ),
    "a call": lambda call: {200: "live", 503: "starting"}[call.chat(model="slow").status],
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_an_endpoint_is_found_starting_so_many_times_and_then_live(start, look):
    _, organisation, call = start(deploy_polls=3)
    organisation.deploy(TASK, name="slow")
    assert [look(call) for _ in range(5)] == ["starting"] * 3 + ["live"] * 2


def test_each_start_takes_its_polls_anew(start):
    _, _, call = start(deploy_polls=1)
    assert status_of(call) == "live"
    for _ in range(2):
        call("POST", f"/v1/endpoints/{ENDPOINT}/stop")
        call("POST", f"/v1/endpoints/{ENDPOINT}/start")
        assert [status_of(call) for _ in range(2)] == ["starting", "live"]


def test_the_owners_look_is_none(start, caller):
    platform, organisation, call = start(deploy_polls=2)
    organisation.deploy(TASK, name="slow")
    for _ in range(5):
        assert admin_record(caller, platform, organisation, "slow")["status"] == "starting"
    assert [status_of(call, "slow") for _ in range(3)] == ["starting", "starting", "live"]


def test_a_deploy_that_is_watched_counts_its_own_looks(start):
    _, _, call = start(deploy_polls=7)
    *progress, (last, complete) = call.deploy().events()
    assert [data["stage"] for _, data in progress] == ["provisioning-gpu"] + ["pulling-weights"] * 3 + ["warming-up"]
    assert (last, complete["endpoint"]["status"]) == ("complete", "live")


def test_a_deploy_that_nobody_watches_any_more_waits_for_other_looks(start):
    _, organisation, call = start(deploy_polls=10)
    organisation.add_fault(faults.drop(at_event="pulling-weights"), on="deployEndpoint")
    with pytest.raises(http.client.IncompleteRead):
        call.deploy(name="cut")
    seen = []
    while "live" not in seen:
        seen.append(status_of(call, "cut"))
    assert 1 < len(seen) <= 10


def test_seconds_and_polls_are_both_waited_for(start):
    platform, organisation, call = start(deploy_seconds=MINUTE, deploy_polls=1)
    organisation.deploy(TASK, name="slow")
    assert [status_of(call, "slow") for _ in range(3)] == ["starting"] * 3
    platform.clock.advance(minutes=1)
    assert status_of(call, "slow") == "live"
    organisation.deploy(TASK, name="slower")
    platform.clock.advance(minutes=1)
    assert [status_of(call, "slower") for _ in range(2)] == ["starting", "live"]


def test_an_endpoint_can_have_a_way_of_its_own(start):
    platform, organisation, call = start(deploy_seconds=MINUTE)
    organisation.deploy(TASK, name="quick", deploy_seconds=0)
    organisation.deploy(TASK, name="polled", deploy_seconds=0, deploy_polls=1)
    organisation.deploy(TASK, name="slow", deploy_seconds=10 * MINUTE)
    organisation.deploy(TASK, name="usual")
    names = ("quick", "polled", "slow", "usual")
    assert [status_of(call, name) for name in names] == ["live", "starting", "starting", "starting"]
    platform.clock.advance(minutes=1)
    assert [status_of(call, name) for name in names] == ["live", "live", "starting", "live"]
    platform.clock.advance(minutes=9)
    assert status_of(call, "slow") == "live"


def test_an_endpoints_own_way_is_also_that_of_its_later_starts(start):
    platform, organisation, call = start()
    organisation.deploy(TASK, name="slow", deploy_seconds=MINUTE)
    platform.clock.advance(minutes=1)
    call("POST", "/v1/endpoints/slow/stop")
    assert call("POST", "/v1/endpoints/slow/start").json()["status"] == "starting"


def test_the_owner_sees_the_stage_that_a_start_has_come_to(start, caller):
    platform, organisation, _ = start(deploy_seconds=100)
    organisation.deploy(TASK, name="slow")
    stages = []
    for _ in range(6):
        record = admin_record(caller, platform, organisation, "slow")
        stages.append((record["status"], record["stage"]))
        platform.clock.advance(seconds=20)
    assert stages == [
        ("starting", "provisioning-gpu"),
        *[("starting", "pulling-weights")] * 3,
        ("starting", "warming-up"),
        ("live", None),
    ]


def test_an_endpoint_that_is_not_called_for_long_goes_cold(start):
    platform, _, call = start(idle_seconds=10 * MINUTE)
    platform.clock.advance(minutes=9)
    assert call.chat(model=ENDPOINT).status == 200
    platform.clock.advance(minutes=9)
    assert status_of(call) == "live"
    platform.clock.advance(minutes=1)
    assert status_of(call) == "cold"
    assert call("GET", "/v1/models").json()["data"] == []


def test_an_endpoint_of_its_own_way_goes_cold_when_it_says(start):
    platform, organisation, call = start()
    organisation.deploy(TASK, name="sleepy", idle_seconds=MINUTE)
    platform.clock.advance(days=3)
    assert (status_of(call, "sleepy"), status_of(call)) == ("cold", "live")


def test_a_call_to_a_cold_endpoint_is_refused_and_starts_it(start):
    platform, organisation, call = start(deploy_seconds=90)
    organisation.cool_endpoint(ENDPOINT)
    answer = call.chat(model=ENDPOINT)
    assert answer.status == 503
    assert "cold" in answer.detail
    assert "started it" in answer.detail
    assert 85 <= int(answer.headers["Retry-After"]) <= 90
    assert status_of(call) == "starting"
    platform.clock.advance(seconds=90)
    assert call.chat(model=ENDPOINT).status == 200
    assert len(organisation.ledger()) == 1


def test_a_cold_start_that_takes_no_time_still_refuses_the_call_that_met_it(start):
    _, organisation, call = start()
    organisation.cool_endpoint(ENDPOINT)
    assert [call.chat(model=ENDPOINT).status for _ in range(2)] == [503, 200]


def test_an_endpoint_that_was_woken_idles_from_when_it_is_live(start):
    platform, _, call = start(deploy_seconds=MINUTE, idle_seconds=5 * MINUTE)
    platform.clock.advance(minutes=5)
    assert call.chat(model=ENDPOINT).status == 503
    platform.clock.advance(minutes=5)
    assert status_of(call) == "live"
    platform.clock.advance(minutes=1)
    assert status_of(call) == "cold"


@pytest.mark.parametrize("action", ["start", "stop"])
def test_a_cold_endpoint_can_be_started_and_stopped(start, action):
    _, organisation, call = start()
    organisation.cool_endpoint(ENDPOINT)
    status = {"start": "live", "stop": "stopped"}[action]
    assert call("POST", f"/v1/endpoints/{ENDPOINT}/{action}").json()["status"] == status


def test_a_call_to_a_stopped_endpoint_does_not_start_it(start):
    _, _, call = start()
    call("POST", f"/v1/endpoints/{ENDPOINT}/stop")
    assert [call.chat(model=ENDPOINT).status for _ in range(2)] == [503, 503]
    assert status_of(call) == "stopped"


def test_a_cold_endpoint_is_no_candidate_and_is_started_by_being_one(start):
    _, organisation, call = start()
    eval_set = call.upload([{"input": "a", "expected": {"b": "c"}}]).json()["eval_set"]["id"]
    organisation.cool_endpoint(ENDPOINT)
    assert [call.run(eval_set, ENDPOINT).status for _ in range(2)] == [503, 202]


@pytest.mark.parametrize(
    ("do", "says"),
    [
        (lambda call, _: call("DELETE", "/v1/endpoints/slow"), "deleted"),
        (lambda call, _: call("POST", "/v1/endpoints/slow/stop"), "stopped"),
        (lambda _, organisation: organisation.cool_endpoint("slow"), "cold"),
        (lambda _, organisation: organisation.fail_endpoint("slow", "GPU pool exhausted"), "GPU pool exhausted"),
    ],
    ids=["deleted", "stopped", "cooled", "failed"],
)
def test_a_deploy_stream_ends_at_once_when_the_endpoint_will_not_be_live(start, do, says):
    _, organisation, call = start(deploy_seconds=60 * MINUTE)
    connection, response = call.open("POST", "/v1/endpoints", {"task": TASK, "name": "slow"})
    assert response.readline() == b"event: progress\n"
    do(call, organisation)
    *_, event, data = response.read().decode().rstrip().split("\n")
    connection.close()
    assert event == "event: error"
    assert says in json.loads(data.removeprefix("data: "))["message"]


@pytest.mark.parametrize("endpoints", [{}, {"slow": TASK}], ids=["gone", "another of its name"])
def test_a_deploy_stream_does_not_outlive_a_reset(caller, endpoints):
    with LocalPlatform(deploy_seconds=60 * MINUTE) as platform:
        call = caller(platform.base_url, platform.api_key)
        connection, response = call.open("POST", "/v1/endpoints", {"task": TASK, "name": "slow"})
        assert response.readline() == b"event: progress\n"
        platform.reset(endpoints=endpoints)
        *_, event, data = response.read().decode().rstrip().split("\n")
        connection.close()
    assert event == "event: error"
    assert "deleted" in json.loads(data.removeprefix("data: "))["message"]


def test_the_stages_of_a_deploy_come_when_the_clock_reaches_them(start):
    platform, _, call = start(deploy_seconds=100)
    connection, response = call.open("POST", "/v1/endpoints", {"task": TASK})
    with ThreadPoolExecutor(1) as threads:

        def next_event():
            lines = [response.readline().decode().rstrip() for _ in range(3)]
            return json.loads(lines[1].removeprefix("data: ")).get("stage")

        stages = [next_event()]
        for _ in range(4):
            waiting = threads.submit(next_event)
            platform.clock.advance(seconds=20)
            stages.append(waiting.result(timeout=30))
        platform.clock.advance(seconds=20)
        assert stages == ["provisioning-gpu"] + ["pulling-weights"] * 3 + ["warming-up"]
        assert response.readline() == b"event: complete\n"
    connection.close()


@pytest.mark.parametrize(
    "arguments", [{"deploy_seconds": -1}, {"deploy_polls": -1}, {"idle_seconds": 0}, {"idle_seconds": float("nan")}]
)
def test_a_life_that_cannot_be_is_refused(organisation, arguments):
    [name] = arguments
    with pytest.raises(NotAcceptable, match=name):
        LocalPlatform(**arguments)
    with pytest.raises(NotAcceptable, match=name):
        organisation.deploy(TASK, **arguments)


def test_only_an_endpoint_that_is_there_can_be_cooled(organisation):
    with pytest.raises(NotFound, match="absent"):
        organisation.cool_endpoint("absent")


def test_a_state_file_keeps_where_each_endpoint_is_in_its_life(caller, tmp_path):
    state = tmp_path / "state.sqlite"
    with LocalPlatform(state=state, deploy_polls=2) as platform:
        organisation = platform.create_organisation(endpoints=(TASK,) * 2)
        cold, stopped = organisation.endpoints
        starting = organisation.deploy(TASK, deploy_polls=3)
        organisation.cool_endpoint(cold)
        call = caller(platform.base_url, organisation.api_key)
        call("POST", f"/v1/endpoints/{stopped}/stop")
        assert status_of(call, starting) == "starting"
    with LocalPlatform(state=state) as platform:
        call = caller(platform.base_url, organisation.api_key)
        assert [status_of(call, endpoint) for endpoint in (cold, stopped)] == ["cold", "stopped"]
        assert [status_of(call, starting) for _ in range(3)] == ["starting", "starting", "live"]
