"""Bytes from the wire → events, JSON and openai's models."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from functools import cache, partial
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin

import openai
from pydantic_core import from_json

_Model = TypeVar("_Model", bound=openai.BaseModel)

_MAX_DEPTH = 100
_MANY_OBJECTS = 50_000
_SMALLEST_OBJECT = 12
"""In bytes, on average, where there are many: a model takes some hundreds, whatever is in it."""
_MARK = b"\xef\xbb\xbf"
_DATA = b"data: "
_NEXT_DATA = b"\n\ndata: "
_LINE_END = re.compile(rb"\r\n?|\n")


class UnworkableJSON(ValueError):
    """It is JSON, and no answer of any platform's."""


def read_json(text: str | bytes, **options: Any) -> Any:
    """`text` decoded; `options` are those of `json.loads`.

    Raises `ValueError` where it is no JSON, `UnworkableJSON` where it is nested so deep, or of so many objects with
    next to nothing in them, that its size says nothing of what it takes to work with.
    """
    count = text.count if isinstance(text, str) else lambda bracket: text.count(bracket.encode())
    objects, lists = count("{"), count("[")
    if objects > _MANY_OBJECTS and len(text) < _SMALLEST_OBJECT * objects:
        raise UnworkableJSON(f"JSON of {objects} objects with next to nothing in them")
    value = json.loads(text, **options) if options else _parse(text)
    if objects + lists > _MAX_DEPTH and is_too_deep(value):
        raise UnworkableJSON("JSON that is nested too deep")
    return value


def _parse(text: str | bytes) -> Any:
    # json.loads stops at the interpreter's limit of recursion, where nothing else can run either, least of all the
    # finalizers of objects that are collected just then.
    try:
        return from_json(text)
    except ValueError as error:
        if "recursion limit" in str(error):
            raise UnworkableJSON("JSON that is nested too deep") from None
    try:  # it reads more: UTF-16, halves of surrogate pairs
        return json.loads(text)
    except RecursionError:
        raise UnworkableJSON("JSON that is nested too deep") from None


def is_too_deep(value: object) -> bool:
    """Whether decoded JSON is nested deeper than any answer is: `repr` and the like recurse, and would fail on it."""
    level = [value]
    for _ in range(_MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ())
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True


class ServerSentEvent(NamedTuple):
    """One event of a ``text/event-stream``."""

    event: str
    """The event's name; ``message`` where the stream gave none."""
    data: bytes
    """In UTF-8, if the platform keeps to the standard."""

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", errors="replace")


_event: Callable[..., ServerSentEvent] = partial(tuple.__new__, ServerSentEvent)


class EventDecoder:
    """Server-Sent Events from bytes that arrive split anywhere, by the WHATWG's rules for parsing them.

    Lines end in LF, CR or CRLF; an event ends at an empty line; what stands behind the last empty line is
    no event. ``id`` and ``retry`` steer a browser's reconnecting, which a deploy has not, and are skipped.

    What it costs grows with the bytes alone, however they are split, and each is kept once until its event has ended.
    """

    def __init__(self) -> None:
        self._line = bytearray()  # as far as it has come
        self._at_start = True
        self._after_cr = False
        self._event = ""
        self._data: bytes | bytearray | None = None

    def feed(self, data: bytes) -> list[ServerSentEvent]:
        """The events that `data` completes, in order."""
        if not data:
            return []
        if self._at_start:
            data = bytes(self._line) + data
            self._line.clear()
            if len(data) < len(_MARK) and _MARK.startswith(data):
                self._line += data
                return []
            data = data.removeprefix(_MARK)
            self._at_start = False
        if b"\r" in data or self._after_cr:
            return self._read_lines(data)
        # Up to the end of the event that the last piece broke off in, those that begin and end in this piece, and the
        # beginning of the next one.
        first = 0 if self._is_between_events() else self._end_of_event(data)
        last = data.rfind(b"\n\n", first) + 2
        if last < first + 2:
            return self._read_lines(data)
        events = self._read_lines(data[:first]) if first else []
        whole = data[first : last - 2]
        if whole.startswith(_DATA) and whole.count(b"\n") == 2 * whole.count(_NEXT_DATA):
            events += [_event(("message", one)) for one in whole[len(_DATA) :].split(_NEXT_DATA)]
        else:
            events += self._read_lines(whole + b"\n\n")
        return events + self._read_lines(data[last:]) if last < len(data) else events

    def _is_between_events(self) -> bool:
        return not self._line and self._data is None and not self._event

    def _end_of_event(self, data: bytes) -> int:
        """Where the event ends that is under way, whose last line may have ended with the last piece."""
        if data.startswith(b"\n") and not self._line:
            return 1
        end = data.find(b"\n\n")
        return len(data) if end < 0 else end + 2

    def _read_lines(self, data: bytes) -> list[ServerSentEvent]:
        # The second half of a CRLF whose CR has ended its line already.
        start = 1 if self._after_cr and data.startswith(b"\n") else 0
        self._after_cr = data.endswith(b"\r")
        events: list[ServerSentEvent] = []
        for end in _LINE_END.finditer(data, start):
            line = data[start : end.start()]
            start = end.end()
            if self._line:
                self._line += line
                line = bytes(self._line)
                self._line.clear()
            if line:
                self._read_line(line)
            elif self._data is None:
                self._event = ""
            else:
                events.append(self._end_event(self._data))
        self._line += data[start:]
        return events

    def _read_line(self, line: bytes) -> None:
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            if self._data is None:
                self._data = value
            else:
                self._data = bytearray(self._data) if isinstance(self._data, bytes) else self._data
                self._data += b"\n"
                self._data += value
        elif field == b"event":
            self._event = value.decode("utf-8", errors="replace")

    def _end_event(self, data: bytes | bytearray) -> ServerSentEvent:
        event = self._event or "message"
        self._event, self._data = "", None
        return ServerSentEvent(event, bytes(data))


