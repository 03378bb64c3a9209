"""The local platform as an object: started, asked for organisations, stopped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from os import PathLike, fspath
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from .access import LOOPBACK, Access
from .armed_faults import ANY, ArmedFault
from .clock import Clock
from .endpoints import RECOMMENDED, Lifecycle
from .errors import LocalExtraMissing
from .faults import Fault
from .generations import find_generation
from .ledger import Debit
from .model_server import ModelServer
from .organisations import new_api_key
from .scripts import Script, Scripting
from .state import DEFAULT_BALANCE_MICRO_USD, State
from .upstream import Upstream

if TYPE_CHECKING:
    from typing_extensions import Self

DEFAULT_API_KEY = "pareta_sk_local_default_organisation"
"""Always the same, so that a state file need not hold it: it opens nothing but a port on this machine. A platform that
other machines reach makes up another one at each start."""

_DEFAULT_ORGANISATION = "org_default"
_DEFAULT_KEY = "key_default"
_SEED_ENDPOINTS = {"ep_contract_kie": "contract-key-fields", "ep_invoice_kie": "invoice-extraction"}


class Organisation(Scripting):
    """A tenant of a running platform: what it has, read anew each time."""

    def __init__(self, state: State, organisation_id: str, api_key: str) -> None:
        self._state = state
        self.id = organisation_id
        self.api_key = api_key

    @property
    def balance_micro_usd(self) -> int:
        return self._state.ledger.balance(self.id)

    @property
    def spent_micro_usd(self) -> int:
        """The sum of its debits."""
        return self._state.ledger.account(self.id).spent_micro_usd

    @property
    def endpoints(self) -> list[str]:
        """The ids of its endpoints, in the order in which they were deployed."""
        return [endpoint.id for endpoint in self._state.endpoints.list(self.id)]

    def set_balance(self, micro_usd: int) -> None:
        """Books the difference as a top-up, so that the books still add up."""
        self._state.ledger.set_balance(self.id, micro_usd, now=self._state.now())

    def deploy(
        self,
        task: str,
        *,
        model: str = RECOMMENDED,
        name: str | None = None,
        deploy_seconds: float | None = None,
        deploy_polls: int | None = None,
        idle_seconds: float | None = None,
    ) -> str:
        """The id of a new endpoint, which starts as one that was deployed over HTTP does, with nobody watching.

        The last three are those of `LocalPlatform`, for this endpoint alone: for this start and each later one.
        """
        lifecycle = Lifecycle(deploy_seconds, deploy_polls, idle_seconds)
        return self._state.endpoints.deploy(
            self.id, task_id=task, model=model, name=name, lifecycle=lifecycle, now=self._state.now()
        ).id

    def cool_endpoint(self, endpoint_id: str) -> None:
        """Its status is ``cold``, as if it had not been called for long: the next call starts it, and gets a 503.

        Raises `NotFound` for an endpoint that the organisation does not have.
        """
        self._state.endpoints.cool(self.id, endpoint_id)

    def fail_endpoint(self, endpoint_id: str, message: str = "GPU pool exhausted") -> None:
        """Its status is ``failed`` until it is started or stopped; a deploy under way ends with `message`.

        Raises `NotFound` for an endpoint that the organisation does not have.
        """
        self._state.endpoints.fail(self.id, endpoint_id, message)

    def add_fault(
        self,
        fault: Fault,
        *,
        on: str = ANY,
        times: int | None = 1,
        for_seconds: float | None = None,
        probability: float = 1.0,
        seed: int = 0,
    ) -> None:
        """Makes its next `times` requests for `on` meet `fault`, or every one where `times` is None.

        `on` is an `operationId` of the contract, such as ``createChatCompletion``, or ``*``. Faults are met in the
        order in which they were added, one by a request. `for_seconds` ends it by the platform's clock: a rate window
        is ``status(429, retry_after=30)`` with ``times=None, for_seconds=30``. With a `probability` below 1 a request
        that it is for may be spared; which ones are is the same each time for the same `seed`.

        Raises `NotAcceptable` for an operation that is not there or could never meet the fault, and for a probability
        that is none.
        """
        armed = self._state.faults
        armed.arm(self.id, fault, on=on, times=times, for_seconds=for_seconds, probability=probability, seed=seed)

    def clear_faults(self) -> None:
        self._state.faults.clear(self.id)

    @property
    def faults(self) -> list[ArmedFault]:
        """Those that are still armed, with the times that are left."""
        return self._state.faults.list(self.id)

    def ledger(self) -> list[Debit]:
        """One row for each debit, oldest first."""
        return self._state.ledger.debits(self.id)

    @property
    def _script(self) -> Script:
        return self._state.scripts.of(self.id)

    def __repr__(self) -> str:
        return f"<Organisation {self.id}>"


class LocalPlatform(Scripting):
    """Pareta's HTTP API on ``127.0.0.1``, served from a thread of this process; no model is behind it.

    `port` 0 takes a free one, as does `storage_port`, which large documents go to. `state` is a file that outlives the
    platform, or ``:memory:``. `host` is another address to listen on; one that other machines reach takes an
    `admin_token` of 16 characters or more, and then the admin routes ask for it. `allowed_hosts` are names that
    clients call the platform by, beside its address.

    An endpoint is live `deploy_seconds` after its deploy or start, and not before it was found starting
    `deploy_polls` times: by reading its record, listing endpoints or models, calling it, or an event of its deploy.
    One that is not called for `idle_seconds` goes cold; None is never. `eval_seconds` is how long an eval run takes
    until its results are there. All go by `clock`.

    `upstream` is a model server that inference goes through, `record` a file that keeps what it answers, and `replay`
    such a file to answer from, in place of an upstream.

    `platform` is the generation that answers: ``"0.3"``, which has no newer routes and sends no receipts, or ``"3.0"``,
    which has no endpoints and leaderboards; without it all of both is there.

    Raises `ValueError` for another generation and for a `host` without what it takes, and `NotAcceptable` for times
    that cannot be.

    Used as a context manager, or with `start` and `stop`.
    """

    def __init__(
        self,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        storage_port: int = 0,
        admin_token: str | None = None,
        allowed_hosts: Iterable[str] = (),
        state: str | PathLike[str] = ":memory:",
        deploy_seconds: float = 0.0,
        deploy_polls: int = 0,
        idle_seconds: float | None = None,
        eval_seconds: float = 0.0,
        upstream: Upstream | None = None,
        record: str | PathLike[str] | None = None,
        replay: str | PathLike[str] | None = None,
        platform: str | None = None,
    ) -> None:
        if record is not None and upstream is None:
            raise ValueError("record keeps the answers of an upstream: give it one.")
        if replay is not None and upstream is not None:
            raise ValueError("Answers come from an upstream or from a recording: give upstream or replay, not both.")
        self._access = Access(host, admin_token, allowed_hosts)
        self._port = port
        self._storage_port = storage_port
        self._path = fspath(state)
        self._lifecycle = Lifecycle(deploy_seconds, deploy_polls, idle_seconds)
        self._eval_seconds = eval_seconds
        self._upstream = upstream
        self._record = None if record is None else Path(record)
        self._replay = None if replay is None else Path(replay)
        self._generation = find_generation(platform)
        self._state: State | None = None
        self._running = ExitStack()
        self.api_key: str = DEFAULT_API_KEY if self._access.is_loopback else new_api_key()
        """The key of the default organisation, which starts with $5.00 and two live endpoints."""
        self.base_url: str = ""
        """As Pareta spells it, without ``/v1``. Empty until the platform is started."""

    def start(self) -> None:
        """Raises `OSError` for a port that is taken, `StateError` for a state file that cannot be used,
        `RecordingError` for a recording that cannot, `LocalExtraMissing` without the packages of the ``local`` extra.
        """
        try:
            from .app import create_app, create_storage
            from .evaluation import resume
            from .server import Server

            if self._upstream is not None:
                from . import upstream_server  # noqa: F401 - it needs one more package
        except ModuleNotFoundError as error:
            raise LocalExtraMissing(
                f"The local platform needs {error.name}: pip install 'pareta-openai[local]'", name=error.name
            ) from error
        access = self._access
        with ExitStack() as running:
            state = State(
                self._path,
                lifecycle=self._lifecycle,
                eval_seconds=self._eval_seconds,
                generation=self._generation,
            )
            running.callback(state.close)
            if not state.organisations.exists(_DEFAULT_ORGANISATION):
                _seed(state, DEFAULT_BALANCE_MICRO_USD, _SEED_ENDPOINTS)
            state.organisations.put_key(_DEFAULT_ORGANISATION, _DEFAULT_KEY, self.api_key, now=state.now())
            server = Server(access.host, self._port, name=access.name)
            running.callback(server.stop)
            storage = Server(access.host, self._storage_port, name="localhost" if access.is_loopback else access.name)
            running.callback(storage.stop)
            state.model_server = self._model_server(state.clock)
            storage.start(create_storage(state, access))
            server.start(
                create_app(state, access, server, storage_port=storage.port),
                on_stop=None if state.model_server is None else state.model_server.close,
            )
            running.callback(server.call_soon, state.background.stop)
            server.call_soon(partial(resume, state))
            self.base_url = server.url
            self._state = state
            self._server = server
            self._running = running.pop_all()

    def stop(self) -> None:
        """Ends open streams and frees the port. Does nothing where the platform is not running."""
        self._state = None
        self._running.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def clock(self) -> Clock:
        """What the platform tells time by: ``platform.clock.advance(minutes=10)`` takes no time."""
        return self._running_state.clock

    @property
    def organisation(self) -> Organisation:
        """The default one, which `api_key` opens."""
        return Organisation(self._running_state, _DEFAULT_ORGANISATION, self.api_key)

    @property
    def _script(self) -> Script:
        return self._running_state.scripts.of(_DEFAULT_ORGANISATION)

    def _model_server(self, clock: Clock) -> ModelServer | None:
        if self._replay is not None:
            from .recording import Player

            return Player(self._replay, clock)
        if self._upstream is None:
            return None
        from .upstream_server import UpstreamServer

        server = UpstreamServer(self._upstream)
        if self._record is None:
            return server
        from .recording import Recorder

        return Recorder(server, self._record, secrets=(self._upstream.api_key,))

    @property
    def _running_state(self) -> State:
        if self._state is None:
            raise RuntimeError("The local platform is not running.")
        return self._state

    def reset(
        self,
        *,
        balance_micro_usd: int = DEFAULT_BALANCE_MICRO_USD,
        endpoints: Mapping[str, str] | Sequence[str] = _SEED_ENDPOINTS,
    ) -> None:
        """Forgets everything, and goes on as if it were new, at the same address; in less than a millisecond.

        The default organisation has this balance, and live endpoints for these tasks, or of these names for these
        tasks. Raises `NotFound` for a task, `NotAcceptable` for a balance out of range: then only the clock is reset.
        """
        state = self._running_state
        if state.background:
            self._server.run(state.background.cancel_all())

        def begin() -> None:
            _seed(state, balance_micro_usd, endpoints)
            state.organisations.put_key(_DEFAULT_ORGANISATION, _DEFAULT_KEY, self.api_key, now=state.now())

        state.reset(begin)

    @contextmanager
    def unreachable(self) -> Iterator[None]:
        """Within this the API refuses every connection, and those that were open have ended: as if it were down."""
        server = self._server
        server.run(server.refuse())
        try:
            yield
        finally:
            if self._state is not None:
                server.run(server.accept())

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the state to a new file, for another platform's `state`. Raises `StateError` where it cannot."""
        self._running_state.save(fspath(path))

    def create_organisation(
        self, *, balance_micro_usd: int = DEFAULT_BALANCE_MICRO_USD, endpoints: Sequence[str] = ()
    ) -> Organisation:
        """A tenant of its own with a live endpoint for each task named in `endpoints`."""
        state = self._running_state
        return Organisation(state, *state.create_organisation(balance_micro_usd=balance_micro_usd, endpoints=endpoints))


def _seed(state: State, balance_micro_usd: int, endpoints: Mapping[str, str] | Sequence[str]) -> None:
    """Gives an empty state its default organisation."""
    now = state.now()
    state.organisations.create(_DEFAULT_ORGANISATION)
    state.ledger.set_balance(_DEFAULT_ORGANISATION, balance_micro_usd, now=now)
    named = endpoints.items() if isinstance(endpoints, Mapping) else [(None, task_id) for task_id in endpoints]
    for name, task_id in named:
        state.endpoints.deploy(
            _DEFAULT_ORGANISATION,
            task_id=task_id,
            name=name,
            is_seed=endpoints is _SEED_ENDPOINTS,
            now=now,
            is_live=True,
        )
