"""``pareta-openai local``, as a process of its own."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

MAIN = "from pareta_openai.cli import main; main()"


@pytest.fixture
def run(environment):
    """Starts ``pareta-openai local`` and returns the process and the two lines it printed."""
    processes = []

    def start(*arguments, **variables):
        process = subprocess.Popen(
            [sys.executable, "-c", MAIN, "local", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**environment, **variables},
        )
        processes.append(process)
        return process, [process.stdout.readline().rstrip("\n") for _ in range(2)]

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_two_lines_to_paste_and_ends_quietly(run, caller, name):
    process, (url, key) = run()
    assert re.fullmatch(r"export PARETA_BASE_URL=http://127\.0\.0\.1:\d+", url)
    assert re.fullmatch(r"export PARETA_API_KEY=pareta_sk_\w+", key)
    assert caller(url.partition("=")[2], key.partition("=")[2]).chat(model="ep_invoice_kie").status == 200
    process.send_signal(name)
    rest, words = process.communicate(timeout=30)
    assert process.returncode == 0
    assert rest == ""
    assert "No model" in words
    assert "/docs" in words
    assert "Ctrl-C" in words
    assert "Traceback" not in words


def test_a_platform_that_was_killed_keeps_what_it_booked(run, caller, tmp_path):
    state = str(tmp_path / "state.sqlite")
    process, (url, key) = run("--state", state)
    call = caller(url.partition("=")[2], key.partition("=")[2])
    for number in range(25):
        assert call.chat(model="ep_contract_kie", key=f"call-{number}").status == 200
    before = call("GET", "/_local/organisation").json()
    process.kill()
    process.wait()

    _, (url, same_key) = run("--state", state)
    assert same_key == key
    call = caller(url.partition("=")[2], key.partition("=")[2])
    assert call("GET", "/_local/organisation").json() == before
    assert before["spent_micro_usd"] == 25 * 820
    call.chat(model="ep_contract_kie", key="call-0")
    assert call("GET", "/_local/organisation").json() == before


def test_deploy_seconds_reach_the_platform(run, caller):
    _, (url, key) = run("--deploy-seconds", "60")
    call = caller(url.partition("=")[2], key.partition("=")[2])
    call("POST", "/v1/endpoints/ep_invoice_kie/stop")
    assert call("POST", "/v1/endpoints/ep_invoice_kie/start").json()["status"] == "starting"


def test_eval_seconds_reach_the_platform(run, caller):
    _, (url, key) = run("--eval-seconds", "60")
    call = caller(url.partition("=")[2], key.partition("=")[2])
    eval_set = call.upload([{"input": "a", "expected": {"b": "c"}}]).json()["eval_set"]["id"]
    started = call.run(eval_set, "contract-kie-1").json()
    run_path = f"/v1/eval-runs/{started['run_id']}"
    assert call("GET", run_path).json()["run"]["status"] in ("queued", "running", "evaluating")


def test_inference_goes_to_the_upstream_with_its_key_from_the_environment(run, caller, script):
    process, (url, key) = run(
        *("--upstream", script.base_url, "--upstream-model", "contract-kie-1=Qwen/Qwen3-8B"),
        *("--upstream-model", "*=llama=3"),
        PARETA_UPSTREAM_API_KEY="upstream-key-0123456789",
    )
    call = caller(url.partition("=")[2], key.partition("=")[2])
    for endpoint in ("ep_contract_kie", "ep_invoice_kie"):
        assert call.chat(model=endpoint).json()["choices"][0]["message"]["content"] == "Hello"
    assert [received.json["model"] for received in script.received] == ["Qwen/Qwen3-8B", "llama=3"]
    assert {received.headers["authorization"] for received in script.received} == {"Bearer upstream-key-0123456789"}
    process.send_signal(signal.SIGINT)
    rest, words = process.communicate(timeout=30)
    assert script.base_url in words
    assert "upstream-key" not in rest + words


def test_what_was_recorded_can_be_replayed(run, caller, script, tmp_path):
    file = str(tmp_path / "recording.jsonl")
    answers = []
    for arguments in (("--upstream", script.base_url, "--record", file), ("--replay", file)):
        process, (url, key) = run(*arguments, PARETA_UPSTREAM_API_KEY="upstream-key-0123456789")
        answers.append(caller(url.partition("=")[2], key.partition("=")[2]).chat(model="ep_invoice_kie").json())
        process.send_signal(signal.SIGINT)
        _, words = process.communicate(timeout=30)
    assert answers[0] == answers[1]
    assert len(script.received) == 1
    assert "recorded" in words
    assert b"upstream-key" not in (tmp_path / "recording.jsonl").read_bytes()


def test_a_recording_that_cannot_be_used_is_one_clear_line(run, tmp_path):
    process, _ = run("--replay", str(tmp_path / "nowhere.jsonl"))
    _, words = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "nowhere.jsonl" in words
    assert words.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("--upstream", "nowhere"), "URL"),
        (("--upstream-model", "a=b"), "--upstream"),
        (("--upstream", "http://127.0.0.1:1", "--upstream-model", "a"), "ALIAS=MODEL"),
        (("--upstream", "http://127.0.0.1:1", "--upstream-model", "=a"), "ALIAS=MODEL"),
        (("--record", "file"), "upstream"),
        (("--upstream", "http://127.0.0.1:1", "--replay", "file"), "not both"),
    ],
)
def test_an_upstream_that_makes_no_sense_is_refused(run, arguments, hint):
    process, _ = run(*arguments)
    _, words = process.communicate(timeout=30)
    assert process.returncode == 2
    assert hint in words
    assert "Traceback" not in words


def test_a_port_that_is_taken_is_one_clear_line(run, platform):
    port = str(urlsplit(platform.base_url).port)
    process, lines = run("--port", port)
    _, words = process.communicate(timeout=30)
    assert process.returncode == 1
    assert lines == ["", ""]
    assert port in words
    assert words.count("\n") == 1


def test_it_listens_elsewhere_only_with_an_admin_token(run, caller):
    process, lines = run("--host", "0.0.0.0")
    _, words = process.communicate(timeout=30)
    assert process.returncode == 2
    assert lines == ["", ""]
    assert "admin_token" in words
    assert words.count("\n") == 1

    token = "a-token-of-the-tests"
    _, (url, key) = run("--host", "0.0.0.0", "--admin-token", token, "--allow-host", "pareta")
    call = caller(url.partition("=")[2], key.partition("=")[2])
    assert call("GET", "/v1/models", headers={"Host": "pareta"}).status == 200
    assert call("GET", "/_local/clock").status == 401
    assert call("GET", "/_local/clock", headers={"Authorization": f"Bearer {token}"}).status == 200


def test_a_state_file_that_cannot_be_used_is_one_clear_line(run, tmp_path):
    (tmp_path / "notes.txt").write_text("no database" * 100)
    process, _ = run("--state", str(tmp_path / "notes.txt"))
    _, words = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "not a state file" in words
    assert words.count("\n") == 1


def test_importing_the_command_line_imports_nothing_heavy(python):
    """Of what `pareta_openai.cli` itself adds: the parent package may import what it likes."""
    script = (
        "import pareta_openai, sys; before = set(sys.modules); import pareta_openai.cli;"
        "print([name for name in set(sys.modules) - before if name in"
        " ('openai', 'pydantic', 'fastapi', 'uvicorn', 'typer', 'rich')])"
    )
    assert python(script).stdout == "[]\n"


@pytest.mark.parametrize("arguments", [["--help"], ["local", "--help"]])
def test_help_imports_neither_openai_nor_pydantic(python, arguments):
    script = (
        f"import atexit, sys; sys.argv = ['pareta-openai', *{arguments}];"
        "atexit.register(lambda: print(sorted({'openai', 'pydantic', 'fastapi'} & set(sys.modules))));" + MAIN
    )
    shown, _, imported = python(script).stdout.rstrip("\n").rpartition("\n")
    assert shown.startswith(f"Usage: {' '.join(['pareta-openai', *arguments[:-1]])} [OPTIONS]")
    assert imported == "[]"


@pytest.mark.parametrize(
    ("missing", "extra"),
    [
        ("typer", "cli"),
        ("rich", "cli"),
        ("fastapi", "local"),
        ("uvicorn", "local"),
        ("python_multipart", "local"),
        ("httpx", "local"),
    ],
)
def test_a_missing_extra_is_named(python, missing, extra):
    arguments = ["pareta-openai", "local", *(["--upstream", "http://127.0.0.1:1"] if missing == "httpx" else [])]
    blocked = f"import sys; sys.modules['{missing}'] = None; sys.argv = {arguments}; {MAIN}"
    result = python(blocked)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert f"pip install 'pareta-openai[{extra}]'" in result.stderr


def test_a_generation_of_the_platform_can_be_chosen(run, caller):
    _, (url, key) = run("--platform", "3.0")
    call = caller(url.partition("=")[2], key.partition("=")[2])
    assert call("GET", "/v1/endpoints").status == 404
    assert call("POST", "/v1/embeddings", {"input": "one"}).status == 200


def test_a_generation_that_there_is_not_is_refused(run):
    process, _ = run("--platform", "2.0")
    _, words = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "--platform" in words
    assert "Traceback" not in words
