"""The platform that the tests of a process share, with a state of its own for each of them."""

from __future__ import annotations

import atexit
import os
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .. import _openai, waiting
from ..local import ArmedFault, Clock, Fault, LocalPlatform, Organisation
from ..local.request_log import LoggedRequest

# By process: a fork has the memory of the one that runs, and none of its threads.
_running: dict[int, LocalPlatform] = {}

_NO_PROXY = ("NO_PROXY", "no_proxy")


class LocalPareta(Organisation):
    """A running platform's default organisation, with what a test wants of the platform itself.

    `platform` is that platform, for further organisations.
    """

    def __init__(self, platform: LocalPlatform) -> None:
        default = platform.organisation
        super().__init__(default._state, default.id, default.api_key)
        self.platform: LocalPlatform = platform
        self._earlier: int = max((request.number for request in self._state.requests.since(0)), default=0)

    @property
    def base_url(self) -> str:
        """As Pareta spells it, without ``/v1``. The same in each test of a process."""
        return self.platform.base_url

    @property
    def clock(self) -> Clock:
        """What the platform tells time by: ``clock.advance(minutes=10)``. Clients that would sleep move it too."""
        return self.platform.clock

    @property
    def requests(self) -> list[LoggedRequest]:
        """What the platform was asked in this test, by anyone: the last 500, oldest first."""
        requests = self._state.requests.since(0)
        return sorted((r for r in requests if r.number > self._earlier), key=lambda request: request.number)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that bring a client to this platform which is built without arguments, openai's own too."""
        return {
            "PARETA_BASE_URL": self.base_url,
            "PARETA_API_KEY": self.api_key,
            "OPENAI_BASE_URL": f"{self.base_url}/v1",
            "OPENAI_API_KEY": self.api_key,
        }

    def __repr__(self) -> str:
        return f"<LocalPareta {self.base_url}>"


@contextmanager
def fresh_platform(
    *,
    balance: int | None = None,
    endpoints: Sequence[str] | Mapping[str, str] | None = None,
    faults: Fault | ArmedFault | Sequence[Fault | ArmedFault] = (),
) -> Iterator[LocalPareta]:
    """The platform that this process has, as if it were new. Within this, the pauses of its clients move its clock.

    `balance` is in micro-USD. `endpoints` are live, and take the place of those that a new platform has: tasks, or
    names and their tasks. `faults` are each met once, by the first request that they fit, unless they say otherwise.

    Raises `TypeError`, or what `LocalPlatform.reset` does.
    """
    start: dict[str, Any] = {}
    if balance is not None:
        if not isinstance(balance, int) or isinstance(balance, bool):
            raise TypeError(f"balance is {balance!r}: give micro-USD, such as 5_000_000 for $5.")
        start["balance_micro_usd"] = balance
    if endpoints is not None:
        if isinstance(endpoints, str):
            raise TypeError(f"endpoints is {endpoints!r}: give a list of tasks, such as [{endpoints!r}].")
        start["endpoints"] = endpoints
    armed = [as_armed(fault) for fault in ([faults] if isinstance(faults, (Fault, ArmedFault)) else faults)]
    platform = _start()
    platform.reset(**start)
    pareta = LocalPareta(platform)
    for fault in armed:
        pareta.add_fault(fault.fault, **fault.arguments)
    direct = {name: _with_loopback(os.environ.get(name, "")) for name in _NO_PROXY}
    with (
        set_environment(direct),
        waiting.moving_clock(platform.base_url, lambda seconds: platform.clock.advance(seconds=seconds)),
        _openai.replace_pauses(waiting.seconds_to_sleep),
    ):
        yield pareta


@contextmanager
def set_environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def keep_state(pareta: LocalPareta, test: str, folder: Callable[[], Path]) -> str:
    """Saves the state of a `test` that has failed, and says where it is."""
    name = re.sub(r"\W+", "_", test).strip("_")[:80]
    file = folder() / f"{name}.sqlite"
    pareta.platform.save(file)
    return (
        f"The platform's state when the test failed: {file}\n"
        f"Serve it again: pareta-openai local --state {shlex.quote(str(file))}"
    )


def stop_platform() -> None:
    """Stops the one of this process, if it has one."""
    platform = _running.pop(os.getpid(), None)
    if platform is not None:
        platform.stop()


def as_armed(fault: object) -> ArmedFault:
    """Raises `TypeError` for what is no fault."""
    armed = ArmedFault(fault) if isinstance(fault, Fault) else fault
    if not isinstance(armed, ArmedFault):
        raise TypeError(f"{fault!r} is no fault: make one with pareta_openai.local.faults.")
    return armed


def _start() -> LocalPlatform:
    platform = _running.get(os.getpid())
    if platform is None:
        platform = LocalPlatform()
        platform.start()
        _running[os.getpid()] = platform
    return platform


def _with_loopback(no_proxy: str) -> str:
    """A proxy of the developer's would look for 127.0.0.1 on its own machine."""
    return ",".join(filter(None, [no_proxy, "127.0.0.1"]))


atexit.register(stop_platform)
