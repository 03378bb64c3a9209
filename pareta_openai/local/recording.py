"""Real answers, kept in a file with their timing, and served again from it.

The file is JSON Lines. The first line says what it is, every other one is one answer; broken here to be read:

    {"format": "pareta-openai-recording", "version": 1}
    {"request": {"model": "contract-kie-1", "messages": […]}, "seconds": 0.41, "status": 200,
     "headers": {"content-type": "application/json"}, "body": {"id": "chatcmpl-…", …}}
    {"request": {…, "stream": true}, "seconds": 0.12, "status": 200, "headers": {"content-type": "text/event-stream"},
     "events": [{"after": 0.0, "data": {"id": …}}, {"after": 0.02, "data": {…}}, {"after": 0.0, "data": "[DONE]"}]}

`request` is the body with Pareta's name for the model. `seconds` is the time to the answer's head, or to its end where
it is no stream, and `after` what went by since the event before. `body` and `data` are JSON, or else text. An event
that is more than one line of data has its lines as `text`. `broken` says that the connection ended early, and how:
``fin`` or ``rst``, before the head where there is no `status`.

No key is in it (`scrubbing` says what is taken for one), and no header but those that clients go by.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from .clock import Clock
from .errors import NotRecorded, RecordingError
from .model_server import Interrupted, ModelAnswer, ModelRequest, ModelServer
from .scrubbing import Scrubber

FORMAT = "pareta-openai-recording"
VERSION = 1

# Below it, waiting takes longer than what is waited for.
_SHORTEST_PAUSE = 0.001
_SHOWN_CHARACTERS = 60


class RecordedEvent(BaseModel):
    after: float = Field(ge=0)
    data: Any = None
    text: str | None = None

    @classmethod
    def of(cls, event: bytes, *, after: float, scrubber: Scrubber) -> RecordedEvent:
        said = event.decode(errors="replace").rstrip("\r\n")
        if said.startswith("data:") and "\n" not in said and "\r" not in said:
            return cls(after=after, data=_json_or_text(said[5:].removeprefix(" "), scrubber))
        return cls(after=after, text=scrubber.text(said))

    @property
    def event(self) -> bytes:
        said = f"data: {_written(self.data)}" if self.text is None else self.text
        return f"{said}\n\n".encode(errors="replace")


class Exchange(BaseModel):
    """One line of the file."""

    request: dict[str, Any]
    seconds: float = Field(ge=0)
    status: int | None = Field(default=None, ge=200, le=599)
    headers: dict[str, str] = Field(default_factory=dict)
    body: Any = None
    events: list[RecordedEvent] | None = None
    broken: Literal["fin", "rst"] | None = None


class Recorder:
    """A model server that writes down what another says. Goes on at the end of a file that is there.

    Answers that their client did not wait for are not in it. `secrets` are in no line. Raises `RecordingError`.
    """

    def __init__(self, server: ModelServer, path: Path, *, secrets: tuple[str | None, ...] = ()) -> None:
        self._server = server
        self._scrubber = Scrubber(secrets)
        if path.exists():
            read_recording(path)
        try:
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            raise RecordingError(f"{path}: {error.strerror}.") from None
        if not self._file.tell():
            self._write({"format": FORMAT, "version": VERSION})

    @property
    def name(self) -> str:
        return self._server.name

    async def ask(self, request: ModelRequest) -> ModelAnswer:
        began = time.perf_counter()
        exchange = Exchange(request=self._scrubber.value(request.body), seconds=0)
        try:
            answer = await self._server.ask(request)
        except Interrupted as interrupted:
            self._keep(exchange, seconds=time.perf_counter() - began, broken=_how(interrupted))
            raise
        exchange = exchange.model_copy(update={"status": answer.status, "headers": dict(answer.headers)})
        parts = self._stream(exchange, answer, began) if answer.is_stream else self._plain(exchange, answer, began)
        return replace(answer, parts=parts)

    async def close(self) -> None:
        self._file.close()
        await self._server.close()

    async def _plain(self, exchange: Exchange, answer: ModelAnswer, began: float) -> AsyncIterator[bytes]:
        broken = None
        body = b""
        try:
            async for part in answer.parts:
                body += part
        except Interrupted as interrupted:
            broken = interrupted
        said = _json_or_text(body.decode(errors="replace"), self._scrubber)
        self._keep(exchange, seconds=time.perf_counter() - began, body=said, broken=_how(broken))
        if broken is not None:
            raise broken
        yield body

    async def _stream(self, exchange: Exchange, answer: ModelAnswer, began: float) -> AsyncIterator[bytes]:
        broken = None
        events = []
        last = time.perf_counter()
        seconds = last - began
        try:
            async for event in answer.parts:
                now = time.perf_counter()
                events.append(RecordedEvent.of(event, after=round(now - last, 6), scrubber=self._scrubber))
                last = now
                yield event
        except Interrupted as interrupted:
            broken = interrupted
        self._keep(exchange, seconds=seconds, events=events, broken=_how(broken))
        if broken is not None:
            raise broken

    def _keep(self, exchange: Exchange, *, seconds: float, **found: Any) -> None:
        kept = exchange.model_copy(update={"seconds": round(seconds, 6), **found})
        self._write(kept.model_dump(exclude_none=True, exclude_defaults=True) | {"seconds": kept.seconds})

    def _write(self, line: Mapping[str, Any]) -> None:
        # In one piece: other processes may be writing to the same file.
        self._file.write(_written(line).encode() + b"\n")


class Player:
    """A model server that answers from a recording, in the time that it took by the platform's clock.

    Equal requests get the answers that were recorded for them one after the other, and then the last one again; each
    organisation has a place of its own. Raises `RecordingError`.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._scrubber = Scrubber()
        self._recorded: dict[str, list[Exchange]] = {}
        self._places: dict[tuple[str, str], int] = {}
        for exchange in read_recording(path):
            self._recorded.setdefault(_key(exchange.request), []).append(exchange)

    @property
    def name(self) -> str:
        return self._path.name

    async def ask(self, request: ModelRequest) -> ModelAnswer:
        """Raises `NotRecorded` too."""
        asked = self._scrubber.value(dict(request.body))
        key = _key(asked)
        recorded = self._recorded.get(key)
        if recorded is None:
            raise NotRecorded(self._nothing_for(asked))
        place = self._places.get((request.organisation_id, key), 0)
        self._places[request.organisation_id, key] = min(place + 1, len(recorded) - 1)
        exchange = recorded[place]
        await self._clock.sleep(exchange.seconds)
        if exchange.status is None:
            raise Interrupted(was_reset=exchange.broken == "rst")
        return ModelAnswer(exchange.status, exchange.headers, self._parts(exchange), _nothing_to_close)

    async def close(self) -> None:
        """Nothing is open."""

    async def _parts(self, exchange: Exchange) -> AsyncIterator[bytes]:
        due = self._clock.now()
        for event in exchange.events or ():
            due += event.after
            if (pause := due - self._clock.now()) >= _SHORTEST_PAUSE:
                await self._clock.sleep(pause)
            yield event.event
        if exchange.broken is not None:
            raise Interrupted(was_reset=exchange.broken == "rst")
        if exchange.events is None:
            yield _written(exchange.body).encode(errors="replace")

    def _nothing_for(self, asked: Mapping[str, Any]) -> str:
        exchanges = [exchange for recorded in self._recorded.values() for exchange in recorded]
        words = f"No answer is recorded in {self._path.name} for this request to {asked['model']}."
        if not exchanges:
            return f"{words} The file has none at all."
        differing = min((_differences(exchange.request, asked) for exchange in exchanges), key=len)
        return f"{words} The nearest one that is differs in {', '.join(sorted(differing))}."


