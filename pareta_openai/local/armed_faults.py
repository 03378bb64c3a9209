"""Which requests meet which fault. Not kept in the state: a platform that starts behaves."""

from __future__ import annotations

import builtins
import itertools
import math
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import Any

from .errors import NotAcceptable, NotFound
from .faults import Fault
from .operations import Operation, require_operation

ANY = "*"


@dataclass(frozen=True)
class ArmedFault:
    """`fault`, for the next `times` requests for `on`, or for every one where `times` is None.

    `on` is an `operationId` of the contract, or ``*``. No two have the same `number`. It is not met from `until` on, in
    seconds since the epoch. Of the requests that it is for each meets it with this `probability`, and which ones do
    follows from the `seed`: the same ones each time.
    """

    fault: Fault
    on: str = ANY
    times: int | None = 1
    number: int = 0
    until: float | None = None
    probability: float = 1.0
    seed: int = 0
    draws: Iterator[float] = field(default_factory=lambda: repeat(0.0), compare=False, repr=False)
    """Numbers from 0 up to 1, one for each request."""

    @property
    def document(self) -> dict[str, Any]:
        """As JSON can say it."""
        until = {} if self.until is None else {"until": self.until}
        chance = {} if self.probability == 1 else {"probability": self.probability, "seed": self.seed}
        return {**self.fault.document, "on": self.on, "times": self.times, "number": self.number, **until, **chance}

    @property
    def arguments(self) -> dict[str, Any]:
        """What `Organisation.add_fault` takes beside the fault to arm another like it."""
        return {"on": self.on, "times": self.times, "probability": self.probability, "seed": self.seed}

    def fits(self, operation: Operation, *, streams: bool) -> bool:
        return self.on in (ANY, operation.id) and self.fault.fits(operation, streams=streams)


class ArmedFaults:
    """Of every organisation, from any thread. `now` tells the time that they end by."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        # Organisations with an empty list are not in it.
        self._armed: dict[str, list[ArmedFault]] = {}

    def __bool__(self) -> bool:
        """Whether anything is armed at all."""
        return bool(self._armed)

    def arm(
        self,
        organisation_id: str,
        fault: Fault,
        *,
        on: str = ANY,
        times: int | None = 1,
        for_seconds: float | None = None,
        probability: float = 1.0,
        seed: int = 0,
    ) -> ArmedFault:
        """Behind the ones that are armed already, and gone when `for_seconds` are over.

        Raises `NotAcceptable` for an operation that the contract does not have, or that never meets the fault.
        """
        if for_seconds is not None and not (for_seconds > 0 and math.isfinite(for_seconds)):
            raise NotAcceptable(f"for_seconds is {for_seconds!r}: give the seconds that the fault is armed for.")
        if times is not None and (not isinstance(times, int) or isinstance(times, bool) or times < 1):
            raise NotAcceptable("A fault is for the next 1, 2, … times requests, or for every one where it is null.")
        if not isinstance(probability, (int, float)) or not 0 < probability <= 1:
            raise NotAcceptable(f"probability is {probability!r}: give one above 0, up to 1.")
        if not isinstance(seed, int):
            raise NotAcceptable(f"seed is {seed!r}: give a whole number.")
        if on != ANY:
            fault.require_fit(require_operation(on))
        until = None if for_seconds is None else self._now() + for_seconds
        numbers = random.Random(seed)
        draws = iter(numbers.random, None)
        armed = ArmedFault(fault, on, times, next(self._numbers), until, probability, seed, draws)
        with self._lock:
            self._armed.setdefault(organisation_id, []).append(armed)
        return armed

    def take(self, organisation_id: str, operation: Operation, *, streams: bool) -> Fault | None:
        """What a request meets: the first that fits it, which is then armed for one request less."""
        return self._take(
            organisation_id,
            lambda armed: not armed.fault.is_of_body and armed.fits(operation, streams=streams),
        )

    def take_of_body(self, organisation_id: str, operation: Operation) -> Fault | None:
        """The same of those that are met while the request's body is read, when nothing is known of it yet."""
        return self._take(
            organisation_id,
            lambda armed: armed.fault.is_of_body and armed.fits(operation, streams=False),
        )

    def list(self, organisation_id: str) -> list[ArmedFault]:
        """What is still armed, with the times that are left."""
        with self._lock:
            return self._standing(organisation_id)[:]

    def disarm(self, organisation_id: str, number: int) -> None:
        """Takes this one away. Raises `NotFound` for one that is not, or no longer, armed."""
        with self._lock:
            armed = self._standing(organisation_id)
            left = [found for found in armed if found.number != number]
            if len(left) == len(armed):
                raise NotFound(f"No fault {number} is armed for this organisation.")
            if left:
                self._armed[organisation_id] = left
            else:
                del self._armed[organisation_id]

    def clear(self, organisation_id: str) -> None:
        with self._lock:
            self._armed.pop(organisation_id, None)

    def _take(self, organisation_id: str, fits: Callable[[ArmedFault], bool]) -> Fault | None:
        with self._lock:
            armed = self._standing(organisation_id)
            for place, found in enumerate(armed):
                if fits(found) and next(found.draws) < found.probability:
                    if found.times is not None:
                        left = found.times - 1
                        armed[place : place + 1] = [replace(found, times=left)] if left else []
                        if not armed:
                            del self._armed[organisation_id]
                    return found.fault
        return None

    def _standing(self, organisation_id: str) -> builtins.list[ArmedFault]:
        """Those whose time is not over; the others are forgotten."""
        armed = self._armed.get(organisation_id, [])
        if any(found.until is not None for found in armed):
            now = self._now()
            armed[:] = [found for found in armed if found.until is None or now < found.until]
            if not armed:
                del self._armed[organisation_id]
        return armed
