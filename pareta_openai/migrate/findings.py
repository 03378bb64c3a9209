"""What a rule says about a place in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from .module import Module
    from .project import Project

Verdict = Literal["migrate", "already", "left", "manual"]
Safety = Literal["safe", "suggested", "manual"]


class Span(NamedTuple):
    """Bytes of a file, from `start` up to but without `end`."""

    start: int
    end: int


class Edit(NamedTuple):
    """`text` in place of the bytes from `start` to `end`; an insertion where the two are the same."""

    start: int
    end: int
    text: bytes


@dataclass(frozen=True)
class Finding:
    """One place and its verdict.

    ``migrate`` has edits (or follows from another finding's), ``already`` needs none, ``left`` stays on purpose and the
    message says why, ``manual`` needs a person and the message says what to do.
    """

    rule: str
    verdict: Verdict
    span: Span
    message: str
    edits: tuple[Edit, ...] = ()
    safety: Safety = "safe"
    group: str = ""
    """Findings of one group, in whichever files, are applied together or not at all."""
    needs: tuple[str, ...] = ()
    """Names that the edits rely on, such as ``pareta_openai.ParetaOpenAI``: the engine imports each once."""
    renames: tuple[tuple[str, str], ...] = ()
    """Environment variables that the code reads under a new name after the edits: ``(old, new)``."""
    reads: tuple[str, ...] = ()
    """OpenAI's environment variables that the code goes on reading."""
    model: str | None = None
    """The model's name, where the place has one: what the inventory is made from."""


@dataclass(frozen=True)
class Rule:
    """One rule: a module of ``pareta_openai.migrate.rules`` has it as ``RULE``.

    `check` yields findings for a module and changes nothing. The module's docstring explains the rule; its first line
    is the sentence that ``--list-rules`` shows.
    """

    id: str
    name: str
    safety: Safety
    check: Callable[[Module, Project], Iterable[Finding]]
    words: tuple[bytes, ...] = field(default=(b"openai",))
    """A file that has none of these words, in lower case, is none of the rule's business."""
