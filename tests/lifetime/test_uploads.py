"""No file is left open behind an upload, however it ends, and the caller's own files are left open."""

from __future__ import annotations

import asyncio
import contextlib
import io
import socket
import struct
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

import pareta_openai
from pareta_openai.local import faults
from tests.lifetime.leftovers import Held, collect_garbage, noise, of_ours
from tests.lifetime.setting import Setting
from tests.support import ScriptedServer, json_answer, settle

pytestmark = pytest.mark.anyio

BIG = 6 << 20
"""In bytes: what goes to the storage, and by way of a temporary file."""

ROWS = [{"input": "Invoice 2041", "expected": {"total": "54.00"}}]
KEY = "pareta_sk_test_0123456789"


class Pipe(io.RawIOBase):
    """A file that cannot be sought in, which is copied to a temporary one."""

    def __init__(self, size: int = BIG) -> None:
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = min(len(buffer), self._left)
        buffer[:count] = b"x" * count
        self._left -= count
        return count


def many_rows() -> Iterator[dict[str, str]]:
    """More than is kept in memory."""
    for _ in range(1500):
        yield {"input": "x" * 1000}


def client_for(kind: str, url: str) -> Any:
    client_class = pareta_openai.OpenAI if kind == "sync" else pareta_openai.AsyncOpenAI
    return client_class(api_key=KEY, base_url=url, max_retries=0)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go that have a name."""
    directory = tmp_path / "temporary"
    directory.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(directory))
    return directory


@contextlib.asynccontextmanager
async def nothing_stays(client: Any, temporary: Path) -> AsyncIterator[None]:
    """No file that the block opened is open behind it, nothing is when the client is closed, and nothing complains."""
    before = Held()
    with noise() as heard:
        yield
        await before.no_new_files()
        await settle(client.close())
        await before.nothing_new()
        await collect_garbage()
    assert list(temporary.iterdir()) == []
    assert of_ours(heard) == []


REFUSALS = {
    "refused": faults.status(403),
    "failed": faults.html(502),
    "dropped": faults.drop(before_headers=True, how="rst"),
    "answer lost": faults.answer_lost(),
}
FAILURES = [
    *((operation, "refused") for operation in ("attachBlob", "createBlobUploadUrl", "completeBlobUpload")),
    *(("uploadBlob", refusal) for refusal in REFUSALS),
]


@pytest.mark.parametrize(("operation", "refusal"), FAILURES)
async def test_a_failed_upload_leaves_no_file_open_but_the_callers(
    setting: Setting, tmp_path: Path, temporary: Path, operation: str, refusal: str
) -> None:
    size = 10 if operation == "attachBlob" else BIG
    path = tmp_path / "document.pdf"
    path.write_bytes(b"x" * size)
    client = setting.client()
    with path.open("rb") as opened:
        pipe = Pipe(size)
        async with nothing_stays(client, temporary):
            eval_set = await settle(client.evals.sets.create(task="invoice-extraction", items=ROWS))
            for source in (path, opened, pipe):
                setting.organisation.add_fault(REFUSALS[refusal], on=operation)
                with pytest.raises(pareta_openai.ParetaError):
                    await settle(client.evals.sets.upload_document(eval_set.id, source, idx=0, field_name="input"))
        assert not opened.closed
        assert not pipe.closed
    assert setting.organisation.faults == []


@pytest.mark.parametrize("refusal", ["refused", "dropped"])
async def test_a_failed_eval_set_leaves_no_file(setting: Setting, temporary: Path, refusal: str) -> None:
    client = setting.client()
    async with nothing_stays(client, temporary):
        setting.organisation.add_fault(REFUSALS[refusal], on="createEvalSet")
        with pytest.raises(pareta_openai.ParetaError):
            await settle(client.evals.sets.create(task="invoice-extraction", items=many_rows()))


async def test_a_row_that_is_no_good_leaves_no_file(setting: Setting, tmp_path: Path, temporary: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"input": "' + b"x" * (2 << 20) + b'"}\nno json\n')
    client = setting.client()
    async with nothing_stays(client, temporary):
        for items in ([*many_rows(), {"input": ""}], path):
            with pytest.raises(ValueError, match="row"):
                await settle(client.evals.sets.create(task="invoice-extraction", items=items))


@pytest.fixture
def storage() -> Iterator[socket.socket]:
    """A server that takes connections, and nothing that comes on them."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def url_of(server: socket.socket) -> str:
    return f"http://127.0.0.1:{server.getsockname()[1]}"


def to(storage: socket.socket) -> Any:
    """The platform's answer that sends an upload there."""
    return json_answer({"upload_url": f"{url_of(storage)}/", "storage_uri": "s3://x"})


