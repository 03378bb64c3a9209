"""Where the benchmarks write what they find."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")


def write_section(heading: str, lines: Iterable[str]) -> None:
    """Replaces the section under `heading` in the results, or adds it."""
    before, _, rest = RESULTS.read_text(encoding="utf-8").partition(heading)
    _, marker, after = rest.partition("\n## ")
    section = "\n".join([before.rstrip(), "", heading, "", *lines])
    RESULTS.write_text(section + "\n" + marker + after, encoding="utf-8")
