"""Fuzzing every call with JSON of the wrong shape, over HTTP, on both clients. See `harness` for longer runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pareta_openai.resources import eval_sets
from tests.fuzz.harness import RawServer, bounded, ran
from tests.fuzz.hostile_http import LOCATIONS
from tests.fuzz.junk import SPOILING, VALUES, spoil, write_bytes
from tests.fuzz.operations import CONTROL_PLANE, INFERENCE, MODES, UPLOAD, Operation, ask


def over_http(value: Any) -> bytes:
    content = write_bytes(value)
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
    return head.encode() + content


@bounded(1200)
@given(st.sampled_from(CONTROL_PLANE), st.sampled_from(MODES), SPOILING)
def test_whatever_json_the_control_plane_sends_the_caller_gets_a_value_or_a_pareta_error(
    run: Callable[..., Any], server: RawServer, operation: Operation, mode: str, spoiling: Any
) -> None:
    ran["calls: JSON of the control plane"] += 1
    server.answer = over_http(spoil(operation.answer, spoiling))
    ask(run, operation, mode)


@bounded(400)
@given(st.sampled_from(INFERENCE), st.sampled_from(MODES), SPOILING)
def test_whatever_json_inference_sends_the_caller_gets_a_value_or_a_pareta_error(
    run: Callable[..., Any], server: RawServer, operation: Operation, mode: str, spoiling: Any
) -> None:
    ran["calls: JSON of inference"] += 1
    server.answer = over_http(spoil(operation.answer, spoiling))
    ask(run, operation, mode)


TARGET = {"upload_url": "", "storage_uri": "s3://bucket/key", "size": 4}
URLS = st.sampled_from([*LOCATIONS, *VALUES])


@bounded(150)
@given(URLS, SPOILING, st.booleans())
def test_wherever_a_document_is_sent_the_caller_gets_a_value_or_a_pareta_error(
    run: Callable[..., Any], server: RawServer, url: Any, spoiling: Any, is_spoiled: bool
) -> None:
    ran["calls: URLs to upload to"] += 1
    target = {**TARGET, "upload_url": url}
    server.answer = over_http(spoil(target, spoiling) if is_spoiled else target)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(eval_sets, "INLINE_LIMIT", 0)
        ask(run, UPLOAD, "plain")
