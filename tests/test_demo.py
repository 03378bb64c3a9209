"""`make demo`: what it shows is true, and it leaves nothing behind."""

from __future__ import annotations

import difflib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from examples.demo import PROGRAM, change_import
from pareta_openai.local import LocalPlatform

ROOT = Path(__file__).parent.parent
DEMO = [sys.executable, str(ROOT / "examples" / "demo.py")]


def start_demo(**options: Any) -> subprocess.Popen[str]:
    # What runs in a shell's background ignores Ctrl-C, and so does all that it starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        # A session of its own, so that what it leaves behind can be found by it.
        return subprocess.Popen(
            DEMO, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True, **options
        )
    finally:
        signal.signal(signal.SIGINT, before)


def processes_of_session(session: int) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            command = (entry / "cmdline").read_text()
            if int(fields[3]) == session and command:  # one that has ended has none
                found.append(command)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def test_the_program_differs_from_its_openai_original_in_exactly_one_line() -> None:
    before = PROGRAM.read_text(encoding="utf-8")
    after = change_import(before)
    changes = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]
    assert changes == ["- from openai import AsyncOpenAI, OpenAI", "+ from pareta_openai import AsyncOpenAI, OpenAI"]


def test_the_demo_shows_the_whole_story_and_leaves_no_process() -> None:
    demo = start_demo()
    output, _ = demo.communicate(timeout=60)
    assert demo.returncode == 0, output
    story = [
        "The local platform answers at http://127.0.0.1:",
        "-from openai import",
        "+from pareta_openai import",
        "PARETA_MODEL_ALIASES=gpt-4o-mini=",
        "whole: ",
        "streamed: ",
        "together: ",
        "client.tasks.match",
        "contract-key-fields, recommended model: contract-kie-1",
        "client.endpoints.deploy",
        "…",
        "ep_demo is live",
        "client.endpoints.stop",
        "EndpointNotReadyError: Error code: 503",
        "InsufficientCreditsError: Error code: 402",
        "What you would do next",
    ]
    places = [output.find(part) for part in story]
    assert -1 not in places, [part for part, place in zip(story, places, strict=True) if place == -1]
    assert places == sorted(places), output
    assert processes_of_session(demo.pid) == []


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_demo_that_is_interrupted_leaves_no_process(sent: signal.Signals) -> None:
    demo = start_demo()
    assert demo.stdout is not None
    for line in demo.stdout:
        if "The local platform answers" in line:
            break
    os.kill(demo.pid, sent)
    demo.communicate(timeout=30)
    assert demo.returncode == 128 + sent
    assert processes_of_session(demo.pid) == []


def run_program(program: Path, environment: dict[str, str]) -> str:
    return subprocess.run(
        [sys.executable, str(program)], env={**os.environ, **environment}, capture_output=True, text=True, check=True
    ).stdout


def test_the_original_runs_on_plain_openai_against_the_same_platform(
    platform: LocalPlatform, tmp_path: Path, endpoint: str, organisation: Any
) -> None:
    """So the one line is all that stands between the two: they print the same."""
    original = tmp_path / "original.py"
    original.write_text(PROGRAM.read_text(encoding="utf-8").replace("gpt-4o-mini", endpoint), encoding="utf-8")
    changed = tmp_path / "changed.py"
    changed.write_text(change_import(PROGRAM.read_text(encoding="utf-8")), encoding="utf-8")
    plain = {"OPENAI_BASE_URL": f"{platform.base_url}/v1", "OPENAI_API_KEY": organisation.api_key}
    ours = {
        "PARETA_BASE_URL": platform.base_url,
        "PARETA_API_KEY": organisation.api_key,
        "PARETA_MODEL_ALIASES": f"gpt-4o-mini={endpoint}",
    }
    output = run_program(changed, ours)
    assert "Hansen Tools" in output
    assert output == run_program(original, plain)