def read_model(model_class: Any, data: object) -> Any:
    """`data` as openai makes a `model_class` of it, but by pydantic's own hand; None where the two might differ."""
    if not (inspect.isclass(model_class) and issubclass(model_class, openai.BaseModel) and _is_plain(model_class)):
        return None
    try:
        model = model_class.model_validate(data, strict=True)
    except ValueError:
        return None
    _count_fields_alone(model, _models_within(model_class))
    return model


def reader(model_class: type[_Model]) -> Callable[[bytes], _Model] | None:
    """`read_model` for the bytes of JSON, many times over; it raises `ValueError` in place of giving None."""
    if not _is_plain(model_class):
        return None
    model_class.model_rebuild()
    validate, within = model_class.__pydantic_validator__.validate_json, _models_within(model_class)

    def read(data: bytes) -> _Model:
        model: _Model = validate(data, strict=True)
        _count_fields_alone(model, within)
        return model

    return read


@cache
def _is_plain(model_class: type[openai.BaseModel]) -> bool:
    """Whether pydantic makes of data in strict mode what openai makes of it, or refuses.

    Strictly, because openai takes what comes as it is: what pydantic would alter is left to openai.
    """
    try:
        return _is_read_alike(model_class)
    except RecursionError:  # it holds itself
        return False


def _is_read_alike(annotation: Any) -> bool:
    if annotation in (str, int, float, bool, type(None), object, Any):
        return True
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return True
    if origin is Annotated:
        return _is_read_alike(arguments[0])
    if origin in (list, dict, Union, UnionType):
        return all(_is_read_alike(argument) for argument in arguments)
    return (
        inspect.isclass(annotation)
        and issubclass(annotation, openai.BaseModel)
        and _is_read_as_validated(annotation)
        and not annotation.__private_attributes__
        and all(field.alias is None and _is_read_alike(field.annotation) for field in annotation.model_fields.values())
    )


def _is_read_as_validated(model_class: Any) -> bool:
    openais: Any = openai.BaseModel
    own: bool = getattr(model_class, "is_read_as_validated", False)
    return own or model_class.construct.__func__ is openais.construct.__func__


class _Field(NamedTuple):
    """A field that holds a model, or a list of them, and those fields of that model."""

    name: str
    is_list: bool
    within: tuple[_Field, ...]


@cache
def _models_within(model_class: type[openai.BaseModel]) -> tuple[_Field, ...]:
    """Not those within a union: what may be one thing or another, openai too has read by pydantic."""
    found = []
    for name, field in model_class.model_fields.items():
        is_list = get_origin(field.annotation) is list
        held = get_args(field.annotation)[0] if is_list else field.annotation
        if inspect.isclass(held) and issubclass(held, openai.BaseModel):
            found.append(_Field(name, is_list, _models_within(held)))
    return tuple(found)


def _count_fields_alone(model: Any, within: tuple[_Field, ...]) -> None:
    """pydantic counts what a class has no field for among the fields that were set, and openai does not."""
    if model.__pydantic_extra__:
        model.__pydantic_fields_set__.difference_update(model.__pydantic_extra__)
    if within:
        values = model.__dict__
        for name, is_list, inner in within:
            value = values[name]
            if is_list and value:
                for item in value:
                    _count_fields_alone(item, inner)
            elif value is not None and not is_list:
                _count_fields_alone(value, inner)
