"""Vectors with no model behind them: texts that share pieces of words are near one another."""

from __future__ import annotations

import math
import zlib
from collections import Counter

DIMENSIONS = 1024

_LENGTHS = (3, 4, 5)
# What stands behind is not looked at, as a model with a short context would not.
_CHARACTERS = 8192


def embed(text: str, dimensions: int = DIMENSIONS) -> list[float]:
    """A vector of length 1 that depends on the text alone: its pieces of 3 to 5 characters, each hashed to a place.

    Fewer `dimensions` are the first ones, brought to length 1 again.
    """
    words = " ".join(text[:_CHARACTERS].casefold().split())
    padded = f" {words} ".encode("utf-8", "replace")
    pieces = (padded[start : start + n] for n in _LENGTHS for start in range(max(1, len(padded) - n + 1)))
    counts = Counter(zlib.crc32(piece) % DIMENSIONS for piece in pieces)
    # A piece that is there nine times says three times as much as one that is there once.
    vector = [math.sqrt(counts[place]) for place in range(dimensions)]
    length = math.hypot(*vector)
    if not length:
        # All its pieces fell behind the last dimension.
        return [1.0, *[0.0] * (dimensions - 1)]
    return [value / length for value in vector]


def similarity(one: list[float], other: list[float]) -> float:
    """0 to 1, where 1 is the same text."""
    return min(1.0, math.fsum(a * b for a, b in zip(one, other, strict=True)))
