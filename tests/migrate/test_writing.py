"""Files on disk: whole or not at all, and as they were again after `--undo`."""

from __future__ import annotations

from pathlib import Path

import pytest

from pareta_openai.migrate import Plan, plan, workers, writing

from .conftest import MIGRATED, PROGRAM


@pytest.fixture
def planned(tmp_path: Path) -> Plan:
    for name in ("a.py", "b.py", "c.py"):
        (tmp_path / name).write_text(PROGRAM)
    return plan(tmp_path)


def texts(root: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(root.glob("*.py"))}


def test_a_run_that_breaks_off_is_taken_back_whole(planned: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = writing._replace

    def full_disk(path: Path, data: bytes) -> None:
        if path.name == "b.py":
            raise OSError("no space left")
        replace(path, data)

    with monkeypatch.context() as patched:
        patched.setattr(writing, "_replace", full_disk)
        with pytest.raises(OSError, match="no space left"):
            writing.write(planned.root, planned.changed)
    assert texts(planned.root) == {"a.py": MIGRATED, "b.py": PROGRAM, "c.py": PROGRAM}
    assert writing.undo(planned.root) == ["a.py", "b.py", "c.py"]
    assert texts(planned.root) == {"a.py": PROGRAM, "b.py": PROGRAM, "c.py": PROGRAM}


def test_mode_and_links_stay(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target = tmp_path / "real" / "program"
    target.write_text(PROGRAM)
    target.chmod(0o750)
    (tmp_path / "link.py").symlink_to(target)
    made = plan(tmp_path)
    writing.write(tmp_path, made.changed)
    assert (tmp_path / "link.py").is_symlink()
    assert (target.read_text(), target.stat().st_mode & 0o777) == (MIGRATED, 0o750)
    writing.undo(tmp_path)
    assert (target.read_text(), target.stat().st_mode & 0o777) == (PROGRAM, 0o750)


def test_undo_refuses_where_what_was_kept_is_not_whole(planned: Plan) -> None:
    writing.write(planned.root, planned.changed)
    for kept in (planned.root / writing.FOLDER).iterdir():
        if kept.suffix != ".json":
            kept.write_text("spoilt")
    with pytest.raises(writing.CannotUndo, match=r"does not have what a\.py held"):
        writing.undo(planned.root)
    assert set(texts(planned.root).values()) == {MIGRATED}


def test_several_processes_make_the_same_plan_as_one(planned: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "FEW", 1)
    monkeypatch.setattr(workers, "_cores", lambda: 2)
    assert plan(planned.root) == planned
