"""Pictures with no model behind them: a pattern of two colours that a text decides."""

from __future__ import annotations

import hashlib
import struct
import zlib

_LABEL = b"Made by the local Pareta platform. No model is behind it."
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CELLS = 8
_LARGEST_SIDE = 4096


def draw(text: str, width: int, height: int) -> bytes:
    """A PNG of this size in pixels, the same for the same text. Its comment says what it is."""
    seed = hashlib.sha256(text.encode("utf-8", "replace")).digest()
    rows = [_row(seed[cell], width) for cell in range(_CELLS)]
    # One bit for each pixel, and a byte before each row that says it is not filtered.
    pixels = b"".join(b"\0" + rows[y * _CELLS // height] for y in range(height))
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 3, 0, 0, 0)),
            _chunk(b"PLTE", seed[8:11] + b"\xff\xff\xff"),
            _chunk(b"tEXt", b"Comment\0" + _LABEL),
            _chunk(b"IDAT", zlib.compress(pixels)),
            _chunk(b"IEND", b""),
        )
    )


def size_of(picture: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG in pixels; None for anything else, and for one that is too large to be drawn."""
    if not picture.startswith(_SIGNATURE) or picture[12:16] != b"IHDR" or len(picture) < 24:
        return None
    width, height = struct.unpack(">II", picture[16:24])
    return (width, height) if 0 < width <= _LARGEST_SIDE and 0 < height <= _LARGEST_SIDE else None


def _row(pattern: int, width: int) -> bytes:
    bits = "".join(str(pattern >> x * _CELLS // width & 1) for x in range(width))
    return int(bits.ljust(-(-width // 8) * 8, "0"), 2).to_bytes(-(-width // 8), "big")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
