"""From a sentence about what someone wants to do, to a task, by the words in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .catalogue import CAPABILITIES, TASKS, UNSUPPORTED, Capability, Task

# One strong word is enough to choose; common words such as "extract" alone are not.
_CHOOSE_FROM = 0.7
_AMBIGUOUS_WITHIN = 0.1


@dataclass(frozen=True)
class Candidate:
    task_id: str
    score: float
    confidence: str
    category: str


@dataclass(frozen=True)
class Match:
    """`type` is ``task``, ``capability``, ``unsupported`` or ``none``."""

    query: str
    type: str
    chosen: Candidate | None
    candidates: list[Candidate]
    ambiguous: bool
    confidence: str
    reasoning: str
    capability: Capability | None


def match(query: str, *, top_k: int) -> Match:
    """The same query always gives the same match. `top_k` bounds the candidates."""
    words = _words(query)
    ranked = sorted((_candidate(task, words) for task in TASKS.values()), key=lambda found: -found.score)
    candidates = [found for found in ranked if found.score > 0]
    task_score = candidates[0].score if candidates else 0.0
    capability = max(CAPABILITIES, key=lambda lane: _score(lane.terms, words))
    capability_score = _score(capability.terms, words)
    unsupported = max(UNSUPPORTED, key=lambda kind: _score(kind.terms, words))
    unsupported_score = _score(unsupported.terms, words)

    outcome, chosen, lane = "none", None, None
    best = max(task_score, capability_score, unsupported_score)
    if best < _CHOOSE_FROM:
        reasoning = "No word of the query points clearly at a task."
    elif task_score == best:
        outcome, chosen = "task", candidates[0]
        reasoning = f"The query's words fit {TASKS[chosen.task_id].title.lower()} best."
    elif unsupported_score == best:
        outcome = "unsupported"
        reasoning = f"The query asks for {unsupported.label}, which is not on offer."
    else:
        outcome, lane = "capability", capability
        reasoning = f"No benchmarked task fits; the general lane {capability.label.lower()} does."

    runner_up = candidates[1].score if len(candidates) > 1 else 0.0
    return Match(
        query=query,
        type=outcome,
        chosen=chosen,
        candidates=candidates[:top_k],
        ambiguous=chosen is not None and runner_up >= max(_CHOOSE_FROM, chosen.score - _AMBIGUOUS_WITHIN),
        confidence=_confidence(best),
        reasoning=reasoning,
        capability=lane,
    )


def contenders(match: Match) -> list[Candidate]:
    """The chosen task, and those beside which it could not be chosen without doubt."""
    if match.chosen is None:
        return []
    lowest = max(_CHOOSE_FROM, match.chosen.score - _AMBIGUOUS_WITHIN)
    return [candidate for candidate in match.candidates if candidate.score >= lowest]


def _candidate(task: Task, words: frozenset[str]) -> Candidate:
    score = _score(task.terms, words)
    return Candidate(task_id=task.id, score=score, confidence=_confidence(score), category=task.category)


def _score(terms: Mapping[str, int], words: frozenset[str]) -> float:
    """0 to 1: each point of weight halves what is missing to certainty."""
    points = sum(weight for term, weight in terms.items() if term in words)
    return round(1 - 0.5**points, 4)


def _confidence(score: float) -> str:
    if score >= 0.9:
        return "high"
    return "medium" if score >= _CHOOSE_FROM else "low"


def _words(query: str) -> frozenset[str]:
    """The query's words, each also without the endings that English gives it."""
    found = set(re.findall(r"[\w-]+", query.lower()))
    for word in tuple(found):
        found.update(_stems(word))
    return frozenset(found)


def _stems(word: str) -> set[str]:
    american = word.replace("summariz", "summaris")
    stems = {american}
    for ending, instead in (
        ("ies", "y"),
        ("ing", ""),
        ("ing", "e"),
        ("ed", ""),
        ("ed", "e"),
        ("s", ""),
        ("ion", "e"),
    ):
        if american.endswith(ending) and len(american) > len(ending) + 2:
            stems.add(american[: -len(ending)] + instead)
    return stems
