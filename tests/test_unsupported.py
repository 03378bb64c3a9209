"""What Pareta does not answer of what openai's client can ask: refused with advice, before anything is sent."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import openai
import pytest

import pareta_openai
from pareta_openai import UnsupportedOnParetaError, unsupported
from pareta_openai.local import LocalPlatform
from tests.support import ScriptedServer, collect, json_answer, settle
from tests.test_ambient_settings import junk, methods, namespaces

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

KEY = "pareta_sk_unsupported_0123456789"

NAMESPACES = [
    "responses", "files", "batches", "fine_tuning.jobs", "vector_stores", "moderations", "completions", "uploads",
    "beta.assistants", "beta.threads",
]  # fmt: skip


def at(client: Any, path: str) -> Any:
    for name in path.split("."):
        client = getattr(client, name)
    return client


async def test_no_method_of_openais_sends_what_pareta_does_not_answer(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer({}))
    refused = 0
    for path, namespace in namespaces(scripted):
        for name, method in methods(namespace):
            before = len(script.received)
            try:
                await settle(method(**junk(method)))
            except UnsupportedOnParetaError:
                refused += 1
                assert len(script.received) == before, path + name
            except Exception:
                """What it makes of the answer, or of the junk, is not the question."""
            for received in script.received[before:]:
                is_ours = getattr(method, "__module__", "").startswith("pareta_openai")
                assert is_ours or unsupported.is_served(received.method, received.path.removeprefix("/v1")), path + name
    assert refused > 60


async def opened(manager: Any) -> Any:
    if hasattr(manager, "__aenter__"):
        async with manager as response:
            return response
    with manager as response:
        return response


@pytest.mark.parametrize("path", NAMESPACES)
async def test_a_refusal_says_what_to_use_and_is_what_handlers_expect(
    scripted: Any, script: ScriptedServer, path: str
) -> None:
    namespace = at(scripted, path)
    with pytest.raises(UnsupportedOnParetaError, match=r"^Pareta does not answer .*client\.|AsyncOpenAI") as caught:
        await settle(namespace.create(**junk(namespace.create)))
    error = caught.value
    assert isinstance(error, (pareta_openai.ParetaError, openai.NotFoundError))
    assert isinstance(error, pareta_openai.NotFoundError)
    assert (error.status_code, error.request.url.host) == (404, "127.0.0.1")
    assert "allow_unsupported=True" in str(error)
    assert not script.received


async def test_raw_and_streaming_responses_are_refused_too(scripted: Any, script: ScriptedServer) -> None:
    with pytest.raises(UnsupportedOnParetaError):
        await settle(scripted.files.with_raw_response.list())
    with pytest.raises(UnsupportedOnParetaError):
        await opened(scripted.files.with_streaming_response.retrieve("file"))
    with pytest.raises(UnsupportedOnParetaError):
        await settle(scripted.models.retrieve("ep_1"))
    assert not script.received


async def test_no_websocket_is_opened(scripted: Any) -> None:
    for path in ("beta.realtime", "realtime", "responses"):
        namespace = scripted
        for name in path.split("."):
            namespace = getattr(namespace, name, None)
        if hasattr(namespace, "connect"):
            with pytest.raises(UnsupportedOnParetaError, match="Pareta does not answer"):
                namespace.connect(model="gpt-realtime")


async def test_allow_unsupported_sends_it_all_the_same(build: Callable[..., Any], script: ScriptedServer) -> None:
    script.answer(json_answer({"object": "list", "data": []}))
    client = build(api_key=KEY, base_url=script.base_url, allow_unsupported=True)
    for each in (client, client.with_options(timeout=5)):
        await collect(await settle(each.files.list()))
    assert [received.path for received in script.received] == ["/v1/files"] * 2
    with pytest.raises(UnsupportedOnParetaError):
        await settle(client.with_options(allow_unsupported=False).files.list())


async def test_paths_of_the_callers_own_are_sent(scripted: Any, script: ScriptedServer) -> None:
    for path in ("/rerank", "/eval-sets", "/something/new"):
        await settle(scripted.post(path, cast_to=object, body={}))
    assert len(script.received) == 3


async def test_what_an_older_platform_lacks_is_named_with_the_version_that_has_it(build: Callable[..., Any]) -> None:
    with LocalPlatform(platform="0.3") as platform:
        client = build(api_key=platform.api_key, base_url=platform.base_url)
        with pytest.raises(pareta_openai.NotFoundError, match=r"from version 1\.0 of its platform"):
            await settle(client.embeddings.create(model="m", input="text"))
        await settle(client.close())


async def test_embeddings_and_images_follow_the_newer_routes(client: Any) -> None:
    vectors = await settle(client.embeddings.create(model="any", input=["one", "two"], input_type="query"))
    assert len(vectors.data) == 2
    assert isinstance(vectors.data[0].embedding[0], float)
    pictures = await settle(client.images.generate(prompt="a house"))
    edited = await settle(client.images.edit(prompt="a house in blue", image=("house.png", b"PNG", "image/png")))
    assert pictures.data[0].b64_json
    assert edited.data[0].b64_json


def test_the_table_says_what_the_contract_says() -> None:
    document = json.loads((resources.files("pareta_openai") / "openapi.json").read_text(encoding="utf-8"))
    for (method, path), since in unsupported.SERVED.items():
        operation = document["paths"][f"/v1{path}"][method.lower()]
        assert operation.get("x-platform", ">=0.3") == f">={since}", path


async def test_audio_follows_the_newer_routes(client: Any, tmp_path: Path) -> None:
    speech = await settle(client.audio.speech.create(model="tts-1", voice="alloy", input="Four hundred euros"))
    assert speech.content.startswith(b"RIFF")
    assert speech.response.headers["content-type"] == "audio/wav"
    path = tmp_path / "speech.wav"
    path.write_bytes(speech.content)
    for file in (speech.content, ("speech.wav", speech.content, "audio/wav"), path, io.BytesIO(speech.content)):
        heard = await settle(client.audio.transcriptions.create(model="whisper-1", file=file, language="en"))
        assert heard.text == "Four hundred euros"
    raw = await settle(client.audio.speech.with_raw_response.create(model="tts-1", voice="alloy", input="Hello"))
    assert raw.parse().content.startswith(b"RIFF")
    assert raw.headers["x-request-id"]


async def test_speech_is_streamed_to_a_file(client: Any, tmp_path: Path) -> None:
    manager = client.audio.speech.with_streaming_response.create(model="tts-1", voice="alloy", input="Hello")
    file = tmp_path / "speech.wav"
    if hasattr(manager, "__aenter__"):
        async with manager as response:
            await response.stream_to_file(file)
    else:
        with manager as response:
            response.stream_to_file(file)
    assert file.read_bytes().startswith(b"RIFF")


@pytest.mark.parametrize("arguments", [{"response_format": "srt"}, {"extra_body": {"stream": True}}])
async def test_a_transcription_that_pareta_cannot_give_is_refused(
    scripted: Any, script: ScriptedServer, arguments: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="Pareta answers a transcription with JSON"):
        await settle(scripted.audio.transcriptions.create(model="whisper-1", file=b"RIFF", **arguments))
    assert not script.received


@pytest.mark.parametrize("answer", [{}, {"audio_base64": "no base64!"}, [], {"audio_base64": 7}])
async def test_speech_without_a_recording_is_an_error_of_ours(
    scripted: Any, script: ScriptedServer, answer: Any
) -> None:
    script.answer(json_answer(answer))
    with pytest.raises(pareta_openai.APIResponseValidationError):
        await settle(scripted.audio.speech.create(model="tts-1", voice="alloy", input="Hello"))


async def test_a_fallback_gets_files_as_openai_takes_them(
    build: Callable[..., Any], script: ScriptedServer, platform: LocalPlatform
) -> None:
    script.answer(json_answer({"text": "of the fallback"}))
    poor = platform.create_organisation(balance_micro_usd=0)
    is_async = isinstance(build(api_key=KEY), openai.AsyncOpenAI)
    fallback = (openai.AsyncOpenAI if is_async else openai.OpenAI)(api_key="sk-x", base_url=f"{script.base_url}/v1")
    client = build(api_key=poor.api_key, base_url=platform.base_url, fallback=fallback)
    heard = await settle(client.audio.transcriptions.create(model="whisper-1", file=io.BytesIO(b"RIFF....")))
    assert (heard.text, heard.served_by) == ("of the fallback", "fallback")
    assert b"RIFF...." in script.received[0].body
    script.answer(json_answer({"created": 1, "data": []}))
    drawn = await settle(client.images.edit(prompt="blue", image=io.BytesIO(b"PNG...."), model="dall-e-2"))
    assert drawn.served_by == "fallback"
    assert b"PNG...." in script.received[1].body
    await settle(fallback.close())
