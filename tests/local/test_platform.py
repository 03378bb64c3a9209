from __future__ import annotations

import http.client
import socket
import sqlite3
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from pareta_openai.local import LocalPlatform, StateError, faults
from pareta_openai.local.errors import NotAcceptable


def test_the_default_organisation_has_credit_and_two_live_endpoints(caller):
    with LocalPlatform() as platform:
        call = caller(platform.base_url, platform.api_key)
        assert platform.api_key.startswith("pareta_sk_")
        assert call("GET", "/_local/organisation").json()["balance_micro_usd"] == 5_000_000
        tasks = {record["id"]: record["taskName"] for record in call("GET", "/v1/endpoints").json()}
        assert tasks == {"ep_contract_kie": "contract-key-fields", "ep_invoice_kie": "invoice-extraction"}
        assert all(call.chat(model=endpoint).status == 200 for endpoint in tasks)


def test_the_base_url_has_no_v1(platform):
    parts = urlsplit(platform.base_url)
    assert (parts.scheme, parts.hostname, parts.path) == ("http", "127.0.0.1", "")


def test_an_organisation_starts_with_what_it_was_created_with(platform):
    organisation = platform.create_organisation(balance_micro_usd=12, endpoints=("news-summaries",) * 2)
    assert organisation.balance_micro_usd == 12
    assert organisation.spent_micro_usd == 0
    assert organisation.endpoints == ["ep_news_summaries_1", "ep_news_summaries_2"]
    assert organisation.ledger() == []
    assert organisation.api_key.startswith("pareta_sk_")
    assert organisation.api_key not in repr(organisation)


def test_a_negative_balance_cannot_be_set(organisation):
    with pytest.raises(NotAcceptable, match="between"):
        organisation.set_balance(-1)


def test_stopping_leaves_no_thread_and_frees_the_port(caller):
    before = set(threading.enumerate())
    platform = LocalPlatform()
    platform.start()
    caller(platform.base_url, platform.api_key)("GET", "/v1/models")
    platform.stop()
    platform.stop()
    assert set(threading.enumerate()) <= before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", urlsplit(platform.base_url).port))


def test_a_stopped_platform_starts_again_on_the_same_port(caller):
    with LocalPlatform() as platform:
        port = urlsplit(platform.base_url).port
        idle = socket.create_connection(("127.0.0.1", port))
    with idle, LocalPlatform(port=port) as platform:
        assert urlsplit(platform.base_url).port == port
        assert caller(platform.base_url, platform.api_key)("GET", "/v1/models").status == 200


def test_stopping_ends_open_streams(caller):
    with LocalPlatform(deploy_seconds=60) as platform, ThreadPoolExecutor(1) as threads:
        call = caller(platform.base_url, platform.api_key)
        connection, response = call.open("POST", "/v1/endpoints", {"task": "invoice-extraction"})
        response.readline()
        rest = threads.submit(response.read)
        platform.stop()
        assert isinstance(rest.exception(timeout=10), (OSError, http.client.HTTPException))
        connection.close()


def test_a_platform_that_is_not_running_says_so():
    with pytest.raises(RuntimeError, match="not running"):
        LocalPlatform().create_organisation()


def test_a_port_that_is_taken_is_an_error_at_once(platform):
    with pytest.raises(OSError, match="in use"):
        LocalPlatform(port=urlsplit(platform.base_url).port).start()


def test_importing_the_package_imports_no_server(python):
    """Asked of an interpreter of its own; the parent package may import what it likes."""
    script = (
        "import pareta_openai, sys; before = set(sys.modules); import pareta_openai.local;"
        "print([name for name in set(sys.modules) - before if name in ('fastapi', 'uvicorn', 'starlette')])"
    )
    assert python(script).stdout == "[]\n"


def test_answers_are_not_held_back_by_nagles_algorithm(call):
    """Without TCP_NODELAY each of them waits 44 ms for a delayed acknowledgement."""
    connection = call.connect()
    seconds = []
    for _ in range(20):
        began = time.perf_counter()
        connection.request("GET", "/v1/models", headers={"Authorization": f"Bearer {call.api_key}"})
        connection.getresponse().read()
        seconds.append(time.perf_counter() - began)
    connection.close()
    assert statistics.median(seconds) < 0.02


def test_a_state_file_keeps_organisations_endpoints_and_balances(caller, tmp_path):
    state = tmp_path / "state.sqlite"
    with LocalPlatform(state=state) as platform:
        organisation = platform.create_organisation(balance_micro_usd=9_000, endpoints=("invoice-extraction",))
        call = caller(platform.base_url, organisation.api_key)
        assert call.chat(model="invoice-kie-1", key="once").status == 200
        before = call("GET", "/_local/organisation").json(), call("GET", "/v1/models").json()
    with LocalPlatform(state=state) as platform:
        call = caller(platform.base_url, organisation.api_key)
        assert (call("GET", "/_local/organisation").json(), call("GET", "/v1/models").json()) == before
        assert call.chat(model="invoice-kie-1", key="once").status == 200
        assert call("GET", "/_local/organisation").json() == before[0]
        assert len(caller(platform.base_url, platform.api_key)("GET", "/v1/models").json()["data"]) == 2


