"""What langsmith, braintrust, langfuse and OpenTelemetry note of a client, they note of a wrapped one too.

Each tool keeps what it noted in this process, and is in force while its own tests run.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import openai
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import pareta_openai
from pareta_openai import wrap
from pareta_openai.local import LocalPlatform, Organisation
from tests.support import MESSAGES, settle

# They leave threads and sockets of their own open, and warn of one another.
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.instrumented,
    pytest.mark.filterwarnings("default"),
]


@dataclass
class Tool:
    instrument: Callable[[Any], Any]
    """A client, instrumented; the same one where its class is."""
    noted: Callable[[], int]
    """How many calls it has noted so far."""


@contextmanager
def langsmith() -> Iterator[Tool]:
    from langsmith import Client, tracing_context
    from langsmith.wrappers import wrap_openai

    runs: list[Any] = []

    class Kept(Client):
        def create_run(self, *args: Any, **kwargs: Any) -> None:
            runs.append((args, kwargs))

        def update_run(self, *args: Any, **kwargs: Any) -> None:
            """Only that a run was made is asked for."""

    client = Kept(api_url="http://127.0.0.1:9", api_key="x", auto_batch_tracing=False)
    with tracing_context(enabled=True, client=client):
        yield Tool(lambda bare: wrap_openai(bare, tracing_extra={"client": client}), lambda: len(runs))


@contextmanager
def braintrust() -> Iterator[Tool]:
    from braintrust import wrap_openai
    from braintrust.logger import _internal_with_memory_background_logger
    from braintrust.test_helpers import init_test_logger

    with _internal_with_memory_background_logger() as memory:
        init_test_logger("wrapped")
        noted = []

        def count() -> int:
            noted.extend(memory.pop())
            return len({span["span_id"] for span in noted})

        yield Tool(wrap_openai, count)


@contextmanager
def langfuse() -> Iterator[Tool]:
    from langfuse import Langfuse

    exporter = InMemorySpanExporter()
    client = Langfuse(public_key="pk", secret_key="sk", base_url="http://127.0.0.1:9", span_exporter=exporter)
    import_module("langfuse.openai")

    def count() -> int:
        client.flush()
        return len(exporter.get_finished_spans())

    yield Tool(lambda bare: bare, count)
    client.shutdown()


def opentelemetry(package: str) -> Callable[[], Any]:
    @contextmanager
    def instrumented() -> Iterator[Tool]:
        exporter = InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(exporter))
        instrumentor = import_module(f"opentelemetry.instrumentation.{package}").OpenAIInstrumentor()
        instrumentor.instrument(tracer_provider=provider)
        try:
            yield Tool(lambda bare: bare, lambda: len(exporter.get_finished_spans()))
        finally:
            instrumentor.uninstrument()

    return instrumented


TOOLS = {
    "langsmith": langsmith,
    "braintrust": braintrust,
    "opentelemetry": opentelemetry("openai_v2"),
    "openllmetry": opentelemetry("openai"),
    "langfuse": langfuse,  # the last: what it has done to openai's classes stays
}


@pytest.fixture(params=TOOLS, scope="module")
def tool(request: pytest.FixtureRequest) -> Iterator[Tool]:
    with TOOLS[request.param]() as tool:
        yield tool


@pytest.fixture(params=[openai.OpenAI, openai.AsyncOpenAI])
async def instrumented(
    request: pytest.FixtureRequest,
    tool: Tool,
    platform: LocalPlatform,
    organisation: Organisation,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Any]:
    monkeypatch.setenv("PARETA_BASE_URL", platform.base_url)
    bare = request.param(api_key=organisation.api_key, base_url=f"{platform.base_url}/v1", max_retries=0)
    yield tool.instrument(bare)
    await settle(bare.close())


async def complete(client: Any, model: str, **arguments: Any) -> Any:
    return await settle(client.chat.completions.create(model=model, messages=MESSAGES, **arguments))


async def test_each_call_is_noted_as_it_was(instrumented: Any, tool: Tool, endpoint: str) -> None:
    before = tool.noted()
    await complete(instrumented, endpoint)
    of_one_call = tool.noted() - before
    assert of_one_call > 0
    assert (await complete(wrap(instrumented), endpoint)).billed_micro_usd > 0
    assert tool.noted() == before + 2 * of_one_call


async def test_it_is_a_client_of_ours_all_the_same(instrumented: Any, tool: Tool, endpoint: str) -> None:
    before = tool.noted()
    wrapped = wrap(instrumented, model_aliases={"gpt-4o": endpoint})
    assert (await complete(wrapped, "gpt-4o")).billed_micro_usd > 0
    with pytest.raises(pareta_openai.NotFoundError):
        await complete(wrapped, "ep_nowhere")
    assert [each.id for each in await settle(wrapped.endpoints.list())] == [endpoint]
    assert tool.noted() >= before + 2


async def test_streams_are_noted_and_end(instrumented: Any, tool: Tool, endpoint: str) -> None:
    before = tool.noted()
    stream = await complete(wrap(instrumented), endpoint, stream=True)
    # OpenTelemetry's has the methods of both kinds.
    is_async = isinstance(instrumented, openai.AsyncOpenAI)
    chunks = [chunk async for chunk in stream] if is_async else list(stream)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert tool.noted() > before


async def test_a_copy_with_other_options_is_noted_too(instrumented: Any, tool: Tool, endpoint: str) -> None:
    before = tool.noted()
    copied = wrap(instrumented).with_options(timeout=20)
    assert (await complete(copied, endpoint)).billed_micro_usd > 0
    assert tool.noted() > before
