"""What is billed by the token, document, picture or second of sound, rather than by the answered conversation."""

from __future__ import annotations

from dataclasses import dataclass

from .ledger import Charge, Debit
from .state import State


@dataclass(frozen=True)
class Lane:
    """A kind of work, and what 1 000 units of it cost here and at a vendor's. The prices are made up.

    `model` is what an answer says that it came from, and the ledger what was called.
    """

    model: str
    micro_usd_per_thousand: int
    frontier_micro_usd_per_thousand: int


EMBEDDING = Lane("local-embedding (no model)", 20, 130)
RERANKING = Lane("local-reranking (no model)", 25_000, 200_000)
IMAGE_GENERATION = Lane("local-image (no model)", 20_000_000, 40_000_000)
IMAGE_EDIT = Lane("local-image-edit (no model)", 30_000_000, 60_000_000)
TRANSCRIPTION = Lane("local-transcription (no model)", 50_000, 100_000)
SPEECH = Lane("local-speech (no model)", 100_000, 250_000)


@dataclass(frozen=True)
class Meter:
    """One request, before and after its work."""

    state: State
    organisation_id: str
    request_id: str
    idempotency_key: str | None

    def require_credit(self) -> None:
        """Raises `OutOfCredit`, but not for what was billed before."""
        self.state.ledger.require_credit(self.organisation_id, self.idempotency_key)

    def book(self, lane: Lane, units: float) -> Debit:
        """Bills 1 micro-USD at least; what has an idempotency key that was billed is not billed again."""
        return self.book_price(
            lane.model,
            micro_usd=_price(lane.micro_usd_per_thousand, units),
            frontier_micro_usd=_price(lane.frontier_micro_usd_per_thousand, units),
        )

    def book_price(
        self,
        model: str,
        *,
        micro_usd: int,
        frontier_micro_usd: int,
        prompt_tokens: int = 0,
        completion_tokens: int = 0,
    ) -> Debit:
        """Raises `OutOfCredit`."""
        charge = Charge(
            endpoint_id=model,
            request_id=self.request_id,
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            micro_usd=micro_usd,
            frontier_micro_usd=frontier_micro_usd,
            idempotency_key=self.idempotency_key,
        )
        return self.state.ledger.book(self.organisation_id, charge, now=self.state.now())


def _price(per_thousand: int, units: float) -> int:
    return max(1, round(per_thousand * units / 1000))
