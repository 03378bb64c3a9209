"""The storage that takes large documents: another origin than the API's, and one that must not see its key."""

from __future__ import annotations

import hashlib

from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from pareta_openai.local.blobs import KEPT_LIMIT, Blob, Ticket
from pareta_openai.local.errors import NotAcceptable

from .dependencies import CurrentState

router: APIRouter = APIRouter(tags=["Storage"])


@router.put("/uploads/{blob_id}")
async def upload(blob_id: str, expires: int, signature: str, request: Request, state: CurrentState) -> Response:
    """The bytes that the URL was asked for, and no `Authorization`: the signature in the URL is enough."""
    if "authorization" in request.headers:
        raise NotAcceptable(
            "An Authorization header reached the storage, which is another host than the API: do not send it the key."
        )
    blob = state.blobs.admit(Ticket(blob_id, expires, signature), now=state.now())
    if request.headers.get("content-type") != blob.mime:
        raise NotAcceptable(f"The Content-Type of this upload is {blob.mime}.")
    try:
        sha256, content = await _read(request, blob)
    except ClientDisconnect:
        return Response(status_code=400)
    state.blobs.arrived(blob, sha256, content)
    return Response(status_code=200)


async def _read(request: Request, blob: Blob) -> tuple[str, bytes | None]:
    """Its SHA-256, and the bytes if they are to be kept. Raises `NotAcceptable` for more than announced, or fewer."""
    announced = f"This upload was announced with {blob.size} bytes"
    if request.headers.get("content-length", str(blob.size)) != str(blob.size):
        raise NotAcceptable(f"{announced}, and its Content-Length is {request.headers['content-length']}.")
    sha256, received, chunks = hashlib.sha256(), 0, list[bytes]()
    async for chunk in request.stream():
        received += len(chunk)
        if received > blob.size:
            raise NotAcceptable(f"{announced}, and has more.")
        sha256.update(chunk)
        if blob.size <= KEPT_LIMIT:
            chunks.append(chunk)
    if received < blob.size:
        raise NotAcceptable(f"{announced}, and has {received}.")
    return sha256.hexdigest(), b"".join(chunks) if blob.size <= KEPT_LIMIT else None
