"""The report in each of its forms, on one project with something of everything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pareta_openai.migrate import Plan, plan
from pareta_openai.migrate.reports.counts import summary
from pareta_openai.migrate.reports.json import json as as_json
from pareta_openai.migrate.reports.markdown import markdown
from pareta_openai.migrate.reports.sarif import sarif
from pareta_openai.migrate.reports.text import text
from pareta_openai.migrate.rules import all_rules

from .conftest import PROGRAM

FILES = {
    "app.py": PROGRAM + 'client.chat.completions.create(model="gpt-4o", messages=[])\n',
    "ollama.py": 'from openai import OpenAI\n\nOpenAI(base_url="http://localhost:11434/v1", api_key="x")\n',
    "ours.py": "from pareta_openai import OpenAI\n",
    "broken.py": "import openai (\n",
}


@pytest.fixture
def planned(tmp_path: Path) -> Plan:
    for name, written in FILES.items():
        (tmp_path / name).write_text(written)
    return plan(tmp_path)


def test_the_summary_counts_all_that_there_is(planned: Plan) -> None:
    assert summary(planned) == (
        "10 occurrences of openai in 4 files: 4 migrated, 2 already there, 3 left on purpose, 1 needs you."
        " 1 file changes. Beside them, 1 place needs you. 1 file could not be read or checked."
    )


def test_the_text_has_a_line_for_each_place(planned: Plan) -> None:
    lines = text(planned).splitlines()
    assert "broken.py: cannot be read: invalid syntax, line 1" in lines
    assert any(line.startswith("app.py:6:38: PO302 needs you: gpt-4o") for line in lines)
    assert "  gpt-4o (1 place): nothing" in lines


def test_the_json_adds_up(planned: Plan) -> None:
    report = json.loads(as_json(planned))
    counted = report["occurrences"]
    assert counted == {"total": 10, "migrate": 4, "already": 2, "left": 3, "manual": 1}
    entries = [entry for file in report["files"] for entry in file["entries"]]
    assert sum(entry["occurrences"] for entry in entries) == counted["total"]
    assert report["models"] == {"gpt-4o": {"places": 1, "to": None}}
    assert [file["path"] for file in report["files"] if file["problem"]] == ["broken.py"]


def test_the_sarif_has_a_result_for_each_entry_and_knows_its_rule(planned: Plan) -> None:
    [run] = json.loads(sarif(planned))["runs"]
    known = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert known == {"PO000", *(rule.id for rule in all_rules())}
    assert {result["ruleId"] for result in run["results"]} <= known
    assert len(run["results"]) == sum(len(file.entries) for file in planned.files)
    [invocation] = run["invocations"]
    assert not invocation["executionSuccessful"]
    [unread] = invocation["toolExecutionNotifications"]
    assert unread["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "broken.py"


def test_the_pull_requests_report_ticks_what_is_done(planned: Plan) -> None:
    lines = markdown(planned).splitlines()
    assert "- [x] **Client**: clients that pointed at OpenAI are Pareta's" in lines
    assert "- [ ] **Model**: each model name has one of Pareta's in its place" in lines
    assert "- [ ] **Balance**: the organisation has credit" in lines
    assert "| **all** | 10 |" in lines
    assert "- `broken.py` cannot be read: invalid syntax, line 1" in lines
    assert "| `gpt-4o` | 1 |  |" in lines
