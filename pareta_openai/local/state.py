"""Everything that the platform remembers, opened and closed together."""

from __future__ import annotations

import time

from .calls import Calls
from .endpoints import Endpoints
from .ledger import Ledger
from .organisations import Organisations
from .store import Store


class State:
    """`path` is a file or ``:memory:``; `deploy_seconds` is how long an endpoint takes to become live."""

    def __init__(self, path: str, *, deploy_seconds: float) -> None:
        self._store = Store(path)
        self.deploy_seconds = deploy_seconds
        self.organisations = Organisations(self._store)
        self.ledger = Ledger(self._store)
        self.endpoints = Endpoints(self._store)
        self.calls = Calls(self._store)

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def close(self) -> None:
        self._store.close()
