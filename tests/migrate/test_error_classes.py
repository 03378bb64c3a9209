"""What a handler did by the status it does by the class, for every status that Pareta's client raises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import pareta_openai
from pareta_openai.migrate import Options, plan
from tests.support import MESSAGES, ScriptedServer, json_answer, settle

pytestmark = pytest.mark.anyio

STATUSES = [400, 401, 402, 403, 404, 408, 409, 418, 422, 429, 500, 502, 503, 504, 529]

HANDLER = """\
import openai
import pareta_openai


def seen(e: openai.APIStatusError):
    match e.status_code:
        case 402:
            matched = "credit"
        case 429 | 503:
            matched = "later"
        case _:
            matched = "else"
    return (
        e.status_code == 401,
        403 == e.status_code,
        e.status_code != 404,
        e.status_code in (409, 429, 503),
        e.response.status_code not in [400, 422],
        e.status_code == 422,
        e.status_code >= 500,
        499 < e.status_code,
        e.status_code in {402},
        e.status_code in (500, 503),
        500 >= e.status_code,
        matched,
    )
"""


@pytest.fixture
def migrated(tmp_path: Path) -> str:
    (tmp_path / "handler.py").write_text(HANDLER, encoding="utf-8")
    [file] = plan(tmp_path, options=Options(select=("PO401",), unsafe=True)).changed
    return file.after.decode()


@pytest.mark.parametrize("status", STATUSES)
async def test_a_migrated_handler_decides_as_it_did(
    scripted: Any, script: ScriptedServer, migrated: str, status: int
) -> None:
    assert migrated.count("status_code") == 2  # none of the classes is 500 with 503, or what is not above 500
    script.answer(json_answer({"detail": "no"}, status))
    with pytest.raises(pareta_openai.APIStatusError) as caught:
        await settle(scripted.chat.completions.create(model="ep_one", messages=MESSAGES))
    assert _decided(migrated, caught.value) == _decided(HANDLER, caught.value)


def _decided(source: str, error: Exception) -> object:
    names: dict[str, Any] = {}
    exec(compile(source, "<handler>", "exec"), names)
    return names["seen"](error)
