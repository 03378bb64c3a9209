"""Embeddings, reranking, pictures, sound, ``auto`` and the vendors' models: stand-ins that are billed like the rest."""

from __future__ import annotations

import base64
import io
import math
import socket
import struct
import wave
import zlib
from typing import Any

import openai
import pytest

from pareta_openai.local import LocalPlatform, Organisation, Upstream, faults
from tests.local.conftest import Caller

PARTIES = "The parties to this agreement are Acme Ltd and Nordwind AS."
BILLED = {
    "/v1/embeddings": ({"input": "four token text"}, 1),
    "/v1/rerank": ({"query": "parties", "documents": ["one", "two"], "top_n": 1}, 50),
    "/v1/images/generations": ({"prompt": "a lighthouse", "n": 2}, 40_000),
    "/v1/images/edits": ({"prompt": "a red scarf", "image": "aW1hZ2U="}, 30_000),
    "/v1/audio/transcriptions": ({"audio_base64": base64.b64encode(bytes(32_000)).decode()}, 100),
    "/v1/audio/speech": ({"text": "Hello"}, 36),
    "/v1/playground/frontier": ({"model": "gpt-5.1", "messages": [{"role": "user", "content": "hi"}]}, 7_500),
}


OPERATIONS = {
    "/v1/embeddings": "createEmbeddings",
    "/v1/rerank": "rerank",
    "/v1/images/generations": "generateImages",
    "/v1/images/edits": "editImages",
    "/v1/audio/transcriptions": "transcribeAudio",
    "/v1/audio/speech": "createSpeech",
    "/v1/playground/frontier": "askFrontierModel",
}


def post(call: Caller, path: str, body: Any = None, key: str | None = None) -> Any:
    answer = call("POST", path, BILLED[path][0] if body is None else body, {"Idempotency-Key": key} if key else {})
    assert answer.status == 200, answer.body
    return answer.json()


def vector(call: Caller, text: str, **more: Any) -> list[float]:
    found: list[float] = post(call, "/v1/embeddings", {"input": text, **more})["data"][0]["embedding"]
    return found


