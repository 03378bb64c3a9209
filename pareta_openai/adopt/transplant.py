"""Copies of what hangs on one client, made to hang on another."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import CellType, FunctionType, MethodType
from typing import Any

import wrapt

from .. import _openai


class Transplant:
    """Copies with every way back to `old` leading to `new`.

    That is what instruments an instance: a function that is set on a resource in place of its method, and holds that
    method in a closure, a `partial` or a wrapper of wrapt's. The method becomes the one of the same name in its new
    place; what leads nowhere to `old` is shared.
    """

    def __init__(self, old: object, new: object, classes: Mapping[type, type]) -> None:
        """`classes` says which resources come out as another class."""
        self._new = new
        self._classes = classes
        # Values are kept along with their copies, so that no id is used again.
        self._made: dict[int, tuple[object, object]] = {id(old): (old, new)}

    def of(self, value: Any) -> Any:
        known = self._made.get(id(value))
        if known is not None:
            return known[1]
        kind = type(value)  # not `isinstance`: wrapt's objects say that they are what they wrap
        if issubclass(kind, _openai.resource_classes()):
            return self._resource(value)
        if kind is MethodType:
            return self._method(value)
        if kind is FunctionType:
            return self._function(value)
        if kind is partial:
            function = self.of(value.func)
            return value if function is value.func else partial(function, *value.args, **value.keywords)
        if issubclass(kind, (wrapt.FunctionWrapper, wrapt.BoundFunctionWrapper)):
            function = self.of(value.__wrapped__)
            return value if function is value.__wrapped__ else wrapt.FunctionWrapper(function, value._self_wrapper)
        return value

    def _keep(self, value: object, copy: object) -> None:
        self._made[id(value)] = value, copy

    def _resource(self, resource: Any) -> Any:
        copy: Any = object.__new__(self._classes.get(type(resource), type(resource)))
        self._keep(resource, copy)
        # What openai's resources keep of `with_raw_response` is made anew from the methods that are there then.
        kept = {name: value for name, value in vars(resource).items() if not name.startswith("with_")}
        vars(copy).update({name: self.of(value) for name, value in kept.items()})
        if type(copy) is not type(resource):
            copy._pareta = self._new
        return copy

    def _method(self, method: MethodType) -> Any:
        owner = self.of(method.__self__)
        if owner is method.__self__:
            return method
        name = method.__func__.__name__
        if getattr(type(method.__self__), name, None) is method.__func__:
            return getattr(type(owner), name).__get__(owner)
        return MethodType(method.__func__, owner)

    def _function(self, function: FunctionType) -> Any:
        self._keep(function, function)  # until it is known: it may be in its own closure
        closure = tuple(self._cell(cell) for cell in function.__closure__ or ())
        attributes = {name: self.of(value) for name, value in vars(function).items()}
        if all(new is old for new, old in zip(closure, function.__closure__ or (), strict=True)):
            return function
        copy = FunctionType(function.__code__, function.__globals__, function.__name__, function.__defaults__, closure)
        copy.__kwdefaults__, copy.__annotations__ = function.__kwdefaults__, function.__annotations__
        copy.__qualname__, copy.__module__, copy.__doc__ = function.__qualname__, function.__module__, function.__doc__
        vars(copy).update(attributes)
        self._keep(function, copy)
        return copy

    def _cell(self, cell: CellType) -> CellType:
        try:
            value = cell.cell_contents
        except ValueError:  # it is empty yet
            return cell
        copy = self.of(value)
        # The cell itself where it can be: functions that count in it go on counting together.
        return cell if copy is value else CellType(copy)
