"""TypeScript and JavaScript, beside the pairs of PO030."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pareta_openai.migrate import Options, plan

APP = 'import OpenAI from "openai"; // openai\nconst client = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });\n'


def test_every_occurrence_has_a_verdict(tmp_path: Path) -> None:
    (tmp_path / "app.ts").write_text(APP)
    [file] = plan(tmp_path, options=Options(unsafe=True)).files
    assert sum(entry.occurrences for entry in file.entries) == APP.lower().count("openai")


def test_without_unsafe_it_is_reported_and_stays(tmp_path: Path) -> None:
    (tmp_path / "app.ts").write_text(APP)
    (tmp_path / ".env").write_text("OPENAI_API_KEY=\n")
    made = plan(tmp_path)
    assert not made.changed
    assert any(entry.verdict == "manual" and "--unsafe" in entry.message for entry in made.files[-1].entries)


def test_the_settings_go_with_the_code(tmp_path: Path) -> None:
    (tmp_path / "app.ts").write_text(APP)
    (tmp_path / ".env").write_text("OPENAI_API_KEY=\n")
    made = plan(tmp_path, options=Options(unsafe=True))
    assert {file.path: file.after for file in made.changed}[".env"] == b"PARETA_API_KEY=\n"


def test_without_ast_grep_each_place_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ast_grep_py", None)
    (tmp_path / "app.ts").write_text(APP)
    made = plan(tmp_path, options=Options(unsafe=True))
    assert not made.changed
    [file] = made.files
    assert {entry.verdict for entry in file.entries} == {"manual"}
    assert all("pareta-openai[migrate-js]" in entry.message for entry in file.entries)


def test_a_file_that_is_not_utf_8_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "app.js").write_bytes(b'// \xe9\nimport OpenAI from "openai";\n')
    [file] = plan(tmp_path, options=Options(unsafe=True)).files
    assert "not UTF-8" in file.problem


def test_bundles_are_left(tmp_path: Path) -> None:
    (tmp_path / "app.min.js").write_text(APP.replace("\n", " ") * 100)
    [file] = plan(tmp_path, options=Options(unsafe=True)).files
    assert {entry.verdict for entry in file.entries} == {"left"}
