"""Answers as servers send them: recorded ones, and the forms that vLLM, Ollama, Azure and OpenAI document."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any, NamedTuple

RECORDINGS = Path(__file__).with_name("recordings")


class Recorded(NamedTuple):
    status: int
    content_type: str
    body: bytes


def recorded() -> dict[str, Recorded]:
    """What llama.cpp's server sent, without the framing of HTTP."""
    return {path.stem: _recorded(path) for path in sorted(RECORDINGS.glob("*.json"))}


def _recorded(path: Path) -> Recorded:
    segments = json.loads(path.read_text(encoding="utf-8"))["segments"]
    head, _, body = b"".join(base64.b64decode(segment["bytes"]) for segment in segments).partition(b"\r\n\r\n")
    status_line, *lines = head.decode("ascii").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    if headers.get("transfer-encoding") == "chunked":
        body = _unframed(body)
    return Recorded(int(status_line.split()[1]), headers["content-type"], body)


def _unframed(framed: bytes) -> bytes:
    body = b""
    while framed:
        size, _, framed = framed.partition(b"\r\n")
        body += framed[: int(size, 16)]
        framed = framed[int(size, 16) + 2 :]
    return body


_HEAD = {"id": "chatcmpl-8d5a", "object": "chat.completion.chunk", "created": 1760000000, "model": "m"}


def _chunk(delta: dict[str, Any], finish_reason: str | None = None, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    return {**_HEAD, "choices": [choice], **more}


def _filtered(delta: dict[str, Any], filters: dict[str, Any]) -> dict[str, Any]:
    choice = {"content_filter_results": filters, "delta": delta, "finish_reason": None, "index": 0}
    return {**_HEAD, "choices": [choice]}


def _embeddings(vector: list[Any]) -> dict[str, Any]:
    return {"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": vector}], "model": "m"}


_LOGPROBS = {"content": [{"token": "Hi", "logprob": -1, "bytes": [72, 105], "top_logprobs": []}], "refusal": None}
_CALL = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": ""}}
_USAGE = {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}
_DETAILS = {"prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0}, "completion_tokens_details": None}
_FILTERS = {kind: {"filtered": False, "severity": "safe"} for kind in ("hate", "self_harm", "sexual", "violence")}

CHUNKS: dict[str, list[dict[str, Any]]] = {
    "vllm": [
        {**_chunk({"role": "assistant", "content": ""}), "prompt_token_ids": None},
        _chunk({"content": "Hi"}, usage={**_USAGE, "completion_tokens": 1, "total_tokens": 10}),
        {**_HEAD, "choices": [{"index": 0, "delta": {"reasoning_content": "…"}, "finish_reason": None}]},
        {
            **_HEAD,
            "choices": [
                {"index": 0, "delta": {"content": ""}, "logprobs": None, "finish_reason": "stop", "stop_reason": 151645}
            ],
        },
        {**_HEAD, "choices": [], "usage": _USAGE},
    ],
    "ollama": [
        {
            **_HEAD,
            "system_fingerprint": "fp_ollama",
            "choices": [{"index": 0, "delta": {"role": "assistant", "content": "Hi"}, "finish_reason": None}],
        },
        {
            **_HEAD,
            "system_fingerprint": "fp_ollama",
            "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": "stop"}],
        },
    ],
    "azure": [
        {"choices": [], "created": 0, "id": "", "model": "", "object": "", "prompt_filter_results": [_FILTERS]},
        _filtered({"role": "assistant"}, {}),
        _filtered({"content": "Hi"}, _FILTERS),
        _chunk({}, "content_filter"),
    ],
    "openai": [
        _chunk(
            {"role": "assistant", "content": "", "refusal": None}, service_tier="default", system_fingerprint="fp_1"
        ),
        _chunk({"tool_calls": [_CALL]}),
        _chunk({"tool_calls": [{"index": 0, "function": {"arguments": '{"a"'}}]}, obfuscation="xK3"),
        {**_HEAD, "choices": [{"index": 0, "delta": {"content": "Hi"}, "logprobs": _LOGPROBS, "finish_reason": None}]},
        _chunk({}, "tool_calls", usage=None),
        {**_HEAD, "choices": [], "usage": {**_USAGE, **_DETAILS}, "service_tier": "a tier of tomorrow"},
    ],
    "odd": [
        _chunk({"content": "one"}, created=1760000000.5),
        _chunk({"content": 7}),
        _chunk({"role": "bard", "content": "x"}, "a reason of tomorrow"),
        {**_HEAD, "choices": [{"index": "0", "delta": {"content": "x"}, "finish_reason": None}]},
        {**_HEAD, "choices": [{"index": True, "delta": {"content": None, "role": None}, "finish_reason": None}]},
        {"choices": [{"delta": {"content": "x"}, "index": 0}]},
        {**_HEAD, "choices": [{"index": 0, "delta": {"content": "x"}, "logprobs": {"content": None, "refusal": None}}]},
        {**_HEAD, "choices": None},
        _chunk({}, "stop", error=None, unknown={"deep": [1, {"er": 2.0}]}),
    ],
}


def _completion(message: dict[str, Any], finish_reason: str | None = "stop", **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish_reason}
    return {**_HEAD, "object": "chat.completion", "choices": [choice], "usage": _USAGE, **more}


_TOKEN = {"token": "Hi", "logprob": 0, "bytes": None, "top_logprobs": []}
_INTEGERS = {
    "index": 0,
    "message": {"role": "assistant", "content": "Hi"},
    "finish_reason": "stop",
    "logprobs": {"content": [_TOKEN], "refusal": None},
}

COMPLETIONS: dict[str, dict[str, Any]] = {
    "vllm": _completion(
        {"role": "assistant", "content": "Hi", "reasoning_content": None, "tool_calls": []},
        prompt_logprobs=None,
        kv_transfer_params=None,
        service_tier=None,
        system_fingerprint=None,
    ),
    "ollama": _completion({"role": "assistant", "content": "Hi"}, system_fingerprint="fp_ollama"),
    "azure": _completion({"content": "Hi", "role": "assistant", "refusal": None}, prompt_filter_results=[_FILTERS]),
    "openai": _completion(
        {"role": "assistant", "content": "Hi", "refusal": None, "annotations": []},
        service_tier="default",
        usage={**_USAGE, **_DETAILS},
    ),
    "tools": _completion(
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}},
                {"id": "call_2", "type": "custom", "custom": {"name": "g", "input": "x"}},
                {"id": "call_3", "type": "of tomorrow", "function": {"name": "h", "arguments": "{}"}},
            ],
        },
        "tool_calls",
    ),
    "integers for floats": _completion({"role": "assistant", "content": "Hi"}, choices=[_INTEGERS]),
    "no choices": {**_HEAD, "choices": []},
    "nothing known": {"hello": "world", "choices": "none", "model_config": 1},
}

EMBEDDINGS: dict[str, dict[str, Any]] = {
    "floats": {**_embeddings([0.25, -1, 1e-9]), "usage": {"prompt_tokens": 2, "total_tokens": 2}},
    "no numbers": _embeddings(["x", None]),
    "null": {"object": "list", "data": None, "model": "m", "usage": None},
}


def stream(chunks: list[dict[str, Any]]) -> bytes:
    events = [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks]
    return "".join([*events, "data: [DONE]\n\n"]).encode()