def dot(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


# Billing and faults


@pytest.mark.parametrize("path", BILLED)
def test_each_of_them_is_billed_and_says_so(call: Caller, organisation: Organisation, path: str) -> None:
    body, micro_usd = BILLED[path]
    answer = call("POST", path, body)
    (debit,) = organisation.ledger()
    assert debit.micro_usd == organisation.spent_micro_usd == micro_usd == int(answer.headers["X-Pareta-Billed"])
    assert debit.frontier_micro_usd == int(answer.headers["X-Pareta-Frontier-Would-Have-Cost"])
    assert debit.request_id == answer.headers["x-request-id"]


@pytest.mark.parametrize("path", BILLED)
def test_each_of_them_is_billed_once_for_an_idempotency_key(
    call: Caller, organisation: Organisation, path: str
) -> None:
    assert len({str(strip(post(call, path, key="one call"))) for _ in range(2)}) == 1
    assert len(organisation.ledger()) == 1


@pytest.mark.parametrize("path", BILLED)
def test_each_of_them_is_refused_without_credit(call: Caller, organisation: Organisation, path: str) -> None:
    organisation.set_balance(0)
    assert call("POST", path, BILLED[path][0]).status == 402
    assert organisation.ledger() == []


@pytest.mark.parametrize(("path", "operation"), OPERATIONS.items())
def test_each_of_them_meets_the_faults_that_are_armed_for_it(
    call: Caller, organisation: Organisation, path: str, operation: str
) -> None:
    organisation.add_fault(faults.status(503), on=operation)
    assert call("POST", path, BILLED[path][0]).status == 503
    assert organisation.ledger() == []
    assert call("POST", path, BILLED[path][0]).status == 200


def strip(answer: dict[str, Any]) -> dict[str, Any]:
    """Without what each call has anew."""
    return {name: value for name, value in answer.items() if name not in ("id", "created", "latency_ms")}


# Embeddings and reranking


def test_a_vector_has_1024_dimensions_and_the_length_1(call: Caller) -> None:
    found = vector(call, PARTIES)
    assert len(found) == 1024
    assert math.hypot(*found) == pytest.approx(1)


def test_an_embedding_depends_on_the_text_alone(call: Caller) -> None:
    assert vector(call, PARTIES) == vector(call, PARTIES, input_type="query", model="any")


def test_similar_texts_are_near_one_another(call: Caller) -> None:
    near = dot(vector(call, PARTIES), vector(call, "Who are the parties to the agreement?"))
    far = dot(vector(call, PARTIES), vector(call, "12 drill bits at 4.50 EUR, due 1 March"))
    assert near > 2 * far


def test_fewer_dimensions_are_the_first_ones_at_length_1(call: Caller) -> None:
    whole, first = vector(call, PARTIES), vector(call, PARTIES, dimensions=64)
    assert math.hypot(*first) == pytest.approx(1)
    assert first == pytest.approx([value / math.hypot(*whole[:64]) for value in whole[:64]])


def test_a_text_of_which_no_piece_falls_into_the_few_dimensions_has_a_vector_too(call: Caller) -> None:
    assert math.hypot(*vector(call, "x", dimensions=1)) == 1


@pytest.mark.parametrize(
    ("given", "count"), [("text", 1), (["one", "two"], 2), ([1, 2, 3], 1), ([[1, 2], [3]], 2)], ids=str
)
def test_what_is_embedded_may_be_text_or_tokens(call: Caller, given: Any, count: int) -> None:
    answer = post(call, "/v1/embeddings", {"input": given})
    assert [item["index"] for item in answer["data"]] == list(range(count))
    assert answer["usage"]["prompt_tokens"] == answer["usage"]["total_tokens"] > 0


def test_base64_is_the_same_vector_in_32_bits(call: Caller) -> None:
    packed = vector(call, PARTIES, encoding_format="base64")
    assert isinstance(packed, str)
    assert struct.unpack("<1024f", base64.b64decode(packed)) == pytest.approx(vector(call, PARTIES))


def test_plain_openai_embeds(platform: LocalPlatform, organisation: Organisation) -> None:
    with openai.OpenAI(api_key=organisation.api_key, base_url=f"{platform.base_url}/v1") as client:
        answer = client.embeddings.create(model="text-embedding-3-small", input=["one", "two"])
    assert [len(item.embedding) for item in answer.data] == [1024, 1024]
    assert "no model" in answer.model


def test_the_document_that_answers_the_query_is_ranked_first(call: Caller) -> None:
    documents = ["Deliveries are on Tuesdays.", PARTIES, "An invoice is due within 30 days."]
    answer = post(call, "/v1/rerank", {"query": "parties to the agreement", "documents": documents})
    assert answer["results"][0]["index"] == 1
    scores = [result["relevance_score"] for result in answer["results"]]
    assert 1 >= scores[0] >= scores[1] >= scores[2] >= 0
    assert answer["pairs"] == 3


def test_documents_that_are_alike_keep_their_order(call: Caller) -> None:
    answer = post(call, "/v1/rerank", {"query": "a", "documents": ["same", "same", "same"], "top_n": 2})
    assert [result["index"] for result in answer["results"]] == [0, 1]


def test_the_best_few_are_given_and_all_are_billed(call: Caller, organisation: Organisation) -> None:
    answer = post(call, "/v1/rerank", {"query": "a", "documents": ["one", "two", "three"], "top_n": 1})
    assert (len(answer["results"]), answer["pairs"]) == (1, 3)
    assert organisation.spent_micro_usd == 75


# Pictures


def picture(answer: dict[str, Any], number: int = 0) -> bytes:
    return base64.b64decode(answer["data"][number]["b64_json"])


def read_png(png: bytes) -> tuple[int, int, bytes]:
    """Width, height and what is in the rows, once every sum in it is right."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    chunks: dict[bytes, bytes] = {}
    rest = png[8:]
    while rest:
        (length,) = struct.unpack(">I", rest[:4])
        chunks[rest[4:8]] = rest[8 : 8 + length]
        assert rest[8 + length : 12 + length] == struct.pack(">I", zlib.crc32(rest[4 : 8 + length]))
        rest = rest[12 + length :]
    width, height, depth, colour, *_ = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    pixels = zlib.decompress(chunks[b"IDAT"])
    assert (depth, colour, len(chunks[b"PLTE"])) == (1, 3, 6)
    assert len(pixels) == height * (1 + -(-width // 8))
    assert b"No model" in chunks[b"tEXt"]
    return width, height, pixels


@pytest.mark.parametrize("size", [None, "auto", "2560x1440", "1728x2304"])
def test_a_picture_is_a_small_png_of_the_size_asked_for(call: Caller, size: str | None) -> None:
    answer = post(call, "/v1/images/generations", {"prompt": "a lighthouse", "size": size})
    width, height, _ = read_png(picture(answer))
    assert f"{width}x{height}" == answer["size"] == (size if size and "x" in size else "1024x1024")
    assert len(picture(answer)) < 10_000


def test_another_size_is_refused_with_those_that_there_are(call: Caller) -> None:
    answer = call("POST", "/v1/images/generations", {"prompt": "a lighthouse", "size": "1x1"})
    assert answer.status == 400
    assert "1024x1024" in answer.detail


def test_a_picture_depends_on_prompt_and_seed(call: Caller) -> None:
    prompts: list[dict[str, Any]] = [{"prompt": "a"}, {"prompt": "b"}, {"prompt": "a", "seed": 7}]
    pictures = [picture(post(call, "/v1/images/generations", body)) for body in prompts * 2]
    assert len(set(pictures)) == 3
    assert pictures[:3] == pictures[3:]
    two = post(call, "/v1/images/generations", {"prompt": "a", "n": 2})
    assert picture(two) != picture(two, 1)


def test_an_edited_picture_keeps_its_size(call: Caller) -> None:
    drawn = post(call, "/v1/images/generations", {"prompt": "a fox", "size": "2304x1728"})
    edited = post(call, "/v1/images/edits", {"prompt": "a red scarf", "image": drawn["data"][0]["b64_json"]})
    assert edited["size"] == "2304x1728"
    assert read_png(picture(edited)) != read_png(picture(drawn))


def test_an_edit_of_something_else_than_a_png_has_the_usual_size(call: Caller) -> None:
    huge = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 1 << 20, 1 << 20)
    for image in (b"jpeg", b"\x89PNG\r\n\x1a\n", huge):
        answer = post(call, "/v1/images/edits", {"prompt": "a", "image": base64.b64encode(image).decode()})
        assert answer["size"] == "1024x1024"


def test_plain_openai_makes_and_edits_pictures(platform: LocalPlatform, organisation: Organisation) -> None:
    with openai.OpenAI(api_key=organisation.api_key, base_url=f"{platform.base_url}/v1") as client:
        made = client.images.generate(prompt="a fox", size="1024x1024", model="any")
        assert made.data
        png = base64.b64decode(made.data[0].b64_json or "")
        edited = client.images.edit(image=("fox.png", png, "image/png"), prompt="a red scarf", model="any")
        several = client.images.edit(image=[("fox.png", png), ("owl.png", png)], prompt="both")
    assert edited.data
    assert several.data
    assert read_png(base64.b64decode(edited.data[0].b64_json or ""))[:2] == (1024, 1024)


@pytest.mark.parametrize(
    ("fields", "files", "missing"),
    [
        ({"prompt": "a"}, {}, "image"),
        ({"prompt": "a", "image": "text"}, {}, "image"),
        ({}, {"image": b"x"}, "prompt"),
        ({"prompt": "a"}, {"image": b"x", "prompt": b"b"}, "prompt"),
    ],
)
def test_a_form_without_picture_or_prompt_is_refused(
    call: Caller, fields: dict[str, str], files: dict[str, bytes], missing: str
) -> None:
    parts = {name: (body, "image/png") for name, body in files.items()}
    answer = call.form("/v1/images/edits", fields, parts)
    assert (answer.status, answer.detail[0]["loc"]) == (422, ["body", missing])


def test_a_picture_of_more_than_25_mib_is_refused(call: Caller) -> None:
    large = bytes((25 << 20) + 1)
    in_a_form = call.form("/v1/images/edits", {"prompt": "a"}, {"image": (large, "image/png")})
    in_json = call("POST", "/v1/images/edits", {"prompt": "a", "image": base64.b64encode(large).decode()})
    assert (in_a_form.status, in_json.status) == (413, 413)


# Sound


def test_a_text_is_read_out_as_a_wav_file(call: Caller) -> None:
    answer = post(call, "/v1/audio/speech", {"text": "Hello there"})
    with wave.open(io.BytesIO(base64.b64decode(answer["audio_base64"]))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, answer["sample_rate"])
        assert file.getnframes() / file.getframerate() == pytest.approx(answer["duration_s"], abs=0.001)
        assert any(file.readframes(100))
    assert answer["format"] == "wav"
    assert b"No model" in base64.b64decode(answer["audio_base64"])


def test_a_longer_text_lasts_longer_and_another_voice_sounds_otherwise(call: Caller) -> None:
    short, long, other = (
        post(call, "/v1/audio/speech", body)
        for body in ({"text": "Hello"}, {"text": "Hello again and again"}, {"text": "Hello", "voice": "other"})
    )
    assert long["duration_s"] > 2 * short["duration_s"]
    assert other["audio_base64"] != short["audio_base64"]


def test_what_was_read_out_is_written_down_again(call: Caller) -> None:
    spoken = post(call, "/v1/audio/speech", {"text": "Grüße aus Bergen, um 5"})
    heard = post(call, "/v1/audio/transcriptions", {"audio_base64": spoken["audio_base64"], "language": "de"})
    assert heard == {"text": "Grüße aus Bergen, um 5", "language": "de", "duration_s": spoken["duration_s"]}


def test_another_recording_is_labelled_as_not_understood(call: Caller) -> None:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(bytes(48_000))
    heard = post(call, "/v1/audio/transcriptions", {"audio_base64": base64.b64encode(buffer.getvalue()).decode()})
    assert heard["duration_s"] == 1.5
    assert "no model" in heard["text"]


def test_a_file_that_is_no_wav_is_measured_by_its_bytes(call: Caller) -> None:
    heard = post(call, "/v1/audio/transcriptions", {"audio_base64": base64.b64encode(bytes(48_000)).decode()})
    assert heard["duration_s"] == 3


# The model `auto`, and vendors' models


def test_the_metrics_of_auto_are_of_the_calls_that_were_made(call: Caller, organisation: Organisation) -> None:
    for number in range(3):
        assert call.chat(model="auto", key=f"call {number}").status == 200
    assert call.chat(model="auto", key="call 0").status == 200
    assert call.chat(model=organisation.endpoints[0]).status == 200
    metrics = call("GET", "/v1/auto/metrics").json()
    debits = organisation.ledger()[:3]
    assert metrics["requests_30d"] == 4
    assert metrics["billed_micro_usd_30d"] == sum(debit.micro_usd for debit in debits)
    assert metrics["savings_vs_frontier_micro_usd_30d"] == sum(d.frontier_micro_usd - d.micro_usd for d in debits)
    assert metrics["savings_multiple_30d"] > 1
    assert metrics["success_rate_30d"] == 1
    assert sum(hour["requests"] for hour in metrics["hourly_7d"]) == 4
    assert all(hour["p50"] <= hour["p95"] for hour in metrics["hourly_7d"])
    assert sum(day["succeeded"] for day in metrics["daily_30d"]) == 4


def test_the_metrics_of_auto_without_calls_are_empty(call: Caller) -> None:
    metrics = call("GET", "/v1/auto/metrics").json()
    assert metrics["requests_30d"] == metrics["billed_micro_usd_30d"] == 0
    assert metrics["success_rate_30d"] is metrics["savings_multiple_30d"] is None
    assert metrics["hourly_7d"] == metrics["daily_30d"] == []


def test_what_auto_could_not_answer_is_in_its_success_rate() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
    with LocalPlatform(upstream=Upstream(url)) as platform:
        call = Caller(platform.base_url, platform.api_key)
        assert call.chat(model="auto").status == 503
        metrics = call("GET", "/v1/auto/metrics").json()
    assert (metrics["requests_30d"], metrics["success_rate_30d"], metrics["billed_micro_usd_30d"]) == (1, 0, 0)
    assert [(hour["requests"], hour["errors"], hour["p50"]) for hour in metrics["hourly_7d"]] == [(1, 1, None)]


def test_the_metrics_of_auto_forget_what_is_older_than_30_days() -> None:
    with LocalPlatform() as platform:
        call = Caller(platform.base_url, platform.api_key)
        call.chat(model="auto")
        platform.clock.advance(days=8)
        assert call("GET", "/v1/auto/metrics").json()["hourly_7d"] == []
        assert len(call("GET", "/v1/auto/metrics").json()["daily_30d"]) == 1
        platform.clock.advance(days=23)
        assert call("GET", "/v1/auto/metrics").json()["requests_30d"] == 0


def test_a_vendors_model_answers_in_one_piece_with_its_price(call: Caller, organisation: Organisation) -> None:
    answer = post(call, "/v1/playground/frontier")
    assert answer["model"] == "gpt-5.1"
    assert answer["content"] == answer["choices"][0]["message"]["content"]
    assert answer["content"].startswith("[gpt-5.1] No model is behind this answer.")
    assert answer["cost_micro_usd"] == organisation.spent_micro_usd
    assert answer["latency_ms"] >= 0


def test_only_vendors_models_are_in_the_playground_and_none_streams(call: Caller) -> None:
    body = BILLED["/v1/playground/frontier"][0]
    unknown = call("POST", "/v1/playground/frontier", {**body, "model": "invoice-kie-1"})
    assert unknown.status == 404
    assert "gpt-5.1" in unknown.detail
    assert call("POST", "/v1/playground/frontier", {**body, "stream": True}).status == 400
