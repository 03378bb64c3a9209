"""Micro-USD, which the platform counts in, as dollars."""

from __future__ import annotations

from decimal import Decimal


def dollars(micro_usd: int) -> Decimal:
    """A billed total in dollars, floored to whole cents: never more than was charged. Not for unit rates."""
    return Decimal(int(micro_usd) // 10_000) / 100
