"""Each rule's pairs: what it makes of a file, and that it then finds nothing more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pareta_openai.migrate import Options, Plan, plan

PAIRS = Path(__file__).parent / "pairs"
CASES = sorted(path for path in PAIRS.glob("PO*/*") if path.is_dir())


def settings(case: Path) -> dict[str, Any]:
    file = case / "case.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def files_of(case: Path, side: str) -> dict[str, bytes]:
    """By name: of a folder of files, or of the one file."""
    folder = case / side
    if folder.is_dir():
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {f"module{path.suffix}": path.read_bytes() for path in case.glob(f"{side}.*")}


def lay_out(files: dict[str, bytes], root: Path) -> Path:
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def run(root: Path, case: Path) -> Plan:
    told = settings(case)
    options = Options(
        select=tuple(told.get("rules", [case.parent.name])),
        unsafe=told.get("unsafe", True),
        docs=True,
        models=told.get("models", {}),
    )
    return plan(root, options=options)


def result(files: dict[str, bytes], made: Plan) -> dict[str, bytes]:
    return {**files, **{file.path: file.after for file in made.changed}}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_a_pair_comes_out_as_written_and_settles(case: Path, tmp_path: Path) -> None:
    before, after = files_of(case, "before"), files_of(case, "after")
    if "openai" in settings(case):
        before["requirements.txt"] = after["requirements.txt"] = f"openai>={settings(case)['openai']}\n".encode()
    made = run(lay_out(before, tmp_path / "before"), case)
    assert result(before, made) == after
    assert not [file.problem for file in made.files if file.problem]
    if "verdicts" in settings(case):
        found = [
            [entry.verdict, entry.line]
            for file in made.files
            for entry in file.entries
            if entry.rule == case.parent.name
        ]
        assert found == settings(case)["verdicts"]
    again = run(lay_out(after, tmp_path / "after"), case)
    assert not again.changed
