"""Sound with no model behind it: a tone for each word, in a WAV file that carries its text along."""

from __future__ import annotations

import io
import math
import struct
import wave
import zlib
from dataclasses import dataclass

SAMPLE_RATE = 8000

_LABEL = b"Made by the local Pareta platform. No model is behind it."
_SECONDS_PER_CHARACTER = 0.06
_PITCHES = (220, 250, 320, 400, 500)
_VOLUME = 3000
# What cannot be read is taken for compressed sound of 128 kbit/s.
_BYTES_PER_SECOND = 16_000


@dataclass(frozen=True)
class Recording:
    """`text` is None where nothing in the file says what is spoken."""

    seconds: float
    text: str | None


def speak(text: str, voice: str) -> bytes:
    """A WAV file, the same for the same text and voice: 16 bits, one channel, `SAMPLE_RATE` samples a second."""
    samples = b"".join(_tone(word, voice) for word in text.split())
    # In Python's own module nothing can be said beside the samples.
    chunks = b"".join(
        (
            _chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, SAMPLE_RATE, SAMPLE_RATE * 2, 2, 16)),
            _chunk(b"LIST", b"INFO" + _chunk(b"ICMT", _LABEL) + _chunk(b"ISBJ", text.encode("utf-8", "replace"))),
            _chunk(b"data", samples),
        )
    )
    return _chunk(b"RIFF", b"WAVE" + chunks)


def listen(recording: bytes) -> Recording:
    """How long it lasts, and what `speak` was told to say."""
    try:
        with wave.open(io.BytesIO(recording)) as file:
            seconds = file.getnframes() / file.getframerate()
    except (wave.Error, EOFError, ZeroDivisionError, struct.error):
        return Recording(len(recording) / _BYTES_PER_SECOND, None)
    return Recording(seconds, _spoken(recording))


def _spoken(recording: bytes) -> str | None:
    _, label, rest = recording.partition(_chunk(b"ICMT", _LABEL) + b"ISBJ")
    if not label:
        return None
    length = int.from_bytes(rest[:4], "little")
    return rest[4 : 4 + length].decode("utf-8", "replace")


def _tone(word: str, voice: str) -> bytes:
    """As long as the word takes to be read out, and a pause."""
    period = SAMPLE_RATE // _PITCHES[zlib.crc32(f"{voice}:{word}".encode("utf-8", "replace")) % len(_PITCHES)]
    one_period = b"".join(
        struct.pack("<h", round(_VOLUME * math.sin(2 * math.pi * at / period))) for at in range(period)
    )
    periods = round(len(word) * _SECONDS_PER_CHARACTER * SAMPLE_RATE / period)
    pause = round(_SECONDS_PER_CHARACTER * SAMPLE_RATE)
    return one_period * max(1, periods) + bytes(2 * pause)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
