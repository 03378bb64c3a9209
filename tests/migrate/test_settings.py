"""Settings files: names are changed where they stand, values only where they are OpenAI's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from pareta_openai.migrate import Options, plan
from pareta_openai.migrate.edits import apply
from pareta_openai.migrate.project import Project
from pareta_openai.migrate.reports.markdown import markdown
from pareta_openai.migrate.reports.text import text as text_report
from pareta_openai.migrate.settings import fault, look
from pareta_openai.migrate.settings.versions import too_old

RENAMES = {
    "OPENAI_API_KEY": "PARETA_API_KEY",
    "OPENAI_BASE_URL": "PARETA_BASE_URL",
    "AZURE_OPENAI_API_KEY": "PARETA_API_KEY",
}


def changed(path: str, text: str, **told: object) -> tuple[str, list[str]]:
    """What becomes of a file, and what a person has to do."""
    project = Project(Path(), [path], Options())
    project.renames.update(RENAMES)
    project.migrated = True
    for name, value in told.items():
        setattr(project, name, value)
    found = look(path, text.encode(), project).findings
    after = apply(text.encode(), sorted(edit for finding in found for edit in finding.edits))
    assert fault(path, text.encode(), after) is None
    return after.decode(), [finding.message for finding in found if finding.verdict == "manual"]


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        (
            ".env",
            "# OPENAI_API_KEY\r\n export OPENAI_API_KEY = ''  # k\r\n",
            "# PARETA_API_KEY\r\n export PARETA_API_KEY = ''  # k\r\n",
        ),
        (".env", "URL=$OPENAI_BASE_URL/x\nMY_OPENAI_API_KEY=1", "URL=$PARETA_BASE_URL/x\nMY_OPENAI_API_KEY=1"),
        (
            ".env",
            "OPENAI_BASE_URL='https://api.openai.com/v1/' # d\n",
            "PARETA_BASE_URL='https://api.pareta.ai/v1' # d\n",
        ),
        ("compose.yml", "e: [OPENAI_API_KEY, 'OPENAI_BASE_URL=']\n", "e: [PARETA_API_KEY, 'PARETA_BASE_URL=']\n"),
        (
            "deploy.yaml",
            "- name: OPENAI_BASE_URL\n  value: https://api.openai.com/v1\n",
            "- name: PARETA_BASE_URL\n  value: https://api.pareta.ai/v1\n",
        ),
        (
            "chart/templates/a.yaml",
            "{{ if .x }}\nOPENAI_API_KEY: {{ .k }}\n",
            "{{ if .x }}\nPARETA_API_KEY: {{ .k }}\n",
        ),
        ("tox.ini", "[testenv]\npassenv = OPENAI_API_KEY\n", "[testenv]\npassenv = PARETA_API_KEY\n"),
        (
            "launch.json",
            '{"env": {"OPENAI_API_KEY": "${env:OPENAI_API_KEY}"}}',
            '{"env": {"PARETA_API_KEY": "${env:PARETA_API_KEY}"}}',
        ),
        ("prod.Dockerfile", "ENV OPENAI_API_KEY=\n", "ENV PARETA_API_KEY=\n"),
    ],
)
def test_a_name_is_changed_and_every_other_byte_stays(path: str, before: str, after: str) -> None:
    assert changed(path, before) == (after, [])


@pytest.mark.parametrize(
    ("path", "text", "to_do"),
    [
        (".env", "OPENAI_API_KEY=sk-1\n", "put a key"),
        ("ci.yml", "k: ${{ secrets.OPENAI_API_KEY }}\n", "add the secret PARETA_API_KEY"),
        ("values.yaml", "- secretKeyRef:\n    key: OPENAI_API_KEY\n", "add the secret PARETA_API_KEY"),
    ],
)
def test_what_only_a_person_can_put_there_is_said(path: str, text: str, to_do: str) -> None:
    after, said = changed(path, text)
    assert after == text.replace("OPENAI", "PARETA")
    assert len(said) == 1
    assert to_do in said[0]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("OPENAI_API_KEY=sk-1\nPARETA_API_KEY=pareta_sk_1\n", "is set beside it"),
        ("OPENAI_BASE_URL=http://localhost:11434/v1\n", "points to Ollama"),
    ],
)
def test_what_cannot_be_renamed_stays_and_is_said(text: str, why: str) -> None:
    after, said = changed(".env", text)
    assert after == text
    assert why in said[0]


def test_of_two_names_that_become_one_the_first_that_is_set_is_renamed() -> None:
    after, said = changed(".env", "OPENAI_API_KEY=\nAZURE_OPENAI_API_KEY=\n")
    assert after == "PARETA_API_KEY=\nAZURE_OPENAI_API_KEY=\n"
    assert len(said) == 1


def test_what_other_code_reads_keeps_its_name() -> None:
    after, said = changed(".env", "OPENAI_API_KEY=\n", still_read={"OPENAI_API_KEY": "local.py:3"})
    assert after == "OPENAI_API_KEY=\n"
    assert said == ["local.py:3 still reads it: set PARETA_API_KEY beside it"]


@pytest.mark.parametrize(
    ("path", "text", "unset"),
    [
        (".env.example", "OPENAI_API_KEY=\n", ()),
        ("compose.yml", "services:\n  web:\n    environment:\n      - OPENAI_API_KEY\n", ()),
        (".env.example", "# OPENAI_API_KEY=\n", ("PARETA_API_KEY",)),
        ("requirements.txt", "openai\n", ("PARETA_API_KEY",)),
    ],
)
def test_a_variable_that_no_file_sets_is_told(path: str, text: str, unset: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("from openai import OpenAI\n\nclient = OpenAI()\n")
    (tmp_path / path).write_text(text)
    made = plan(tmp_path)
    assert made.unset == unset
    assert all(name in report(made) for name in unset for report in (text_report, markdown))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pyproject.toml", "[project\ndependencies = ['openai']\n"),
        ("pyproject.toml", "[tool.poetry.dependencies]\nopenai = '1'\nopenai = '2'\n"),
        ("environment.yml", "dependencies: [openai\n"),
    ],
)
def test_a_file_that_cannot_be_read_is_reported_and_stops_nothing(path: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("from openai import OpenAI\n\nclient = OpenAI()\n")
    (tmp_path / path).write_text(text)
    made = plan(tmp_path)
    assert [file.path for file in made.changed] == ["app.py"]
    assert [file.path for file in made.files if "cannot be read" in file.problem] == [path]


@pytest.mark.parametrize("specifier", ["==1.3.5", "~=1.30.0", "<1.50", "<1.66", "^0.28", "~1.30", "=1.3", ">=1,<1.40"])
def test_an_openai_that_is_too_old_is_told(specifier: str) -> None:
    assert too_old(specifier)


@pytest.mark.parametrize(
    "specifier", ["", ">=1.0", "<2", "~=1.30", "^1.2", "1.*", "==2.*", "<=1.66.0", ">=1.66,<4", "==3.1"]
)
def test_an_openai_that_leaves_room_is_told(specifier: str) -> None:
    assert not too_old(specifier)
