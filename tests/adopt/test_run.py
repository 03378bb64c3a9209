"""`pareta-openai run`: a program as it is, on Pareta, and nothing of its own changed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pareta_openai.local import LocalPlatform
from tests.adopt.programs import RUN, SAMPLE, environment, require_the_same_output, run


def python(code: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code, *arguments)


@pytest.mark.parametrize("program", SAMPLE)
def test_a_program_prints_what_it_prints_when_edited_by_hand(program: str, tmp_path: Path) -> None:
    require_the_same_output(program, tmp_path)


def test_status_arguments_and_streams_are_the_programs_own(platform: LocalPlatform, tmp_path: Path) -> None:
    code = "import sys; print(sys.argv[1:], sys.stdin.read()); print('oh', file=sys.stderr); sys.exit(7)"
    done = subprocess.run(
        [*RUN[:-1], *python(code, "--help", "-x", "--", "a b")],
        input="typed",
        env=environment(platform),
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (7, "['--help', '-x', '--', 'a b'] typed\n", "oh\n")


def test_signals_reach_the_program(platform: LocalPlatform, tmp_path: Path) -> None:
    code = """
import signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(5))
print("ready", flush=True)
signal.pause()
"""
    started = subprocess.Popen(
        [*RUN, *python(code)], env=environment(platform), cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    with started:
        assert started.stdout is not None
        assert started.stdout.readline() == "ready\n"
        started.send_signal(signal.SIGTERM)
        assert started.wait(30) == 5
    killed = subprocess.run([*RUN, *python("import os; os.kill(os.getpid(), 9)")], env=environment(platform))
    assert killed.returncode == -signal.SIGKILL


def test_a_command_that_is_not_there_is_named(platform: LocalPlatform, tmp_path: Path) -> None:
    done = run(*RUN, "no-such-command", platform=platform, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (127, "pareta-openai run: no-such-command is not found.\n")
    (tmp_path / "text").write_text("no program")
    done = run(*RUN, str(tmp_path / "text"), platform=platform, cwd=tmp_path)
    assert done.returncode == 126
    assert "is not executable" in done.stderr


def test_pytest_runs_under_it(platform: LocalPlatform, tmp_path: Path) -> None:
    (tmp_path / "test_app.py").write_text("""
from openai import OpenAI

def test_it():
    assert type(OpenAI()).__module__ == "pareta_openai"
""")
    options = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist")
    done = run(*RUN, sys.executable, "-m", "pytest", *options, platform=platform, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


def test_the_environments_own_hook_and_path_are_kept(platform: LocalPlatform, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("print('its own hook')")
    (tmp_path / "beside.py").write_text("WORD = 'beside'")
    code = "import beside, sys; print(beside.WORD, [entry for entry in sys.path if 'startup' in entry])"
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = run(*RUN, *python(code), platform=platform, cwd=tmp_path, PYTHONPATH=path)
    # The first time it ran for `pareta-openai run` itself.
    assert done.stdout == "its own hook\nits own hook\nbeside []\n", done.stderr


def test_a_python_without_the_package_says_that_it_is_not_on_pareta(platform: LocalPlatform, tmp_path: Path) -> None:
    code = """
import os, subprocess, sys
hook, *_ = os.environ["PYTHONPATH"].split(os.pathsep)
without_packages = [sys.executable, "-S", "-c", "import sitecustomize; print('it runs')"]
subprocess.run(without_packages, env={**os.environ, "PYTHONPATH": hook}, check=True)
"""
    done = run(*RUN, *python(code), platform=platform, cwd=tmp_path)
    assert done.stdout == "it runs\n", done.stderr
    assert "has no pareta_openai, so what it runs is not on Pareta" in done.stderr


def test_openai_is_imported_for_nobody(platform: LocalPlatform, tmp_path: Path) -> None:
    code = "import sys; print([name for name in sys.modules if name in ('openai', 'pydantic')])"
    assert run(*RUN, *python(code), platform=platform, cwd=tmp_path).stdout == "[]\n"


def test_clients_of_children_are_recorded_in_the_same_file(platform: LocalPlatform, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "child.py").write_text("import openai\nopenai.OpenAI()\n")
    (tmp_path / "parent.py").write_text(
        "import subprocess, sys\n"
        "from openai import AsyncOpenAI\n"
        "AsyncOpenAI()\n"
        "subprocess.run([sys.executable, '../child.py'], cwd='elsewhere', check=True)\n"
    )
    done = run(*RUN, sys.executable, "parent.py", platform=platform, cwd=tmp_path, PARETA_MIGRATION_LOG="log.jsonl")
    assert done.returncode == 0, done.stderr
    entries = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text("utf-8").splitlines()]
    assert entries == [
        {"file": str(tmp_path / "parent.py"), "line": 3, "name": "openai.AsyncOpenAI"},
        {"file": str(tmp_path / "child.py"), "line": 2, "name": "openai.OpenAI"},
    ]


ALIASES = "import os; print(os.environ.get('PARETA_MODEL_ALIASES'))"


def test_model_aliases_of_the_nearest_pyproject_hold_in_it(platform: LocalPlatform, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.pareta.model-aliases]\n"gpt-4o" = "ep_one"\n', encoding="utf-8")
    inner = tmp_path / "inner"
    inner.mkdir()
    done = run(*RUN, *python(ALIASES), platform=platform, cwd=inner)
    assert done.stdout == "gpt-4o=ep_one\n", done.stderr
    given = environment(platform) | {"PARETA_MODEL_ALIASES": "gpt-4o=ep_two"}
    done = subprocess.run([*RUN, *python(ALIASES)], env=given, cwd=inner, capture_output=True, text=True)
    assert done.stdout == "gpt-4o=ep_two\n"


def test_a_pyproject_that_cannot_be_used_is_named(platform: LocalPlatform, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.pareta.model-aliases]\ngpt = 7\n", encoding="utf-8")
    done = run(*RUN, *python(ALIASES), platform=platform, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "pyproject.toml" in done.stderr
