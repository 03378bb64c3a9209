"""Server-Sent Events by the standard's rules, however the bytes are split; and JSON that is hostile."""

from __future__ import annotations

import gc
import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pareta_openai.decoding import EventDecoder, ServerSentEvent, UnworkableJSON, read_json


def told(events: list[ServerSentEvent]) -> list[tuple[str, str]]:
    return [(event.event, event.text) for event in events]


def decode(*pieces: bytes) -> list[tuple[str, str]]:
    decoder = EventDecoder()
    return [event for piece in pieces for event in told(decoder.feed(piece))]


def test_an_event_has_a_name_and_data() -> None:
    assert decode(b"event: progress\ndata: {}\n\n") == [("progress", "{}")]


def test_an_event_without_a_name_is_a_message() -> None:
    assert decode(b"data: 1\n\nevent:\ndata: 2\n\n") == [("message", "1"), ("message", "2")]


def test_a_name_lasts_for_one_event() -> None:
    assert decode(b"event: a\ndata: 1\n\ndata: 2\n\n") == [("a", "1"), ("message", "2")]


def test_lines_end_in_lf_cr_or_crlf() -> None:
    for end in (b"\n", b"\r", b"\r\n"):
        assert decode(end.join([b"event: a", b"data: 1", b"data: 2", b"", b""])) == [("a", "1\n2")]


def test_other_line_separators_are_text() -> None:
    assert decode("data: a\u2028b\x85c\x0bd\n\n".encode()) == [("message", "a\u2028b\x85c\x0bd")]


def test_one_space_behind_the_colon_is_dropped_and_no_more() -> None:
    assert decode(b"data:a\ndata: b\ndata:  c\ndata\n\n") == [("message", "a\nb\n c\n")]


def test_comments_ids_retries_and_unknown_fields_are_skipped() -> None:
    assert decode(b": ping\n\nid: 7\nretry: 10\nother: x\n: more\ndata: 1\n\n") == [("message", "1")]


def test_an_event_without_data_is_none() -> None:
    assert decode(b"event: a\n\n\n\ndata: 1\n\n") == [("message", "1")]


def test_a_byte_order_mark_is_dropped_at_the_start_only() -> None:
    assert decode(b"\xef\xbb", b"\xbfdata: 1\n\n\xef\xbb\xbfdata: 2\n\n") == [("message", "1")]


def test_what_no_empty_line_ended_is_no_event() -> None:
    assert decode(b"data: 1\n\ndata: 2\n") == [("message", "1")]


def test_bytes_that_are_no_utf_8_are_replaced() -> None:
    assert decode(b"data: \xff\n\n") == [("message", "\ufffd")]


def test_a_cr_ends_its_event_without_waiting_for_more() -> None:
    decoder = EventDecoder()
    assert told(decoder.feed(b"data: 1\r\r")) == [("message", "1")]
    assert told(decoder.feed(b"\ndata: 2\r\n\r\n")) == [("message", "2")]


LINES = st.sampled_from(["data: 1", "data:", "event: a", ": note", "", "", "id: 1", "data: ä\u2028"])
ENDS = st.sampled_from(["\n", "\r", "\r\n"])


@given(st.lists(st.tuples(LINES, ENDS)), st.lists(st.integers(0, 200)), st.booleans())
def test_the_split_of_the_bytes_changes_nothing(lines: list[tuple[str, str]], cuts: list[int], with_mark: bool) -> None:
    stream = ("\ufeff" * with_mark + "".join(line + end for line, end in lines)).encode()
    places = sorted({min(cut, len(stream)) for cut in cuts})
    pieces = [stream[a:b] for a, b in pairwise([0, *places, len(stream)])]
    assert decode(*pieces) == decode(stream)


def test_deep_json_does_not_reach_the_limit_of_recursion(monkeypatch: pytest.MonkeyPatch) -> None:
    """There, whatever is collected at the moment has its finalizers fail."""
    failed: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: failed.append(unraisable.exc_type))

    class Circle:
        def __init__(self) -> None:
            self.me = self

        def __del__(self) -> None:
            repr([[[]]])

    kept = gc.get_threshold()
    gc.collect()
    gc.freeze()
    try:
        for allocations in range(500, 1_000, 2):
            gc.disable()
            for _ in range(100):
                Circle()
            gc.set_threshold(100 + allocations)
            gc.enable()
            with pytest.raises(UnworkableJSON):
                read_json(b'{"a":' * 5_000 + b"1" + b"}" * 5_000)
            gc.collect()
    finally:
        gc.set_threshold(*kept)
        gc.unfreeze()
    assert failed == []
