"""Notebooks: the JSON stays as it is, byte for byte, but for what a rule changes in a cell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pareta_openai.migrate import Options, Plan, notebooks, plan
from pareta_openai.migrate.edits import apply
from pareta_openai.migrate.findings import Edit
from pareta_openai.migrate.source import Unreadable

IMPORT = "from openai import OpenAI\n"
OURS = "from pareta_openai import OpenAI\n"


def notebook(*cells: Any, **metadata: Any) -> dict[str, Any]:
    """Code cells with these sources, between an output that says openai and some prose."""
    code = [
        {"cell_type": "code", "id": f"c{number}", "metadata": {}, "outputs": [], "source": source}
        for number, source in enumerate(cells)
    ]
    said = {"name": "stdout", "output_type": "stream", "text": ["from openai import OpenAI\n"]}
    code[0]["outputs"] = [said]
    prose = {"cell_type": "markdown", "metadata": {}, "source": ["from openai import OpenAI"]}
    return {"cells": [prose, *code], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def migrated(root: Path, data: bytes, **options: Any) -> Plan:
    (root / "note.ipynb").write_bytes(data)
    return plan(root, options=Options(**options))


@pytest.mark.parametrize("source", [[IMPORT, "print('é')"], IMPORT + "print('é')"], ids=["a list", "a string"])
@pytest.mark.parametrize(
    "style",
    [{"indent": 1}, {"indent": 2, "ensure_ascii": False}, {"indent": "\t"}, {}, {"separators": (",", ":")}],
    ids=str,
)
@pytest.mark.parametrize("ending", ["", "\n"])
def test_only_the_import_changes_in_any_style_of_json(source: Any, style: Any, ending: str, tmp_path: Path) -> None:
    before = json.dumps(notebook(source), **style) + ending
    [file] = migrated(tmp_path, before.encode()).changed
    # It is also in the prose and in an output, before the code.
    head, _, tail = before.rpartition("from openai")
    assert file.after.decode() == f"{head}from pareta_openai{tail}"
    code = json.loads(file.after)["cells"][1]
    assert "".join(code["source"]) == OURS + "print('é')"
    assert code["outputs"] == notebook(source)["cells"][1]["outputs"]


def test_names_go_from_cell_to_cell(tmp_path: Path) -> None:
    data = json.dumps(notebook([IMPORT.strip()], ["client = OpenAI()"], ["answer = await client.models.list()"]))
    [file] = migrated(tmp_path, data.encode()).changed
    assert len(file.edits) == 1


MAGICS = [
    "%pip install openai\n",
    "!echo openai \\\n  and more\n",
    "files = !ls\n",
    "pip install openai\n",
    "OpenAI?\n",
    "if True:\n    %matplotlib inline\n",
]


@pytest.mark.parametrize("magic", MAGICS)
def test_magics_and_shell_lines_stay_and_the_cell_is_read(magic: str, tmp_path: Path) -> None:
    data = json.dumps(notebook((magic + IMPORT).splitlines(keepends=True))).encode()
    [file] = migrated(tmp_path, data).changed
    assert "".join(json.loads(file.after)["cells"][1]["source"]) == magic + OURS


@pytest.mark.parametrize(("first", "changes"), [("%%time\n", True), ("%%bash\n", False), ("%%writefile a.py\n", False)])
def test_a_cell_of_another_language_stays(first: str, changes: bool, tmp_path: Path) -> None:
    data = json.dumps(notebook([first, IMPORT])).encode()
    assert bool(migrated(tmp_path, data).changed) is changes


def test_a_cell_that_does_not_parse_is_reported_and_the_others_are_migrated(tmp_path: Path) -> None:
    data = json.dumps(notebook([IMPORT], ["OpenAI(\n"])).encode()
    [file] = migrated(tmp_path, data).changed
    assert [entry.verdict for entry in file.entries if "cannot be read" in entry.message] == ["manual"]


def test_ignore_comments_count_in_notebooks(tmp_path: Path) -> None:
    data = json.dumps(notebook([IMPORT.strip() + "  # pareta: ignore[PO101]"])).encode()
    assert not migrated(tmp_path, data).changed


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"{", "no JSON"),
        (b'{"worksheets": [], "x": "openai"}', "format 4"),
        (json.dumps(notebook("openai", kernelspec={"language": "R"})).encode(), "R cells"),
    ],
)
def test_what_is_no_notebook_of_python_is_reported_as_unread(data: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        notebooks.read(data)


TEXT = st.text(st.sampled_from("ab='\"\\é€😀\t# ("), max_size=12)
LINE = st.one_of(TEXT.map(repr), TEXT.map("# {}".format), st.just(""))
TEXTS = st.lists(TEXT, min_size=1, max_size=4).map("\n".join)
CELL = st.lists(LINE, min_size=1, max_size=4).map("\n".join).filter(bool)


@given(
    cells=st.lists(CELL, min_size=1, max_size=3),
    text=TEXTS,
    as_list=st.booleans(),
    indent=st.sampled_from([None, 1, "\t"]),
    ascii_only=st.booleans(),
    data=st.data(),
)
def test_an_edit_of_the_code_is_that_edit_of_the_cell(
    cells: list[str], text: str, as_list: bool, indent: Any, ascii_only: bool, data: st.DataObject
) -> None:
    number = data.draw(st.integers(0, len(cells) - 1))
    cell = cells[number].encode()
    offsets = [0, *(len(cells[number][:end].encode()) for end in range(1, len(cells[number]) + 1))]
    start, end = sorted(data.draw(st.tuples(st.sampled_from(offsets), st.sampled_from(offsets))))
    # What is added behind a cell's last line break begins the next cell.
    assume(not (start == len(cell) and cells[number].endswith("\n")))
    sources = [code.splitlines(keepends=True) if as_list else code for code in cells]
    before = json.dumps(notebook(*sources), indent=indent, ensure_ascii=ascii_only).encode()
    embedded = notebooks.read(before)
    shift = sum(len(code.encode()) + (not code.endswith("\n")) for code in cells[:number])
    edit = embedded.place(Edit(shift + start, shift + end, text.encode()))
    after = apply(before, [edit])
    wanted = cell[:start] + text.encode() + cell[end:]
    result = json.loads(after)
    assert "".join(result["cells"][number + 1]["source"]).encode() == wanted
    result["cells"][number + 1]["source"] = sources[number]
    assert result == json.loads(before)
