"""What is suggested for models that the map has not."""

from __future__ import annotations

from pathlib import Path

import pytest

from pareta_openai.local import LocalPlatform, faults
from pareta_openai.migrate import Options, plan
from pareta_openai.migrate.model_suggestions import suggestions

PROGRAM = """\
from openai import OpenAI

client = OpenAI()
answer = client.chat.completions.create(
    model="gpt-4o-mini",
    messages=[
        {"role": "system", "content": "Find the parties, the dates and the amounts in a contract."},
        {"role": "user", "content": "…"},
    ],
)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(PROGRAM, encoding="utf-8")
    return tmp_path


def test_live_endpoints_and_the_task_of_the_prompt_are_suggested(project: Path) -> None:
    with LocalPlatform() as platform:
        organisation = platform.create_organisation(endpoints=("contract-key-fields",))
        environment = {"PARETA_API_KEY": organisation.api_key, "PARETA_BASE_URL": platform.base_url}
        assert list(suggestions(plan(project), environment, send_prompts=True)) == [
            f"Live endpoints of yours: {organisation.endpoints[0]}",
            "gpt-4o-mini in app.py:5: its prompt fits the task contract-key-fields",
        ]


def test_prompts_stay_here_unless_they_are_to_be_sent(project: Path) -> None:
    with LocalPlatform() as platform:
        organisation = platform.create_organisation(endpoints=("contract-key-fields",))
        environment = {"PARETA_API_KEY": organisation.api_key, "PARETA_BASE_URL": platform.base_url}
        organisation.add_fault(faults.status(500), on="matchTask")
        lines = list(suggestions(plan(project), environment))
        assert organisation.faults, "the fault was met"
    assert lines[1:] == ["--suggest asks which of Pareta's tasks fit the prompts, and sends them there."]


def test_an_organisation_without_endpoints_is_told_so(project: Path) -> None:
    with LocalPlatform() as platform:
        key = platform.create_organisation(endpoints=()).api_key
        lines = list(suggestions(plan(project), {"PARETA_API_KEY": key, "PARETA_BASE_URL": f"{platform.base_url}/v1/"}))
    assert lines[0] == "You have no live endpoint yet."


def test_nobody_is_asked_without_a_key_or_with_a_full_map(project: Path) -> None:
    nowhere = {"PARETA_API_KEY": "pareta_sk_test", "PARETA_BASE_URL": "http://127.0.0.1:1"}
    assert list(suggestions(plan(project), {})) == []
    assert list(suggestions(plan(project, options=Options(models={"gpt-4o-mini": "ep_contract_kie"})), nowhere)) == []


def test_a_platform_out_of_reach_is_told_and_stops_nothing(project: Path) -> None:
    nowhere = {"PARETA_API_KEY": "pareta_sk_test", "PARETA_BASE_URL": "http://127.0.0.1:1"}
    (line,) = suggestions(plan(project), nowhere)
    assert line.startswith("The platform could not be asked for endpoints: ")
    assert "pareta_sk_test" not in line