async def test_an_upload_that_the_storage_breaks_off_leaves_no_file(
    kind: str, script: ScriptedServer, storage: socket.socket, temporary: Path
) -> None:
    """In the middle of the body, whose generator is not left to the collector."""
    client = client_for(kind, script.base_url)

    def break_off() -> None:
        connection, _ = storage.accept()
        with connection:
            connection.recv(1)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    async with nothing_stays(client, temporary):
        script.answer(to(storage))
        thread = threading.Thread(target=break_off)
        thread.start()
        with pytest.raises(pareta_openai.APIConnectionError):
            await settle(client.evals.sets.upload_document("set_1", Pipe(4 * BIG), idx=0, field_name="input"))
        thread.join()


async def cancel(call: Callable[[], Awaitable[Any]], when: Callable[[], Awaitable[Any]], *, is_native: bool) -> None:
    """Cancel `call` once `when` has returned.

    asyncio's own way of it (`is_native`) interrupts what anyio shields.
    """

    async def run() -> None:
        await call()
        raise AssertionError("It was to be cancelled.")

    if is_native:
        task = asyncio.ensure_future(run())
        await when()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run)
        await when()
        tasks.cancel_scope.cancel()


async def in_a_moment() -> None:
    """When a call that nobody answers has most likely come as far as it can."""
    await anyio.sleep(0.05)


CANCELLED = pytest.mark.parametrize(
    ("kind", "is_native"), [("asyncio", False), ("asyncio", True), ("trio", False)], ids=["asyncio", "task", "trio"]
)


@CANCELLED
@pytest.mark.parametrize("operation", ["attachBlob", "createBlobUploadUrl", "completeBlobUpload"])
async def test_a_cancelled_upload_leaves_no_file_open_but_the_callers(
    setting: Setting, tmp_path: Path, temporary: Path, operation: str, is_native: bool
) -> None:
    size = 10 if operation == "attachBlob" else BIG
    path = tmp_path / "document.pdf"
    path.write_bytes(b"x" * size)
    client = setting.client()
    with path.open("rb") as opened:
        async with nothing_stays(client, temporary):
            eval_set = await client.evals.sets.create(task="invoice-extraction", items=ROWS)
            for source in (path, opened, Pipe(size)):
                setting.organisation.add_fault(faults.stall(), on=operation)

                async def upload(source: Any = source) -> None:
                    await client.evals.sets.upload_document(eval_set.id, source, idx=0, field_name="input")

                async def is_stalled() -> None:
                    while setting.organisation.faults:
                        await anyio.sleep(0.001)

                await cancel(upload, is_stalled, is_native=is_native)
        assert not opened.closed


@CANCELLED
async def test_an_upload_that_is_cancelled_while_the_storage_takes_nothing_leaves_no_file(
    kind: str, script: ScriptedServer, storage: socket.socket, tmp_path: Path, temporary: Path, is_native: bool
) -> None:
    """In the middle of the body, whose generator is not left to the collector."""
    path = tmp_path / "document.pdf"
    path.write_bytes(b"x" * 4 * BIG)
    client = client_for(kind, script.base_url)
    script.answer(to(storage))
    with path.open("rb") as opened:
        async with nothing_stays(client, temporary):
            for source in (path, opened, Pipe(4 * BIG)):

                async def upload(source: Any = source) -> None:
                    await client.evals.sets.upload_document("set_1", source, idx=0, field_name="input")

                await cancel(upload, in_a_moment, is_native=is_native)
        assert not opened.closed


@CANCELLED
async def test_an_eval_set_that_is_cancelled_on_its_way_leaves_no_file(
    kind: str, storage: socket.socket, temporary: Path, is_native: bool
) -> None:
    client = client_for(kind, url_of(storage))
    async with nothing_stays(client, temporary):

        async def create() -> None:
            await client.evals.sets.create(task="invoice-extraction", items=many_rows())

        await cancel(create, in_a_moment, is_native=is_native)


@CANCELLED
async def test_an_eval_set_that_is_cancelled_while_its_rows_are_read_leaves_no_file(
    setting: Setting, temporary: Path, is_native: bool
) -> None:
    """They are read in a thread, which cannot be cancelled."""
    client = setting.client()
    async with nothing_stays(client, temporary):
        is_read, goes_on, is_at_end = anyio.Event(), threading.Event(), threading.Event()

        def rows() -> Iterator[dict[str, str]]:
            yield from many_rows()
            anyio.from_thread.run_sync(is_read.set)
            goes_on.wait()
            yield ROWS[0]
            is_at_end.set()

        async def create() -> None:
            await client.evals.sets.create(task="invoice-extraction", items=rows())

        async def go_on() -> None:
            await is_read.wait()
            await anyio.sleep(0.01)  # until it is cancelled
            goes_on.set()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(go_on)
            await cancel(create, is_read.wait, is_native=is_native)
        while not is_at_end.is_set():
            await anyio.sleep(0.001)
