"""One client, used by many threads at once.

``CALLS_PER_THREAD=200 python -m pytest tests/lifetime/test_many_threads.py`` makes 12 800 calls from the 64 threads,
in a minute or two; without it, 4 calls from each.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pareta_openai import AsyncOpenAI, ChatStream, OpenAI
from pareta_openai.local import LocalPlatform, Organisation
from tests.support import answers, ask

THREADS = 64
CALLS_PER_THREAD = int(os.environ.get("CALLS_PER_THREAD", "4"))
NAMESPACES = ("chat", "endpoints", "tasks", "evals", "models", "with_raw_response", "with_streaming_response")


@pytest.fixture
def organisation(platform: LocalPlatform) -> Organisation:
    """With enough credit for all the calls."""
    return platform.create_organisation(balance_micro_usd=10**12, endpoints=("invoice-extraction",))


@pytest.fixture
def client(platform: LocalPlatform, organisation: Organisation) -> Iterator[OpenAI]:
    with OpenAI(api_key=organisation.api_key, base_url=platform.base_url, max_retries=0) as client:
        yield client


def in_threads(count: int, work: Callable[[int], Any]) -> list[Any]:
    """What `work` gave in each of `count` threads, which begin at the same moment; raises what one of them raised."""
    gate = threading.Barrier(count)

    def begin(number: int) -> Any:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(begin, range(count)))


def test_many_threads_each_get_the_answers_to_their_own_questions_and_each_is_billed_once(
    client: OpenAI, organisation: Organisation
) -> None:
    [endpoint] = organisation.endpoints

    def converse(thread: int) -> list[tuple[str, int | None]]:
        said = []
        for number in range(CALLS_PER_THREAD):
            question = f"Question {number} of thread {thread}."
            # Connections wait to be accepted for as long as the machine is busy with the others.
            completion = client.chat.completions.create(model=endpoint, messages=ask(question), timeout=600)
            assert answers(completion.choices[0].message.content, question)
            said.append((completion.id, completion.billed_micro_usd))
        return said

    said = [each for thread in in_threads(THREADS, converse) for each in thread]
    debits = organisation.ledger()
    assert len(said) == len(debits) == THREADS * CALLS_PER_THREAD
    assert {identifier for identifier, _ in said} == {f"chatcmpl-{debit.request_id}" for debit in debits}
    assert len({debit.request_id for debit in debits}) == len(debits)
    assert len({debit.idempotency_key for debit in debits}) == len(debits)
    assert sum(billed or 0 for _, billed in said) == organisation.spent_micro_usd


def test_many_threads_each_read_their_own_streams(client: OpenAI, organisation: Organisation) -> None:
    [endpoint] = organisation.endpoints

    def converse(thread: int) -> None:
        question = f"Question of thread {thread}."
        stream = client.chat.completions.create(model=endpoint, messages=ask(question), stream=True, timeout=600)
        assert isinstance(stream, ChatStream)
        texts = [chunk.choices[0].delta.content or "" for chunk in stream]
        assert answers("".join(texts), question)

    in_threads(THREADS, converse)
    assert len(organisation.ledger()) == THREADS


def test_many_threads_each_use_a_copy_of_their_own(client: OpenAI, organisation: Organisation) -> None:
    [endpoint] = organisation.endpoints

    def converse(thread: int) -> None:
        name = f"model-{thread}"
        copy = client.with_options(model_aliases={name: endpoint}, timeout=600 + thread)
        question = f"Question of thread {thread}."
        completion = copy.chat.completions.create(model=name, messages=ask(question))
        assert answers(completion.choices[0].message.content, question)
        assert (copy.timeout, copy.model_aliases) == (600 + thread, {name: endpoint})

    in_threads(THREADS, converse)
    assert len(organisation.ledger()) == THREADS
    assert client.model_aliases == {}


def test_namespaces_can_be_met_first_by_many_threads_at_once(
    platform: LocalPlatform, organisation: Organisation
) -> None:
    for client_class in (OpenAI, AsyncOpenAI) * 5:
        client: Any = client_class(api_key=organisation.api_key, base_url=platform.base_url, max_retries=0)

        def touch(number: int, client: Any = client) -> dict[str, object]:
            names = NAMESPACES[number % len(NAMESPACES) :] + NAMESPACES[: number % len(NAMESPACES)]
            found = {name: getattr(client, name) for name in names}
            # Those within them too.
            assert all((client.chat.completions, client.evals.sets, client.evals.runs))
            assert client.chat.completions.with_raw_response.create
            assert client.endpoints.with_streaming_response.list
            return found

        for found in in_threads(16, touch):
            assert {name: type(namespace) for name, namespace in found.items()} == {
                name: type(getattr(client, name)) for name in NAMESPACES
            }
        if isinstance(client, OpenAI):
            client.close()


def test_a_namespace_works_for_each_of_the_threads_that_met_it_first(
    client: OpenAI, organisation: Organisation
) -> None:
    [endpoint] = organisation.endpoints
    calls: list[Callable[[], object]] = [
        lambda: client.endpoints.list()[0].id == endpoint,
        lambda: client.models.list().data[0].id == endpoint,
        lambda: client.tasks.list(),
        lambda: client.evals.sets.list() == [],
        lambda: client.with_raw_response.endpoints.list().parse(),
        lambda: client.chat.completions.create(model=endpoint, messages=ask("x")).id,
    ]
    assert all(in_threads(48, lambda number: calls[number % len(calls)]()))


FIRST_IMPORT = """
import threading
gate, failures = threading.Barrier(32), []

def use(number):
    gate.wait()
    try:
        import pareta_openai
        names = pareta_openai.__all__
        for name in names[number:] + names[:number]:
            getattr(pareta_openai, name)
        client_class = (pareta_openai.OpenAI, pareta_openai.AsyncOpenAI)[number % 2]
        client = client_class(api_key="pareta_sk_test_0123456789")
        namespaces = ["chat.completions", "endpoints", "tasks", "evals.sets", "evals.runs", "models"]
        for path in namespaces[number % 6:] + namespaces[:number % 6]:
            namespace = client
            for name in path.split("."):
                namespace = getattr(namespace, name)
            assert namespace.with_raw_response
    except BaseException as error:
        failures.append(repr(error))

threads = [threading.Thread(target=use, args=(number,)) for number in range(32)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(failures)
"""


def test_the_package_can_be_imported_first_by_many_threads_at_once() -> None:
    command = [sys.executable, "-c", FIRST_IMPORT]
    root = Path(__file__).parents[2]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300, check=False)
    assert (ran.stdout.strip(), ran.stderr) == ("[]", "")
