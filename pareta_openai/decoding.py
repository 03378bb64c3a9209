"""Bytes from the wire → events."""

from __future__ import annotations

from typing import NamedTuple


class ServerSentEvent(NamedTuple):
    """One event of a ``text/event-stream``."""

    event: str
    """The event's name; ``message`` where the stream gave none."""
    data: str


class EventDecoder:
    """Server-Sent Events from bytes that arrive split anywhere, by the WHATWG's rules for parsing them.

    Lines end in LF, CR or CRLF; an event ends at an empty line; what stands behind the last empty line is
    no event. ``id`` and ``retry`` steer a browser's reconnecting, which a deploy has not, and are skipped.
    """

    def __init__(self) -> None:
        self._buffer = b""
        self._at_start = True
        self._after_cr = False
        self._event = ""
        self._data: list[str] = []

    def feed(self, data: bytes) -> list[ServerSentEvent]:
        """The events that `data` completes, in order."""
        if not data:
            return []
        if self._after_cr and data.startswith(b"\n"):
            data = data[1:]  # the second half of a CRLF whose CR has ended its line already
        self._after_cr = data.endswith(b"\r")
        self._buffer += data
        if self._at_start:
            if len(self._buffer) < 3 and b"\xef\xbb\xbf".startswith(self._buffer):
                return []
            self._buffer = self._buffer.removeprefix(b"\xef\xbb\xbf")
            self._at_start = False
        # The lines of bytes end in LF, CR and CRLF only; those of str end at U+2028 and others too.
        lines = self._buffer.splitlines(keepends=True)
        self._buffer = lines.pop() if lines and not lines[-1].endswith((b"\n", b"\r")) else b""
        return [event for line in lines if (event := self._read_line(line.rstrip(b"\r\n")))]

    def _read_line(self, line: bytes) -> ServerSentEvent | None:
        if not line:
            return self._end_event()
        field, _, value = line.decode("utf-8", errors="replace").partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            self._data.append(value)
        elif field == "event":
            self._event = value
        return None

    def _end_event(self) -> ServerSentEvent | None:
        event, data = self._event, self._data
        self._event, self._data = "", []
        return ServerSentEvent(event or "message", "\n".join(data)) if data else None
