"""Fuzzing `EventDecoder` by itself, against a decoder that is slow and plainly right. See `harness` for longer runs."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterable, Iterator

from hypothesis import given
from hypothesis import strategies as st

from pareta_openai.decoding import EventDecoder
from tests.fuzz.harness import bounded, ran
from tests.fuzz.hostile_http import mutate
from tests.fuzz.junk import listed

MIB = 2**20


def decode_slowly(stream: bytes) -> list[tuple[str, str]]:
    """All events of a whole stream: the standard's algorithm, step by step, on text that is decoded at once."""
    text = stream.decode("utf-8", errors="replace")
    if text.startswith("\ufeff"):
        text = text[1:]
    *lines, _unended = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    events: list[tuple[str, str]] = []
    event, data = "", ""
    for line in lines:
        if line == "":
            if data != "":
                events.append((event if event != "" else "message", data[:-1]))
            event, data = "", ""
        elif line[0] == ":":
            continue
        else:
            if ":" in line:
                field, value = line[: line.index(":")], line[line.index(":") + 1 :]
                if value != "" and value[0] == " ":
                    value = value[1:]
            else:
                field, value = line, ""
            if field == "event":
                event = value
            elif field == "data":
                data = data + value + "\n"
    return events


def decode(pieces: Iterable[bytes]) -> list[tuple[str, str]]:
    decoder = EventDecoder()
    return [(event.event, event.text) for piece in pieces for event in decoder.feed(piece)]


END = st.sampled_from([b"\n", b"\r\n", b"\r"])
_LINES = r"""
|data|data:|data: |data:  two|data: {"choices": [{"delta": {"content": "\xc3\xa4\xe2\x80\xa8"}}]}|data: [DONE]|
event: progress|event|event:error|: ping|:|id: 7\0|retry: 10|\xef\xbb\xbfdata: mark|da\0ta: 1| data: 1|data : 1|
DATA: 1|data: \xff\xfe|data: \xe2\x82|data: \xf0\x9f\x98|data: \xed\xa0\x80|data: a\x0bb\x0cc\x1cd\xc2\x85e"""
LINE = st.one_of(st.sampled_from([line.encode("latin-1") for line in listed(_LINES)]), st.binary(max_size=12))
STREAM = st.builds(
    lambda mark, lines: mark + b"".join(line + end for line, end in lines),
    st.sampled_from([b"", b"", b"\xef\xbb\xbf", b"\xef\xbb", b"\xef\xbb\xbf\xef\xbb\xbf"]),
    st.lists(st.tuples(LINE, END), max_size=12),
)
_PUT = [b"", b"\n", b"\r", b"\r\n", b"\n\n", b"\x00", b"\xff", b"\xef\xbb\xbf", b":", b" ", b"\xe2"]
MUTATIONS = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 3), st.sampled_from(_PUT)), max_size=4)
CUTS = st.none() | st.lists(st.integers(0, 400), max_size=12)


def split(stream: bytes, cuts: list[int] | None) -> Iterator[bytes]:
    """At these places, or byte by byte."""
    places = range(len(stream)) if cuts is None else sorted(cut % (len(stream) + 1) for cut in cuts)
    start = 0
    for place in places:
        yield stream[start:place]
        start = place
    yield stream[start:]


@bounded(2000)
@given(STREAM, MUTATIONS, CUTS)
def test_any_bytes_split_anywhere_are_the_events_that_the_standard_says(
    stream: bytes, mutations: list[tuple[int, int, bytes]], cuts: list[int] | None
) -> None:
    ran["events: bytes split anywhere, against a slow decoder"] += 1
    stream = mutate(stream, mutations)
    assert decode(split(stream, cuts)) == decode_slowly(stream)


def long_line(mib: float) -> Iterator[bytes]:
    """One event of that size, 1 KiB at a time."""
    yield b"data: "
    for _ in range(int(mib * 1024)):
        yield b"x" * 1024
    yield b"\n\n"


def test_a_line_of_10_mib_takes_a_few_times_its_memory() -> None:
    tracemalloc.start()
    try:
        [(_, data)] = decode(long_line(10))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(data) == 10 * MIB
    assert peak < 6 * 10 * MIB


def test_an_event_of_many_short_lines_takes_a_few_times_its_memory() -> None:
    pieces = [b"data:ab\n" * 128] * 1024
    tracemalloc.start()
    try:
        [(_, data)] = decode([*pieces, b"\n"])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(data) == len("ab\n") * 128 * 1024 - 1
    assert peak < 6 * MIB


def test_time_grows_with_the_length_of_a_line_and_not_with_its_square() -> None:
    def seconds(mib: float) -> float:
        start = time.process_time()
        decode(long_line(mib))
        return time.process_time() - start

    seconds(0.5)
    # 16 times as long: some 16 times as much where it is linear, 256 times where it is not.
    assert min(seconds(16) for _ in range(2)) < 80 * max(min(seconds(1) for _ in range(5)), 1e-3)
