"""What the model is told to say, call by call.

    organisation.reply("Paris")                              # the next call, whatever it asks
    organisation.reply_when(contains="weather", then=tool_call("get_weather", city="Oslo"))
    organisation.reply_when(model="ep_invoices", then={"total": 54.0})
    organisation.reply(["Once ", "upon ", ConnectionResetError()])
    …
    organisation.assert_replies_used()

A call gets the first reply that fits it and is left. From the first one that is scripted on, a call that no reply fits
is refused with a 400, until `clear_replies`. What is refused before the model is reached (401, 402, 404, 503) takes
none, and a call that repeats the idempotency key of one that was answered gets the same reply again.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from . import faults
from .errors import NoReplyLeft, NotAcceptable
from .faults import Fault
from .operations import CHAT, require_operation
from .responder import Choice, Prompt, Reply, ToolCall, call_id, reply, tokens_in

_SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class ScriptedCall:
    """What `tool_call` returns."""

    name: str
    arguments: str


def tool_call(name: str, arguments: Mapping[str, Any] | str = {}, /, **more: Any) -> ScriptedCall:
    """A call of the tool `name` for a script. `arguments` that are text are said as they are, JSON or not."""
    if not isinstance(name, str) or not name:
        raise TypeError(f"A tool has a name, not {name!r}.")
    if not isinstance(arguments, str):
        return ScriptedCall(name, _json({**arguments, **more}))
    if more:
        raise TypeError("Arguments that are text cannot be added to.")
    return ScriptedCall(name, arguments)


Error: TypeAlias = "Exception | type[Exception]"
Then: TypeAlias = "str | Mapping[str, Any] | ScriptedCall | Sequence[str | ScriptedCall | Error] | Fault | Error"
"""What a reply can be:

- text;
- a mapping, said as JSON;
- a `tool_call`, or a list of them for parallel ones;
- a list of texts: a stream's chunks, joined where the call does not stream;
- a fault, which the answer that would have been made up meets; one of streams waits for a call that streams;
- an exception: a `ConnectionResetError` resets the connection, another `ConnectionError` closes it, a `TimeoutError`
  says nothing until the client gives up, and any other is a 500, or what the platform refuses with it. At the end of a
  list of texts it happens after them, as an event of the stream where it is none of the first three.
"""


@dataclass(frozen=True)
class Said:
    """An answer to give."""

    pieces: tuple[str, ...] = ()
    calls: tuple[ScriptedCall, ...] = ()

    def reply(self, prompt: Prompt) -> Reply:
        """The same in each of the choices that are asked for."""
        return reply(prompt, [self._choice(prompt, number) for number in range(1, prompt.choices + 1)])

    def _choice(self, prompt: Prompt, number: int) -> Choice:
        calls = tuple(
            ToolCall(call_id(prompt, number, place), call.name, call.arguments) for place, call in enumerate(self.calls)
        )
        return Choice(self.pieces, "tool_calls" if calls else "stop", calls)


@dataclass(frozen=True)
class Turn:
    """What one call gets: an answer, None for one that is made up, and a fault that it meets."""

    said: Said | None = None
    fault: Fault | None = None


@dataclass(frozen=True)
class _Meaning:
    """What a reply comes to where the call streams, and where it does not."""

    streamed: Turn | Exception
    plain: Turn | Exception

    def turn(self, *, streams: bool) -> Turn | Exception:
        return self.streamed if streams else self.plain


@dataclass
class _Scripted:
    """`times` are those that are left, None for any number."""

    meaning: _Meaning
    words: str
    model: str | None
    contains: str | None
    times: int | None
    was_used: bool = False

    def fits(self, models: Sequence[str], text: str, *, streams: bool) -> bool:
        turn = self.meaning.turn(streams=streams)
        fault = turn.fault if isinstance(turn, Turn) else None
        return (
            self.times != 0
            and (self.model is None or self.model in models)
            and (self.contains is None or self.contains in text)
            and (fault is None or fault.fits(require_operation(CHAT), streams=streams))
        )

    def use(self) -> _Meaning:
        self.was_used = True
        if self.times is not None:
            self.times -= 1
        return self.meaning

    @property
    def is_unused(self) -> bool:
        return not self.was_used if self.times is None else self.times > 0

    def __str__(self) -> str:
        return f"{self.words} {self.times} times" if self.times is not None and self.times > 1 else self.words


class Script:
    """One organisation's replies."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._replies: list[_Scripted] = []
        self._unanswered: list[str] = []
        self._answered: dict[str, Turn] = {}

    def add(self, then: Then, *, model: str | None, contains: str | None, times: int | None) -> None:
        if times is not None and (not isinstance(times, int) or isinstance(times, bool) or times < 1):
            raise ValueError(f"A reply is for 1, 2, … calls, or for any number with times=None, not for {times!r}.")
        scripted = _Scripted(_meaning(then), _words(then, model, contains), model, contains, times)
        with self._lock:
            self._replies.append(scripted)

    def take(self, models: Sequence[str], text: str, *, streams: bool, idempotency_key: str | None) -> Turn | None:
        """What a call gets that goes to one of the `models`, by whichever name, and ends with `text`.

        None where nothing was ever scripted. Raises the exception that was scripted, and `NoReplyLeft`.
        """
        with self._lock:
            if not self._replies:
                return None
            if idempotency_key in self._answered:
                return self._answered[idempotency_key]
            fitting = (scripted for scripted in self._replies if scripted.fits(models, text, streams=streams))
            scripted = next(fitting, None)
            if scripted is None:
                raise self._nothing_left(f"{models[0]} was asked {_shortened(text)!r}")
            turn = scripted.use().turn(streams=streams)
            if isinstance(turn, Exception):
                raise turn
            if idempotency_key is not None and turn.fault is None:
                self._answered[idempotency_key] = turn
            return turn

    def assert_used(self) -> None:
        with self._lock:
            unused = [str(scripted) for scripted in self._replies if scripted.is_unused]
            problems = [f"Not used: {', '.join(unused)}."] if unused else []
            problems += [f"No reply was left when {call}." for call in self._unanswered]
        if problems:
            raise AssertionError(" ".join(problems))

    def clear(self) -> None:
        with self._lock:
            self._replies.clear()
            self._unanswered.clear()
            self._answered.clear()

    def _nothing_left(self, call: str) -> NoReplyLeft:
        self._unanswered.append(call)
        left = ", ".join(str(scripted) for scripted in self._replies if scripted.times != 0)
        return NoReplyLeft(f"No scripted reply fits this call: {call}. Still there: {left or 'none'}.")


