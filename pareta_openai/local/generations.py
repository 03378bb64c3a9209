"""The platform's generations: what each of them has, of all that the contract describes."""

from __future__ import annotations

from dataclasses import dataclass

from .operations import Operation


@dataclass(frozen=True)
class Generation:
    """`has_newer` is what the contract's document marks with ``x-platform``, and the model ``auto``.

    `has_endpoints` is what it marks with ``x-platform-may-lack``: endpoints and leaderboards.
    """

    name: str
    has_newer: bool
    has_endpoints: bool
    sends_receipts: bool

    def serves(self, operation: Operation) -> bool:
        return (self.has_newer or not operation.is_newer) and (self.has_endpoints or not operation.may_be_lacking)


EVERYTHING = Generation("0.3 and 3.0", has_newer=True, has_endpoints=True, sends_receipts=True)
"""What no one platform is, and every client works with."""

GENERATIONS = {
    "0.3": Generation("0.3", has_newer=False, has_endpoints=True, sends_receipts=False),
    "3.0": Generation("3.0", has_newer=True, has_endpoints=False, sends_receipts=True),
}


def find_generation(name: str | None) -> Generation:
    """`EVERYTHING` for None. Raises `ValueError` for a name that is none of `GENERATIONS`."""
    if name is None:
        return EVERYTHING
    if name not in GENERATIONS:
        raise ValueError(f"platform is {name!r}, which is none of {', '.join(map(repr, GENERATIONS))}.")
    return GENERATIONS[name]
