"""Documents and images of eval rows. Large ones are counted and hashed, and not kept: no model would take them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
from dataclasses import dataclass

from .errors import NotAcceptable, NotAllowed, NotFound
from .eval_sets import EvalSet
from .store import Store

INLINE_LIMIT = 5 << 20
"""What is as large as this goes to the storage."""

KEPT_LIMIT = 20 << 20
"""Up to here the bytes are kept, for a model that reads them."""

_STORAGE_SCHEME = "pareta-local://eval-blobs/"
_UPLOAD_SECONDS = 900


@dataclass(frozen=True)
class Blob:
    """What belongs in the field `field_name` of the row `idx`. `sha256` is None until the bytes were there."""

    id: str
    idx: int
    field_name: str
    mime: str
    size: int
    sha256: str | None = None

    @property
    def storage_uri(self) -> str:
        return _STORAGE_SCHEME + self.id


@dataclass(frozen=True)
class Content:
    """The bytes of a document, or None where it was too large to be kept."""

    mime: str
    content: bytes | None


@dataclass(frozen=True)
class Ticket:
    """Leave to upload one blob until `expires`, in seconds since the epoch."""

    blob_id: str
    expires: int
    signature: str


class Blobs:
    """Tickets are good for as long as the platform runs that wrote them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._secret = secrets.token_bytes(32)

    def attach(self, eval_set: EvalSet, *, idx: int, field_name: str, mime: str, content: bytes) -> Blob:
        """Raises `NotAcceptable` for a row that the set does not have."""
        blob = self._announce(eval_set, idx=idx, field_name=field_name, mime=mime, size=len(content))
        self.arrived(blob, hashlib.sha256(content).hexdigest(), content)
        return self._attach(eval_set, blob.id)

    def issue(
        self, eval_set: EvalSet, *, idx: int, field_name: str, mime: str, size: int, now: float
    ) -> tuple[Blob, Ticket]:
        """A blob that is to be uploaded. Raises `NotAcceptable` for a row that the set does not have."""
        blob = self._announce(eval_set, idx=idx, field_name=field_name, mime=mime, size=size)
        expires = int(now) + _UPLOAD_SECONDS
        return blob, Ticket(blob.id, expires, self._signature(blob.id, expires))

    def admit(self, ticket: Ticket, *, now: float) -> Blob:
        """The blob that may be uploaded. Raises `NotAllowed`, and `NotFound` where its set was deleted."""
        expected = self._signature(ticket.blob_id, ticket.expires)
        if not hmac.compare_digest(expected.encode(), ticket.signature.encode()):
            raise NotAllowed("The signature of this upload URL is wrong. Use the URL as it was given.")
        if ticket.expires < now:
            raise NotAllowed("This upload URL has expired. Ask for a new one.")
        row = self._store.row("SELECT * FROM eval_blobs WHERE id = ?", ticket.blob_id)
        if row is None:
            raise NotFound("The eval set that this upload was for is gone.")
        return _blob(row)

    def owner(self, blob: Blob) -> str:
        """The organisation that it is for. Raises `NotFound` where its set was deleted."""
        row = self._store.row(
            "SELECT organisation_id FROM eval_sets WHERE number = (SELECT set_number FROM eval_blobs WHERE id = ?)",
            blob.id,
        )
        if row is None:
            raise NotFound("The eval set that this upload was for is gone.")
        return str(row["organisation_id"])

    def arrived(self, blob: Blob, sha256: str, content: bytes | None) -> None:
        """`content` is None where there is too much of it."""
        with self._store.transaction() as db:
            db.execute("UPDATE eval_blobs SET sha256 = ? WHERE id = ?", (sha256, blob.id))
            if content is not None:
                db.execute("INSERT OR REPLACE INTO eval_blob_contents VALUES (?, ?)", (blob.id, content))

    def contents(self, eval_set: EvalSet, idx: int) -> list[Content]:
        """The documents of a row, in the order of their fields' names."""
        rows = self._store.rows(
            "SELECT mime, content FROM eval_blobs LEFT JOIN eval_blob_contents ON blob_id = id"
            " WHERE set_number = ? AND idx = ? AND is_attached ORDER BY field_name",
            eval_set.number,
            idx,
        )
        return [Content(row["mime"], row["content"]) for row in rows]

    def complete(self, eval_set: EvalSet, *, storage_uri: str, idx: int, field_name: str, mime: str) -> Blob:
        """Attaches a blob that was uploaded. Raises `NotFound`, `NotAcceptable`."""
        row = self._store.row(
            "SELECT * FROM eval_blobs WHERE set_number = ? AND id = ?",
            eval_set.number,
            storage_uri.removeprefix(_STORAGE_SCHEME),
        )
        if row is None or not storage_uri.startswith(_STORAGE_SCHEME):
            raise NotFound(f"No upload {storage_uri!r} for this eval set.")
        blob = _blob(row)
        if (blob.idx, blob.field_name, blob.mime) != (idx, field_name, mime):
            raise NotAcceptable(
                f"{storage_uri} is for the field {blob.field_name!r} of row {blob.idx}, as {blob.mime}:"
                " say the same as when its URL was asked for."
            )
        if blob.sha256 is None:
            raise NotAcceptable(f"Nothing was uploaded for {storage_uri} yet.")
        return self._attach(eval_set, blob.id)

    def _announce(self, eval_set: EvalSet, *, idx: int, field_name: str, mime: str, size: int) -> Blob:
        if idx >= eval_set.item_count:
            raise NotAcceptable(
                f"There is no row {idx}: {eval_set.id} has {eval_set.item_count}, and the first one is row 0."
            )
        blob = Blob(secrets.token_hex(16), idx, field_name, mime, size)
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO eval_blobs (id, set_number, idx, field_name, mime, size, is_attached)"
                " VALUES (?, ?, ?, ?, ?, ?, 0)",
                (blob.id, eval_set.number, idx, field_name, mime, size),
            )
        return blob

    def _attach(self, eval_set: EvalSet, blob_id: str) -> Blob:
        """In place of what was in its field before."""
        with self._store.transaction() as db:
            row = db.execute("SELECT * FROM eval_blobs WHERE id = ?", (blob_id,)).fetchone()
            db.execute(
                "DELETE FROM eval_blobs WHERE set_number = ? AND idx = ? AND field_name = ? AND is_attached"
                " AND id != ?",
                (eval_set.number, row["idx"], row["field_name"], blob_id),
            )
            db.execute("UPDATE eval_blobs SET is_attached = 1 WHERE id = ?", (blob_id,))
        return _blob(row)

    def _signature(self, blob_id: str, expires: int) -> str:
        return hmac.new(self._secret, f"{blob_id} {expires}".encode(), hashlib.sha256).hexdigest()


def _blob(row: sqlite3.Row) -> Blob:
    return Blob(
        id=row["id"],
        idx=row["idx"],
        field_name=row["field_name"],
        mime=row["mime"],
        size=row["size"],
        sha256=row["sha256"],
    )
