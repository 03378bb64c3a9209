"""Bytes from the wire → events and JSON."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

_MAX_DEPTH = 100
_MARK = b"\xef\xbb\xbf"
_LINE_END = re.compile(rb"\r\n?|\n")


def read_json(text: str | bytes, **options: Any) -> Any:
    """`text` decoded. Raises `ValueError` where it is no JSON, or nested so deep that it could not be worked with.

    `options` are those of `json.loads`.
    """
    try:
        value = json.loads(text, **options)
    except RecursionError:
        raise ValueError("nested too deep") from None
    brackets = text.count("[") + text.count("{") if isinstance(text, str) else text.count(b"[") + text.count(b"{")
    if brackets > _MAX_DEPTH and is_too_deep(value):
        raise ValueError("nested too deep")
    return value


def is_too_deep(value: object) -> bool:
    """Whether decoded JSON is nested deeper than any answer is: `repr` and the like recurse, and would fail on it."""
    level = [value]
    for _ in range(_MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ())
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True


class ServerSentEvent(NamedTuple):
    """One event of a ``text/event-stream``."""

    event: str
    """The event's name; ``message`` where the stream gave none."""
    data: str


class EventDecoder:
    """Server-Sent Events from bytes that arrive split anywhere, by the WHATWG's rules for parsing them.

    Lines end in LF, CR or CRLF; an event ends at an empty line; what stands behind the last empty line is
    no event. ``id`` and ``retry`` steer a browser's reconnecting, which a deploy has not, and are skipped.

    Each byte is looked at once, and kept once until its event has ended.
    """

    def __init__(self) -> None:
        self._line = bytearray()  # as far as it has come
        self._at_start = True
        self._after_cr = False
        self._event = ""
        self._data: bytes | bytearray | None = None

    def feed(self, data: bytes) -> list[ServerSentEvent]:
        """The events that `data` completes, in order."""
        if not data:
            return []
        if self._at_start:
            data = bytes(self._line) + data
            self._line.clear()
            if len(data) < len(_MARK) and _MARK.startswith(data):
                self._line += data
                return []
            data = data.removeprefix(_MARK)
            self._at_start = False
        # The second half of a CRLF whose CR has ended its line already.
        start = 1 if self._after_cr and data.startswith(b"\n") else 0
        self._after_cr = data.endswith(b"\r")
        events = []
        for end in _LINE_END.finditer(data, start):
            line = data[start : end.start()]
            start = end.end()
            if self._line:
                self._line += line
                line = bytes(self._line)
                self._line.clear()
            if line:
                self._read_line(line)
            elif self._data is None:
                self._event = ""
            else:
                events.append(self._end_event(self._data))
        self._line += data[start:]
        return events

    def _read_line(self, line: bytes) -> None:
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            if self._data is None:
                self._data = value
            else:
                self._data = bytearray(self._data) if isinstance(self._data, bytes) else self._data
                self._data += b"\n"
                self._data += value
        elif field == b"event":
            self._event = value.decode("utf-8", errors="replace")

    def _end_event(self, data: bytes | bytearray) -> ServerSentEvent:
        event = self._event or "message"
        self._event, self._data = "", None
        return ServerSentEvent(event, data.decode("utf-8", errors="replace"))
