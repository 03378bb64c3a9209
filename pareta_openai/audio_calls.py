"""openai's calls of `audio`, as Pareta takes them: a recording goes and comes as base64 in JSON."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

TRANSCRIPTIONS = "/audio/transcriptions"
SPEECH = "/audio/speech"


def as_pareta_takes_it(path: str, body: Mapping[str, Any], files: Any) -> dict[str, Any] | None:
    """The JSON to send in place of `body` and `files`; None for a call that is none of these, or made for Pareta.

    Raises `ValueError` for what Pareta cannot answer with.
    """
    if path == TRANSCRIPTIONS and files:
        if body.get("stream") or body.get("response_format") not in (None, "json"):
            raise ValueError(
                "Pareta answers a transcription with JSON, in one piece: leave stream and response_format."
            )
        [(_, file)] = files.items() if isinstance(files, Mapping) else files
        return {**body, "audio_base64": base64.b64encode(_content(file)).decode()}
    if path == SPEECH and "input" in body:
        return {**{name: value for name, value in body.items() if name != "input"}, "text": body["input"]}
    return None


def recording(answer: object) -> tuple[bytes, str]:
    """What `/audio/speech` answered with, and its media type. Raises `ValueError` for another answer."""
    if not isinstance(answer, Mapping) or not isinstance(answer.get("audio_base64"), str):
        raise ValueError("no audio_base64 in it")
    kind = answer.get("format")
    return base64.b64decode(answer["audio_base64"], validate=True), f"audio/{kind}" if kind else "audio/wav"


def _content(file: Any) -> bytes:
    """Of a file as openai hands it to the transport: bytes, something to read, or a tuple with either after a name."""
    content = file[1] if isinstance(file, tuple) else file
    if not hasattr(content, "read"):
        return content if isinstance(content, bytes) else str(content).encode()
    position = content.tell() if content.seekable() else None
    read: bytes = content.read()
    if position is not None:
        content.seek(position)  # a fallback reads it once more
    return read
