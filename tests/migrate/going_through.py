"""What has to hold for any tree that the codemod is run on."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from pareta_openai.migrate import Options, Plan, plan
from pareta_openai.migrate.module import parse
from pareta_openai.migrate.source import Source


def assert_goes_through(root: Path, scratch: Path, *, unsafe: bool) -> Plan:
    """Each file is read, each place that says openai has one verdict, what comes out parses and has nothing left."""
    options = Options(unsafe=unsafe)
    made = plan(root, options=options)
    assert not {file.path: file.problem for file in made.files if file.problem}
    for file in made.files:
        said = len(re.findall(rb"openai", file.source.data, re.IGNORECASE))
        assert sum(entry.occurrences for entry in file.entries) == said, file.path
        if file.edits and file.path.endswith(".py"):
            parse(Source.from_bytes(file.after).data)
    again = plan(_migrated(made, root, scratch), options=options)
    assert not {file.path: file.edits for file in again.changed}
    return made


def _migrated(made: Plan, root: Path, scratch: Path) -> Path:
    """The tree as a run would leave it."""
    copy = scratch / root.name
    shutil.copytree(root, copy, symlinks=True)
    for file in made.changed:
        (copy / file.path).write_bytes(file.after)
    return copy