def test_no_key_is_stored_in_the_clear(caller, tmp_path):
    with LocalPlatform(state=tmp_path / "state.sqlite") as platform:
        organisation = platform.create_organisation(endpoints=("invoice-extraction",))
        admin = caller(platform.base_url, None)
        minted = admin("POST", f"/_local/organisations/{organisation.id}/keys").json()["api_key"]
        keys = [platform.api_key, organisation.api_key, minted]
        for key in keys:
            assert caller(platform.base_url, key).chat().status == 200
        platform.save(tmp_path / "saved.sqlite")
        written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    written += b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert organisation.id.encode() in written
    assert not any(key.encode() in written for key in keys)


def test_a_newer_state_file_is_refused_and_left_alone(tmp_path):
    state = tmp_path / "state.sqlite"
    with LocalPlatform(state=state):
        pass
    connection = sqlite3.connect(state)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = state.read_bytes()
    with pytest.raises(StateError, match=r"newer pareta-openai .*99"):
        LocalPlatform(state=state).start()
    assert state.read_bytes() == before


def test_another_programs_database_is_refused(tmp_path):
    state = tmp_path / "theirs.sqlite"
    connection = sqlite3.connect(state)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    with pytest.raises(StateError, match="another program"):
        LocalPlatform(state=state).start()


def test_a_file_that_is_no_database_is_refused(tmp_path):
    state = tmp_path / "notes.txt"
    state.write_text("not a database, and long enough to have no SQLite header in it" * 20)
    with pytest.raises(StateError, match="not a state file"):
        LocalPlatform(state=state).start()


def test_a_state_file_in_a_directory_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(StateError, match="nowhere"):
        LocalPlatform(state=tmp_path / "nowhere" / "state.sqlite").start()


def test_a_reset_platform_is_as_new_at_the_same_address(caller):
    with LocalPlatform() as platform:
        before = platform.base_url
        other = platform.create_organisation(endpoints=("news-summaries",))
        call = caller(platform.base_url, platform.api_key)
        assert call.upload([{"input": "x", "expected": "y"}]).status == 201
        assert call.run(call("GET", "/v1/eval-sets").json()["eval_sets"][0]["id"], "contract-kie-1").status == 202
        call.chat(key="once")
        call("POST", "/v1/endpoints/ep_invoice_kie/stop")
        platform.clock.advance(days=1)
        platform.organisation.add_fault(faults.status(500))
        platform.reply("scripted")
        platform.reset()
        assert platform.base_url == before
        assert platform.clock.ahead == 0
        assert (platform.organisation.balance_micro_usd, platform.organisation.ledger()) == (5_000_000, [])
        assert platform.organisation.faults == []
        assert call("GET", "/v1/eval-sets").json() == {"eval_sets": []}
        assert [endpoint["status"] for endpoint in call("GET", "/v1/endpoints").json()] == ["live", "live"]
        assert "No model" in call.chat(key="once").json()["choices"][0]["message"]["content"]
        assert len(platform.organisation.ledger()) == 1
        assert caller(platform.base_url, other.api_key)("GET", "/v1/models").status == 401


@pytest.mark.parametrize(
    ("endpoints", "ids"),
    [(["news-summaries"], ["ep_news_summaries_1"]), ({"mine": "news-summaries"}, ["mine"]), ([], [])],
)
def test_a_reset_platform_has_what_it_is_told(endpoints, ids):
    with LocalPlatform() as platform:
        platform.reset(balance_micro_usd=7, endpoints=endpoints)
        assert (platform.organisation.balance_micro_usd, platform.organisation.endpoints) == (7, ids)


def test_a_saved_state_is_served_by_another_platform(caller, tmp_path):
    file = tmp_path / "saved.sqlite"
    with LocalPlatform() as platform:
        caller(platform.base_url, platform.api_key).chat()
        platform.clock.advance(days=1)
        platform.save(file)
        ledger = platform.organisation.ledger()
    with LocalPlatform(state=file) as platform:
        assert platform.organisation.ledger() == ledger
        assert platform.clock.ahead == 86_400
        assert caller(platform.base_url, platform.api_key).chat().status == 200


def test_a_state_is_not_saved_over_another_file(tmp_path):
    (tmp_path / "mine").write_text("mine")
    with LocalPlatform() as platform:
        with pytest.raises(StateError, match="is there already"):
            platform.save(tmp_path / "mine")
        with pytest.raises(StateError, match="nowhere"):
            platform.save(tmp_path / "nowhere" / "saved")
    assert (tmp_path / "mine").read_text() == "mine"


def test_what_was_under_way_when_it_was_reset_is_not_billed(caller, caplog):
    with LocalPlatform(eval_seconds=60) as platform:
        call = caller(platform.base_url, platform.api_key)
        eval_set = call.upload([{"input": "x", "expected": "y"}]).json()["eval_set"]["id"]
        run = call.run(eval_set, "contract-kie-1").json()["run_id"]
        platform.reset()
        platform.clock.advance(minutes=2)
        assert call("GET", f"/v1/eval-runs/{run}").status == 404
        assert platform.organisation.ledger() == []
    assert caplog.records == []
