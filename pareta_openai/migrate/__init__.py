"""The codemod behind ``pareta-openai migrate``: moves a repository from ``openai`` to ``pareta_openai``.

How a file goes through: `walking` finds it, `gates` says whether it is worth parsing, its kind (`kinds`) looks into
it, which for Python is to run every rule (`rules`) on a `module.Module`; the rules yield a `findings.Finding` for each
place, with edits; `file_plans` splices them, `planning` looks into the result until nothing more is found; `ledger`
gives each place that says openai one verdict; `writing` writes, and keeps what `--undo` needs.

Nothing in here imports openai or pydantic.
"""

from __future__ import annotations

from .findings import Edit, Finding, Rule, Span
from .options import Options, OptionsError, read_options
from .planning import Plan, plan

__all__ = ["Edit", "Finding", "Options", "OptionsError", "Plan", "Rule", "Span", "plan", "read_options"]