class Scripts:
    """Of every organisation, from any thread. Not kept in the state."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._scripts: dict[str, Script] = {}

    def of(self, organisation_id: str) -> Script:
        with self._lock:
            return self._scripts.setdefault(organisation_id, Script())


class Scripting:
    """What an organisation and a platform have, the platform for its default organisation."""

    @property
    def _script(self) -> Script:
        raise NotImplementedError

    def reply(self, then: Then, *, times: int | None = 1) -> None:
        """Scripts what the next `times` calls get, or every one where `times` is None.

        `then` is text, a mapping (said as JSON), a `tool_call` or a list of them, a list of texts (a stream's
        chunks), a fault or an exception; `pareta_openai.local.scripts` says more. Raises `TypeError` for anything else,
        and `NotAcceptable` for a fault that a chat completion never meets.
        """
        self._script.add(then, model=None, contains=None, times=times)

    def reply_when(
        self, *, model: str | None = None, contains: str | None = None, then: Then, times: int | None = 1
    ) -> None:
        """The same for calls that go to `model` (what the call names, the endpoint's id, or its alias), and whose last
        message `contains` this text."""
        self._script.add(then, model=model, contains=contains, times=times)

    def assert_replies_used(self) -> None:
        """Raises `AssertionError` where replies are left, and where a call found none."""
        self._script.assert_used()

    def clear_replies(self) -> None:
        """Takes all of them away: answers are made up again."""
        self._script.clear()


def _meaning(then: Any) -> _Meaning:
    if isinstance(then, Fault):
        then.require_fit(require_operation(CHAT))
        if then.is_of_body:
            raise NotAcceptable(f"{then} is met before there is a call to reply to: add_fault arms it.")
        return _always(Turn(fault=then))
    if isinstance(then, str):
        return _always(Turn(Said(pieces=tuple(tokens_in(then)))))
    if isinstance(then, Mapping):
        return _always(Turn(Said(pieces=tuple(tokens_in(_json(then))))))
    if isinstance(then, ScriptedCall):
        return _always(Turn(Said(calls=(then,))))
    if _is_error(then):
        return _always(_failing(_instance(then)))
    if isinstance(then, Sequence) and then and not isinstance(then, bytes):
        return _list_meaning(then)
    raise _unknown(then)


def _list_meaning(then: Sequence[Any]) -> _Meaning:
    if all(isinstance(item, ScriptedCall) for item in then):
        return _always(Turn(Said(calls=tuple(then))))
    *pieces, last = then
    if not _is_error(last):
        pieces.append(last)
    if not all(isinstance(piece, str) for piece in pieces):
        raise _unknown(then)
    said = Said(pieces=tuple(pieces))
    if not _is_error(last):
        return _always(Turn(said))
    error = _instance(last)
    # The first event is the one that says whose turn it is.
    return _Meaning(Turn(said, _breaking(error, after_events=1 + len(pieces))), _failing(error))


def _always(turn: Turn | Exception) -> _Meaning:
    return _Meaning(turn, turn)


def _failing(error: Exception) -> Turn | Exception:
    """An error in place of an answer."""
    if isinstance(error, ConnectionError):
        return Turn(fault=faults.drop(how=_ending(error)))
    if isinstance(error, TimeoutError):
        return Turn(fault=faults.stall())
    return error


def _breaking(error: Exception, *, after_events: int) -> Fault:
    if isinstance(error, ConnectionError):
        return faults.drop(after_events=after_events, how=_ending(error))
    if isinstance(error, TimeoutError):
        return faults.stall(after_events=after_events)
    kind = type(error).__name__
    return faults.error_event(
        after_events=after_events, error={"message": str(error) or kind, "type": kind, "code": 500}
    )


def _ending(error: ConnectionError) -> Literal["fin", "rst"]:
    return "rst" if isinstance(error, ConnectionResetError) else "fin"


def _is_error(then: Any) -> bool:
    return isinstance(then, Exception) or (isinstance(then, type) and issubclass(then, Exception))


def _instance(error: Error) -> Exception:
    return error() if isinstance(error, type) else error


def _unknown(then: Any) -> TypeError:
    return TypeError(
        "A reply is text, a mapping, a tool_call or a list of them, a list of texts, a fault or an exception,"
        f" not {_shortened(repr(then))}."
    )


def _words(then: Any, model: str | None, contains: str | None) -> str:
    """The reply as it was scripted, for those who look for the one that was not used."""
    what = _shortened(str(then) if isinstance(then, Fault) else repr(then))
    conditions = {"model": model, "contains": contains}
    given = [f"{name}={value!r}" for name, value in conditions.items() if value is not None]
    return f"reply_when({', '.join(given)}, then={what})" if given else f"reply({what})"


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
