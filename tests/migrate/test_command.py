"""`pareta-openai migrate` as a person meets it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from .conftest import MIGRATED, PROGRAM, Migrate, git

MANUAL = f'{PROGRAM}client.chat.completions.create(model="gpt-4o", messages=[])\n'


def test_by_default_the_plan_is_printed_and_nothing_changes(repository: Path, migrate: Migrate) -> None:
    done = migrate()
    assert "app.py:3:1: PO101 migrated" in done.stdout
    assert "4 occurrences of openai in 1 file: 4 migrated" in done.stdout
    assert (repository / "app.py").read_text() == PROGRAM


def test_write_changes_the_files_and_a_second_run_finds_nothing(repository: Path, migrate: Migrate) -> None:
    assert migrate("--write").returncode == 1
    assert (repository / "app.py").read_text() == MIGRATED
    again = migrate("--write", "--allow-dirty")
    assert again.returncode == 0
    assert "0 files change" in again.stdout


def test_the_diff_is_a_patch_that_git_applies(repository: Path, migrate: Migrate) -> None:
    files = {
        "crlf.py": PROGRAM.replace("\n", "\r\n").encode(),
        "no newline at the end.py": PROGRAM.rstrip("\n").encode(),
        "naïve.py": b"\xef\xbb\xbf" + PROGRAM.encode(),
        "package/latin.py": b"# coding: latin-1\n# \xe9\n" + PROGRAM.encode(),
    }
    (repository / "package").mkdir()
    for name, data in files.items():
        (repository / name).write_bytes(data)
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "more")
    diff = migrate("--diff").stdout
    assert migrate("--write").returncode == 1
    written = {name: (repository / name).read_bytes() for name in files}
    git(repository, "checkout", "-q", ".")
    (repository / "the.patch").write_bytes(diff.encode("utf-8", "surrogateescape"))
    git(repository, "apply", "the.patch")
    assert {name: (repository / name).read_bytes() for name in files} == written
    for name, data in files.items():
        assert written[name] == data.replace(b"from openai", b"from pareta_openai").replace(b"OPENAI_", b"PARETA_")


@pytest.mark.parametrize(
    ("files", "status"),
    [
        pytest.param({"app.py": "print()\n"}, 0, id="clean"),
        pytest.param({}, 1, id="would change"),
        pytest.param(
            {"app.py": MIGRATED, "other.py": "from openai.types.chat import ChatCompletion\n"},
            0,
            id="left",
        ),
        pytest.param({"app.py": MANUAL}, 3, id="changes, and needs a person"),
        pytest.param({"app.py": "import openai\nthis does not parse\n"}, 6, id="unread"),
        pytest.param({"broken.py": "import openai (\n"}, 7, id="changes, and unread"),
    ],
)
def test_the_exit_status_is_a_sum(repository: Path, migrate: Migrate, files: dict[str, str], status: int) -> None:
    for name, text in files.items():
        (repository / name).write_text(text)
    assert migrate("--check").returncode == status


def test_a_dirty_tree_is_not_written_to(repository: Path, migrate: Migrate) -> None:
    (repository / "app.py").write_text(f"{PROGRAM}\n# mine\n")
    refused = migrate("--write")
    assert refused.returncode == 8
    assert refused.stderr == "git has changes that are not committed: app.py. Commit them, or pass --allow-dirty.\n"
    assert (repository / "app.py").read_text() == f"{PROGRAM}\n# mine\n"
    assert migrate("--write", "--allow-dirty").returncode == 1
    assert (repository / "app.py").read_text() == f"{MIGRATED}\n# mine\n"


def test_what_git_does_not_know_is_in_the_way_only_where_it_would_change(repository: Path, migrate: Migrate) -> None:
    (repository / "notes.txt").write_text("mine")
    (repository / "new.py").write_text(PROGRAM)
    assert migrate("--write").returncode == 8
    (repository / "new.py").unlink()
    assert migrate("--write").returncode == 1


def test_undo_takes_the_last_run_back(repository: Path, migrate: Migrate) -> None:
    migrate("--write")
    undone = migrate("--undo")
    assert (undone.returncode, undone.stdout) == (0, "1 file is as before.\n")
    assert git(repository, "status", "--porcelain") == ""
    assert migrate("--undo").returncode == 8


def test_undo_refuses_where_a_file_has_moved_on(repository: Path, migrate: Migrate) -> None:
    migrate("--write")
    (repository / "app.py").write_text(f"{MIGRATED}\n# since\n")
    refused = migrate("--undo")
    assert refused.returncode == 8
    assert refused.stderr == "app.py has changed since: nothing is taken back.\n"
    assert (repository / "app.py").read_text() == f"{MIGRATED}\n# since\n"


def test_a_file_that_does_not_parse_stops_nothing(repository: Path, migrate: Migrate) -> None:
    (repository / "broken.py").write_text("import openai (\n")
    done = migrate("--write", "--allow-dirty")
    assert "broken.py: cannot be read: invalid syntax, line 1" in done.stdout
    assert (repository / "app.py").read_text() == MIGRATED


def test_files_that_git_ignores_are_left_alone(repository: Path, migrate: Migrate) -> None:
    (repository / ".gitignore").write_text("build/\n*_local.py\n!kept_local.py\n")
    (repository / "build").mkdir()
    (repository / "inner").mkdir()
    (repository / "inner" / ".gitignore").write_text("/made.py\n")
    names = ("build/a.py", "one_local.py", "kept_local.py", "inner/made.py", "inner/own.py", ".venv/lib.py")
    (repository / ".venv").mkdir()
    for name in names:
        (repository / name).write_text(PROGRAM)
    found = json.loads(migrate("--format", "json").stdout)
    assert [file["path"] for file in found["files"]] == ["app.py", "inner/own.py", "kept_local.py"]


def test_a_path_narrows_it(repository: Path, migrate: Migrate) -> None:
    for name in ("one/a.py", "two/a.py"):
        (repository / name).parent.mkdir()
        (repository / name).write_text(PROGRAM)
    found = json.loads(migrate("--format", "json", "one", "app.py").stdout)
    assert [file["path"] for file in found["files"]] == ["app.py", "one/a.py"]


def test_interactive_asks_for_each_file(repository: Path, migrate: Migrate) -> None:
    (repository / "other.py").write_text(PROGRAM)
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "more")
    done = migrate("--interactive", given="n\ny\n")
    assert "app.py: yes, no, all, quit" in done.stdout
    assert (repository / "app.py").read_text() == PROGRAM
    assert (repository / "other.py").read_text() == MIGRATED
    assert "app.py:3:1: PO101 left on purpose: you said no" in done.stdout
    assert done.returncode == 1


@pytest.mark.parametrize("comment", ["# pareta: ignore", "# why: it is theirs  # pareta: ignore[PO101, PO201,PO202]"])
def test_an_ignore_comment_keeps_a_line_as_it_is(repository: Path, migrate: Migrate, comment: str) -> None:
    text = PROGRAM.replace("import OpenAI\n", f"import OpenAI  {comment}\n")
    (repository / "app.py").write_text(text)
    done = migrate("--write", "--allow-dirty")
    assert (repository / "app.py").read_text() == text
    assert "left on purpose: OpenAI stays openai's: an ignore comment says so" in done.stdout
    assert done.returncode == 0


def test_an_ignore_comment_without_use_is_reported(repository: Path, migrate: Migrate) -> None:
    (repository / "app.py").write_text("import openai_of_ours  # pareta: ignore[PO101]\n")
    done = migrate()
    assert "app.py:1:24: PO001 needs you: this comment keeps no rule from anything: take it out" in done.stdout
    assert done.returncode == 2


def test_the_settings_are_in_pyproject(repository: Path, migrate: Migrate) -> None:
    (repository / "pyproject.toml").write_text('[tool.pareta.migrate]\nexclude = ["app.py"]\n')
    assert "0 files change" in migrate("--check").stdout
    (repository / "pyproject.toml").write_text("[tool.pareta.migrate]\nexclud = []\n")
    refused = migrate("--check")
    assert refused.returncode == 8
    assert (
        "[tool.pareta.migrate] has no 'exclud'; it takes docs, exclude, ignore, models, select, unsafe."
        in refused.stderr
    )


def test_select_and_ignore_choose_the_rules(migrate: Migrate) -> None:
    assert "0 files change" in migrate("--check", "--select", "PO5").stdout
    assert "0 files change" in migrate("--check", "--ignore", "PO1", "--ignore", "PO2").stdout


def test_the_command_sees_the_changed_tree_and_the_local_platform(
    repository: Path, migrate: Migrate, capfd: pytest.CaptureFixture[str]
) -> None:
    check = f'"{sys.executable}" -c "import app; print(app.client.models.list().object)"'
    assert migrate("--verify", check).returncode == 1
    assert capfd.readouterr().out == "list\n"
    assert (repository / "app.py").read_text() == PROGRAM


def test_nothing_is_written_where_the_command_fails(repository: Path, migrate: Migrate) -> None:
    done = migrate("--write", "--verify", "exit 3")
    assert done.returncode == 9
    assert done.stderr == "'exit 3' ended with 3 on the changed tree: nothing is written.\n"
    assert (repository / "app.py").read_text() == PROGRAM


def test_a_log_brings_in_what_the_source_does_not_show(repository: Path, migrate: Migrate) -> None:
    (repository / "magic.py").write_text(
        "import importlib\n\n\nmake = importlib.import_module('open' + 'ai').OpenAI\nmake()\n"
    )
    noted = [
        {"file": str(repository / name), "line": line, "name": "openai.OpenAI"}
        for name, line in (("magic.py", 5), ("app.py", 5))
    ]
    (repository / "log").write_text("".join(json.dumps(each) + "\n" for each in noted))
    done = migrate("--from-log", "log")
    assert "magic.py:5:1: PO002 needs you: a run built openai.OpenAI here" in done.stdout
    assert "app.py:5:1: PO002" not in done.stdout
    assert done.returncode == 3
    (repository / "log").write_text("no log\n")
    assert migrate("--from-log", "log").returncode == 8


def test_every_rule_is_listed_and_explained(migrate: Migrate) -> None:
    listed = migrate("--list-rules").stdout.splitlines()
    assert [line.split()[0] for line in listed] == sorted(line.split()[0] for line in listed)
    first = migrate("--explain", "PO101").stdout
    assert first.startswith("PO101 ")
    assert migrate("--explain", "PO999").returncode == 8


def test_models_are_mapped_and_listed(repository: Path, migrate: Migrate) -> None:
    (repository / "app.py").write_text(MANUAL)
    assert migrate("--emit-model-map").stdout == '[tool.pareta.migrate.models]\n"gpt-4o" = ""  # app.py:6\n'
    assert "gpt-4o (1 place): nothing" in migrate().stdout
    (repository / "pyproject.toml").write_text(migrate("--emit-model-map").stdout)
    assert migrate("--check").returncode == 3  # the template is to be filled in
    migrate("--write", "--allow-dirty", "--model", "gpt-4o=ep_one")
    assert 'model="ep_one"' in (repository / "app.py").read_text()
