"""`client.evals.sets`: rows of your own to evaluate models on."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, ClassVar

import anyio

from .. import _openai
from ..eval_items import Items, SpooledRows, spool
from ..types._base import ParetaModel
from ..types.evals import EvalSet, UploadedDocument
from ._calls import AsyncResource, Call, RequestOptions, SyncResource, path
from .documents import INLINE_LIMIT, Document, DocumentSource, async_put, open_document, put

if TYPE_CHECKING:
    from typing_extensions import Unpack


class _Envelope(ParetaModel):
    required_fields: ClassVar[tuple[str, ...]] = ("eval_set",)
    eval_set: EvalSet


class _List(ParetaModel):
    eval_sets: list[EvalSet] = []


class _UploadUrl(ParetaModel):
    required_fields: ClassVar[tuple[str, ...]] = ("upload_url", "storage_uri")
    upload_url: str
    storage_uri: str


def _check_create(task: str | None, prompt: str | None, name: str | None) -> None:
    for argument, value in (("task", task), ("prompt", prompt), ("name", name)):
        if value is not None and (not isinstance(value, str) or not value.strip()):
            raise ValueError(f"{argument} is {value!r}: say something, or leave it out.")
    if task is None and prompt is None:
        raise ValueError("task is missing: name the task that the rows are for, or on newer platforms a prompt=.")


def _create(task: str | None, prompt: str | None, name: str | None, rows: SpooledRows) -> Call[EvalSet]:
    fields = {"task_id": task, "prompt": prompt, "name": name or f"{rows.count} rows for {task or prompt}"[:200]}
    return Call(
        "post",
        "/eval-sets",
        cast_to=_Envelope,
        body={field: value for field, value in fields.items() if value is not None},
        files={"items": ("items.jsonl", rows.file, "application/jsonl")},
        read=lambda answer: answer.eval_set,
    )


def _list() -> Call[list[EvalSet]]:
    return Call("get", "/eval-sets", cast_to=_List, read=lambda answer: answer.eval_sets)


def retrieve_set(eval_set_id: str) -> Call[EvalSet]:
    return Call("get", path("eval-sets", eval_set_id), cast_to=_Envelope, read=lambda answer: answer.eval_set)


def _delete(eval_set_id: str) -> Call[None]:
    return Call("delete", path("eval-sets", eval_set_id), cast_to=type(None))


def _place(idx: int, field_name: str) -> dict[str, Any]:
    """The row and the field that a document belongs to."""
    if isinstance(idx, bool) or not isinstance(idx, int) or idx < 0:
        raise ValueError(f"idx is {idx!r}: give the row, counted from 0.")
    if not isinstance(field_name, str) or not field_name.strip():
        raise ValueError(f"field_name is {field_name!r}: name the row's field that the document is for.")
    return {"idx": idx, "field_name": field_name}


def _attach(eval_set_id: str, place: Mapping[str, Any], document: Document) -> Call[UploadedDocument]:
    return Call(
        "post",
        path("eval-sets", eval_set_id, "attach-blob"),
        cast_to=UploadedDocument,
        body={**place, "idx": str(place["idx"]), "mime": document.mime},
        files={"file": (document.name, document.file.read(), document.mime)},
    )


def _upload_url(eval_set_id: str, place: Mapping[str, Any], document: Document) -> Call[_UploadUrl]:
    return Call(
        "post",
        path("eval-sets", eval_set_id, "blob-upload-url"),
        cast_to=_UploadUrl,
        body={**place, "mime": document.mime, "file_size": document.size},
    )


def _complete(
    eval_set_id: str, place: Mapping[str, Any], document: Document, storage_uri: str
) -> Call[UploadedDocument]:
    return Call(
        "post",
        path("eval-sets", eval_set_id, "blob-upload-complete"),
        cast_to=UploadedDocument,
        body={**place, "storage_uri": storage_uri, "mime": document.mime},
    )


class EvalSets(SyncResource):
    """Every method raises `APIStatusError` for what the platform refuses, `NotFoundError` for an unknown id."""

    def create(
        self,
        *,
        items: Items,
        task: str | None = None,
        name: str | None = None,
        prompt: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> EvalSet:
        """Upload rows, ``{"input": …, "expected": …}`` each, for a task (`POST /v1/eval-sets`).

        `items` is a list or any iterable of dictionaries, a path to JSON Lines or CSV, a pandas or polars frame, or
        what `evals_from_openai` gives. All rows are checked before anything is sent, and go by way of a temporary
        file: they are never in memory at once. Newer platforms want a `prompt`, and the task no more.

        Raises `ValueError` for a row that cannot be used, named by its number and line.
        """
        _check_create(task, prompt, name)
        with spool(items) as rows:
            return self._send(_create(task, prompt, name, rows), options)

    def list(self, **options: Unpack[RequestOptions]) -> builtins.list[EvalSet]:
        """All sets of the organisation (`GET /v1/eval-sets`)."""
        return self._send(_list(), options)

    def retrieve(self, eval_set_id: str, **options: Unpack[RequestOptions]) -> EvalSet:
        """One set, without its rows (`GET /v1/eval-sets/{id}`)."""
        return self._send(retrieve_set(eval_set_id), options)

    def delete(self, eval_set_id: str, **options: Unpack[RequestOptions]) -> None:
        """Delete a set (`DELETE /v1/eval-sets/{id}`)."""
        return self._send(_delete(eval_set_id), options)

    def upload_document(
        self,
        eval_set_id: str,
        file: DocumentSource,
        *,
        idx: int,
        field_name: str,
        mime: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> UploadedDocument:
        """Attach a document or image to the field `field_name` of the row `idx`, counted from 0.

        `file` is a path, bytes, or a file opened in binary mode; below 5 MiB it goes along with the request (`POST
        /v1/eval-sets/{id}/attach-blob`), else it is streamed to a signed URL, without the API key. `mime` is guessed
        from the name where it is not given.

        Raises `UploadFailedError`, with status and host, where the storage behind that URL does not take it.
        """
        place = _place(idx, field_name)
        with open_document(file, mime) as document:
            if document.size < INLINE_LIMIT:
                return self._send(_attach(eval_set_id, place, document), options)
            on_the_way = _openai.without_raw_header(options)
            target = self._send(_upload_url(eval_set_id, place, document), on_the_way)
            put(self._pareta, target.upload_url, document)
            return self._send(_complete(eval_set_id, place, document, target.storage_uri), options)


async def _async_spool(items: Items) -> SpooledRows:
    """`spool`, in a thread. One that is no longer waited for reads to its end, and closes what it has written."""
    handed_over: Future[SpooledRows] = Future()

    def read() -> None:
        rows = spool(items)
        if handed_over.set_running_or_notify_cancel():
            handed_over.set_result(rows)
        else:
            rows.close()

    try:
        await anyio.to_thread.run_sync(read)
    except BaseException:
        if not handed_over.cancel():
            handed_over.result().close()
        raise
    return handed_over.result()


class AsyncEvalSets(AsyncResource):
    """`EvalSets`, awaited."""

    async def create(
        self,
        *,
        items: Items,
        task: str | None = None,
        name: str | None = None,
        prompt: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> EvalSet:
        """See `EvalSets.create`. The rows are read in a thread."""
        _check_create(task, prompt, name)
        with await _async_spool(items) as rows:
            return await self._send(_create(task, prompt, name, rows), options)

    async def list(self, **options: Unpack[RequestOptions]) -> builtins.list[EvalSet]:
        """See `EvalSets.list`."""
        return await self._send(_list(), options)

    async def retrieve(self, eval_set_id: str, **options: Unpack[RequestOptions]) -> EvalSet:
        """See `EvalSets.retrieve`."""
        return await self._send(retrieve_set(eval_set_id), options)

    async def delete(self, eval_set_id: str, **options: Unpack[RequestOptions]) -> None:
        """See `EvalSets.delete`."""
        return await self._send(_delete(eval_set_id), options)

    async def upload_document(
        self,
        eval_set_id: str,
        file: DocumentSource,
        *,
        idx: int,
        field_name: str,
        mime: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> UploadedDocument:
        """See `EvalSets.upload_document`."""
        place = _place(idx, field_name)
        with open_document(file, mime) as document:
            if document.size < INLINE_LIMIT:
                return await self._send(_attach(eval_set_id, place, document), options)
            on_the_way = _openai.without_raw_header(options)
            target = await self._send(_upload_url(eval_set_id, place, document), on_the_way)
            await async_put(self._pareta, target.upload_url, document)
            return await self._send(_complete(eval_set_id, place, document, target.storage_uri), options)
