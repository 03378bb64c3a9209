"""Every place that says openai, with exactly one verdict each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from .findings import Finding, Span, Verdict
from .kinds import Reason
from .source import Source

_OPENAI = re.compile(rb"openai", re.IGNORECASE)


class Entry(NamedTuple):
    """A line of the report: a finding with the occurrences it answers for, or one occurrence by itself."""

    line: int
    column: int
    """In bytes, from 1."""
    verdict: Verdict
    rule: str
    message: str
    occurrences: int
    """How often the place says openai; 0 for a finding elsewhere, such as a model's name."""
    safety: str = "safe"
    model: str | None = None


def ledger(source: Source, findings: Iterable[Finding], reason: Callable[[Span], Reason] | None = None) -> list[Entry]:
    """The entries of one file, by line. Each occurrence counts for the innermost finding around it.

    Without a `reason`, only the findings: their occurrences have been counted before.
    """
    found = sorted(findings, key=lambda finding: finding.span.end - finding.span.start)
    answered = [0] * len(found)
    entries = []
    for match in _OPENAI.finditer(source.data) if reason is not None else ():
        span = Span(*match.span())
        for number, finding in enumerate(found):
            if finding.span.start <= span.start and span.end <= finding.span.end:
                answered[number] += 1
                break
        else:
            assert reason is not None
            verdict, message = reason(span)
            entries.append(Entry(source.line(span.start), source.column(span.start), verdict, "", message, 1))
    for finding, occurrences in zip(found, answered, strict=True):
        start = finding.span.start
        where = source.line(start), source.column(start)
        entries.append(
            Entry(*where, finding.verdict, finding.rule, finding.message, occurrences, finding.safety, finding.model)
        )
    return sorted(entries, key=lambda entry: entry[:2])
