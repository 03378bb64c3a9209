"""When an answer says to try again."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime


def seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """A ``Retry-After``, which is a number of seconds or an HTTP date, in seconds from now."""
    value = headers.get("retry-after", "")
    try:
        seconds = float(value)
    except ValueError:
        try:
            told = seconds_by_their_clock(headers)
            seconds = parsedate_to_datetime(value).timestamp() - time.time() if told is None else told
        except (ValueError, TypeError, OverflowError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def seconds_by_their_clock(headers: Mapping[str, str]) -> float | None:
    """From an answer's `Date` to its ``Retry-After``, where that is a date too: their clock may be off, or ours."""
    try:
        until, now = (parsedate_to_datetime(headers[name]) for name in ("retry-after", "date"))
        return (until - now).total_seconds()
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