def read_recording(path: Path) -> list[Exchange]:
    """Raises `RecordingError` for what is no recording, for one of a newer version, and for a line that is damaged."""
    try:
        # Not splitlines: JSON may hold other line ends than this one.
        head, *lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror}.") from None
    except UnicodeDecodeError:
        head, lines = "", []
    _check_head(path, head)
    exchanges = []
    for number, line in enumerate(lines, 2):
        try:
            # Not pydantic's own reading of JSON, which refuses half of a surrogate pair.
            exchanges.append(Exchange.model_validate(json.loads(line)))
        except (ValueError, RecursionError) as error:
            problem = str(error)
            if isinstance(error, ValidationError):
                problem = error.errors(include_url=False, include_input=False)[0]["msg"]
            raise RecordingError(f"{path}: line {number} is damaged: {problem}.") from None
    return exchanges


def _check_head(path: Path, head: str) -> None:
    try:
        told = json.loads(head)
        is_ours, version = told["format"] == FORMAT, int(told["version"])
    except (ValueError, TypeError, LookupError):
        is_ours, version = False, 0
    if not is_ours:
        raise RecordingError(f"{path} is not a recording of the local platform.")
    if version > VERSION:
        raise RecordingError(
            f"{path} was recorded by a newer pareta-openai (version {version}, this one reads {VERSION})."
            " Update pareta-openai, or name another file."
        )


def _key(request: Mapping[str, Any]) -> str:
    return json.dumps(request, sort_keys=True)


def _differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> set[str]:
    return {name for name in {*one, *other} if one.get(name) != other.get(name) or (name in one) != (name in other)}


def _json_or_text(text: str, scrubber: Scrubber) -> Any:
    """What JSON says; a text that JSON says stays JSON, so that it can be told from one that it does not."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = text
    return scrubber.text(text) if isinstance(value, str) else scrubber.value(value)


def _written(said: Any) -> str:
    if isinstance(said, str):
        return said
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    # Half of a surrogate pair can be said in ASCII alone.
    return text if text.isascii() or _is_encodable(text) else json.dumps(said, separators=(",", ":"))


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _how(interrupted: Interrupted | None) -> Literal["fin", "rst"] | None:
    if interrupted is None:
        return None
    return "rst" if interrupted.was_reset else "fin"


async def _nothing_to_close() -> None:
    """A recording's answer holds nothing open."""
