"""What holds for every file, on programs made at random."""

from __future__ import annotations

import ast
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from pareta_openai.migrate import Options, Plan, plan
from pareta_openai.migrate.file_plans import FilePlan
from pareta_openai.migrate.python_files import undefined_names
from pareta_openai.migrate.reports.counts import occurrences
from pareta_openai.migrate.source import Source
from pareta_openai.migrate.writing import undo, write

from .made_programs import programs

FILE = "app.py"
often = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@contextmanager
def project(data: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / FILE).write_bytes(data)
        yield root


def planned(root: Path, unsafe: bool) -> Plan:
    return plan(root, options=Options(unsafe=unsafe, models={"gpt-4o": "ep_one"}))


def kept(data: bytes, file: FilePlan, after: bool) -> list[bytes]:
    """The bytes outside the recorded spans."""
    pieces, position, shift = [], 0, 0
    for start, end, text in file.edits:
        low, high = (start + shift, start + shift + len(text)) if after else (start, end)
        pieces.append(data[position:low])
        position = high
        shift += len(text) - (end - start)
    return [*pieces, data[position:]]


@often
@given(programs(), st.booleans())
def test_a_file_is_changed_right_or_not_at_all(data: bytes, unsafe: bool) -> None:
    with project(data) as root:
        made = planned(root, unsafe)
        assert not [file.problem for file in made.files if file.problem]
        for file in made.changed:
            before, after = Source.from_bytes(file.before), Source.from_bytes(file.after)
            ast.parse(file.after)
            assert undefined_names(after.data) <= undefined_names(before.data)
            assert kept(before.data, file, after=False) == kept(after.data, file, after=True)
            assert (after.encoding, after.mark) == (before.encoding, before.mark)
            (root / FILE).write_bytes(file.after)
            assert not planned(root, unsafe).changed


@often
@given(programs(), st.booleans())
def test_undo_gives_back_the_same_bytes(data: bytes, unsafe: bool) -> None:
    with project(data) as root:
        made = planned(root, unsafe)
        write(root, made.changed)
        assert (root / FILE).read_bytes() == (made.changed[0].after if made.changed else data)
        undo(root)
        assert (root / FILE).read_bytes() == data
        assert sorted(path.name for path in root.iterdir()) == [FILE]


@often
@given(programs(), st.booleans())
def test_each_occurrence_of_openai_has_one_verdict(data: bytes, unsafe: bool) -> None:
    with project(data) as root:
        assert sum(occurrences(planned(root, unsafe)).values()) == data.lower().count(b"openai")
