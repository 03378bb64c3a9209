"""A document on its way to the platform: where its bytes come from, and the storage that takes large ones."""

from __future__ import annotations

import io
import mimetypes
import os
import shutil
import tempfile
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

import anyio
import openai

from .. import _openai, errors, transports

if TYPE_CHECKING:
    from ..transports import Response

INLINE_LIMIT = 5 * 1024 * 1024
"""In bytes. What is smaller goes along with the request, what is not to a signed URL."""

_CHUNK = 1024 * 1024
_PUT_TIMEOUT = 600.0

DocumentSource = str | os.PathLike[str] | bytes | bytearray | memoryview | IO[bytes]


@dataclass(frozen=True)
class Document:
    """Bytes to upload, from the place at which `file` stands."""

    file: IO[bytes]
    name: str
    size: int
    """In bytes."""
    mime: str

    def chunks(self) -> Iterator[bytes]:
        while chunk := self.file.read(_CHUNK):
            yield chunk

    async def async_chunks(self) -> AsyncGenerator[bytes]:
        while chunk := await anyio.to_thread.run_sync(self.file.read, _CHUNK):
            yield chunk


@contextmanager
def open_document(source: DocumentSource, mime: str | None) -> Iterator[Document]:
    """`source` as a document; a file that the caller opened is read from where it stands, and left open.

    Raises `TypeError` for anything that has no bytes, `OSError` where a path cannot be read.
    """
    with _open(source) as (file, name):
        start = file.tell()
        size = file.seek(0, io.SEEK_END) - start
        file.seek(start)
        yield Document(file, name, size, mime or mimetypes.guess_type(name)[0] or "application/octet-stream")


@contextmanager
def _open(source: Any) -> Iterator[tuple[IO[bytes], str]]:
    if isinstance(source, (bytes, bytearray, memoryview)):
        yield io.BytesIO(source), "upload"
    elif isinstance(source, (str, os.PathLike)):
        with Path(source).open("rb") as file:
            yield file, Path(source).name
    elif not hasattr(source, "read") or isinstance(source.read(0), str):
        raise TypeError(f"file must be a path, bytes, or a file opened in binary mode, not {type(source).__name__}.")
    else:
        name = getattr(source, "name", None)
        name = Path(name).name if isinstance(name, str) else "upload"
        if source.seekable():
            yield source, name
        else:
            # A pipe does not tell its size, which the platform wants to know beforehand.
            with tempfile.TemporaryFile() as copy:
                shutil.copyfileobj(source, copy, _CHUNK)
                copy.seek(0)
                yield copy, name


def put(client: openai.OpenAI, url: str, document: Document) -> None:
    """Raises `UploadFailedError`, or `APIConnectionError`."""
    http = _openai.transport(client) or openai.DefaultHttpxClient()
    request = _put_request(http, url, document, document.chunks())
    try:
        response = http.send(request, auth=None, follow_redirects=False)
    except transports.transport_errors() as error:
        raise _not_reached(request, error) from error
    _check(response)


async def async_put(client: openai.AsyncOpenAI, url: str, document: Document) -> None:
    """See `put`."""
    http = _openai.transport(client) or openai.DefaultAsyncHttpxClient()
    # httpx leaves the generator of a body that it could not send to the collector.
    async with aclosing(document.async_chunks()) as content:
        request = _put_request(http, url, document, content)
        try:
            response = await http.send(request, auth=None, follow_redirects=False)
        except transports.transport_errors() as error:
            raise _not_reached(request, error) from error
    _check(response)


def _put_request(http: Any, url: str, document: Document, content: Any) -> Any:
    headers = {"Content-Type": document.mime, "Content-Length": str(document.size)}
    try:
        _check_address(url)
        request = http.build_request("PUT", url, content=content, headers=headers, timeout=_PUT_TIMEOUT)
    except transports.address_errors():
        raise errors.ParetaError("The platform gave no usable URL to upload the document to.") from None
    # The signature in the URL is all that this host is to know, whatever the caller's own HTTP client adds.
    for name in ("authorization", "cookie"):
        request.headers.pop(name, None)
    return request


def _check_address(url: str) -> None:
    """Raises `ValueError` for a URL that no request can be sent to."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError
    _ = parts.port, parts.hostname.encode("idna")


def _check(response: Response) -> None:
    if response.status_code not in (200, 201):
        host = response.request.url.host
        raise errors.UploadFailedError(
            f"The storage at {host} answered {response.status_code} to the upload, and the document was not attached.",
            status_code=response.status_code,
            host=host,
        )


def _not_reached(request: Any, error: Exception) -> errors.APIConnectionError:
    if isinstance(error, transports.transport_timeouts()):
        return errors.APITimeoutError(request=request)
    return errors.APIConnectionError(
        message=f"No connection to the storage at {request.url.host} ({type(error).__name__}). Upload it again.",
        request=request,
    )
