"""How rows of unknown purpose could be scored: by what they look like, and by what a prompt says of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO

from . import matching
from .catalogue import TASKS, Task
from .errors import NotAcceptable
from .eval_rows import expected_of, load_row, read_rows
from .scoring import SCORERS

# As many as leave other requests their turn.
_ROWS_AT_ONCE = 200
_LONGEST_LABEL = 4
"""In words."""


@dataclass(frozen=True)
class Proposal:
    """A task that could score the rows, of which `validated` have its form. `confidence` is in the prompt's words."""

    task_id: str
    confidence: str
    validated: int
    reason: str


@dataclass(frozen=True)
class Proposals:
    """What there is to say of `total` rows and a prompt.

    `found` has the tasks that the prompt names and that more than half of the rows have the form of, the best first.
    `conflict` is the task that the prompt names where the rows have another one's form. `closest` is a task for
    who has to choose.
    """

    total: int
    found: tuple[Proposal, ...]
    closest: str | None
    conflict: str | None
    message: str

    @property
    def is_homogeneous(self) -> bool:
        """Whether all rows have the form of the best proposal."""
        return all(proposal.validated == self.total for proposal in self.found[:1])

    @property
    def only(self) -> str | None:
        """The one task that there is no doubt about."""
        return self.found[0].task_id if len(self.found) == 1 and self.is_homogeneous else None


async def propose(items: BinaryIO, prompt: str) -> Proposals:
    """Reads all of `items`, which are JSON Lines. Raises `NotAcceptable` for a line that is no row, and for none."""
    rows = read_rows(items, needs_input=False, check_expected=lambda _: None)
    fits: Counter[str] = Counter()
    total = 0
    while batch := [load_row(text) for text in islice(rows, _ROWS_AT_ONCE)]:
        fits.update(task.id for row in batch for task in TASKS.values() if _has_form(row, task))
        total += len(batch)
        await asyncio.sleep(0)
    if not total:
        raise NotAcceptable("items has no rows.")
    return _decide(matching.match(prompt, top_k=len(TASKS)), fits, total)


def _decide(match: matching.Match, fits: Mapping[str, int], total: int) -> Proposals:
    chosen = match.chosen
    fitting = [candidate.task_id for candidate in match.candidates if fits[candidate.task_id] * 2 > total]
    shaped = next(iter(fitting or (task for task in TASKS if fits[task] * 2 > total)), None)
    if chosen is None:
        return Proposals(total, (), shaped, None, "The prompt does not say which task this is. Name one.")
    contenders = matching.contenders(match)
    found = tuple(
        Proposal(candidate.task_id, candidate.confidence, fits[candidate.task_id], match.reasoning)
        for candidate in contenders
        if fits[candidate.task_id] * 2 > total
    )
    if found:
        names = ", ".join(f"{proposal.task_id} ({proposal.validated} of {total} rows)" for proposal in found)
        return Proposals(total, found, found[0].task_id, None, f"These rows can be scored as {names}.")
    if shaped is not None:
        message = f"The prompt describes {chosen.task_id}, and the rows have the form of {shaped}."
        return Proposals(total, (), shaped, chosen.task_id, message)
    message = f"The prompt describes {chosen.task_id}, and no more than half of the rows have the form of its examples."
    return Proposals(total, (), chosen.task_id, None, message)


def _has_form(row: Mapping[str, Any], task: Task) -> bool:
    """Whether input and expected answer are of the kind that the task's examples have."""
    given, expected = row.get("input"), expected_of(row)
    if expected is None or (isinstance(given, str) if task.has_blob_input else not given):
        return False
    try:
        SCORERS[task.default_scorer].check(expected)
    except ValueError:
        return False
    answers = [example.expected for example in task.examples]
    if isinstance(expected, dict):
        if task.default_scorer == "ndcg":
            return True
        return any(isinstance(answer, dict) and not expected.keys().isdisjoint(answer) for answer in answers)
    if not isinstance(answers[0], str):
        return False
    is_short = len(expected.split()) <= _LONGEST_LABEL
    return is_short == (task.default_scorer in ("macro_f1", "numeric_tolerance"))
