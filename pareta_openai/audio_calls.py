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
        [file] = each_file(files)
        return {**body, "audio_base64": base64.b64encode(_read(file)).decode()}
    if path == SPEECH and "input" in body:
        return {**{name: value for name, value in body.items() if name != "input"}, "text": body["input"]}
    return None


def recording(answer: object) -> tuple[bytes, str]:
    """What `/audio/speech` answered with, and its media type. Raises `ValueError` for another answer."""
    if not isinstance(answer, Mapping) or not isinstance(answer.get("audio_base64"), str):
        raise ValueError("no audio_base64 in it")
    kind = answer.get("format")
    return base64.b64decode(answer["audio_base64"], validate=True), f"audio/{kind}" if kind else "audio/wav"


def each_file(files: Any) -> list[Any]:
    """Of a call's `files`, which are pairs with a name or a mapping."""
    return [file for _, file in (files.items() if isinstance(files, Mapping) else files or ())]


def content_of(file: Any) -> Any:
    """Bytes, or something to read, of a file as openai hands it to the transport."""
    return file[1] if isinstance(file, tuple) else file


def _read(file: Any) -> bytes:
    content = content_of(file)
    read: bytes | str = content.read() if hasattr(content, "read") else content
    return read.encode() if isinstance(read, str) else read
