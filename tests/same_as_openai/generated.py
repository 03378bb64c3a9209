"""JSON made from a model's fields, near to what they ask for and, here and there, beside it."""

from __future__ import annotations

import copy
import random
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import openai
from hypothesis import strategies as st

_SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=6),
    int: st.integers(-3, 2**70),
    float: st.floats() | st.integers(-3, 3),
    bool: st.booleans(),
    type(None): st.none(),
}
_JUNK = [None, True, 0, 7, -1.5, 1e300, "", "x", "1", "\ud800", [], {}, [None], {"a": [1]}, [[]]]
_NAMES = ["x", "error", "model_extra", "self", "cls", "choices", "_request_id", "é", "to_dict"]
JUNK = st.sampled_from(_JUNK)
NAMES = st.sampled_from(_NAMES)


def values(annotation: Any) -> st.SearchStrategy[Any]:
    """What JSON can hold of `annotation`; one in some twenty values is of another type."""
    return st.integers(0, 19).flatmap(lambda die: JUNK if die == 0 else _fitting(annotation))


def _fitting(annotation: Any) -> st.SearchStrategy[Any]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is Annotated:
        return values(arguments[0])
    if origin is list:
        return st.lists(st.deferred(lambda: values(arguments[0])), max_size=3)
    if origin is dict:
        return st.dictionaries(NAMES, st.deferred(lambda: values(arguments[1])), max_size=2)
    if origin in (Union, UnionType):
        return st.one_of([values(argument) for argument in arguments])
    if isinstance(annotation, type) and issubclass(annotation, openai.BaseModel):
        return _models(annotation)
    return JUNK


def _models(model: type[openai.BaseModel]) -> st.SearchStrategy[dict[str, Any]]:
    fields = {field.alias or name: values(field.annotation) for name, field in model.model_fields.items()}
    needed = {field.alias or name for name, field in model.model_fields.items() if field.is_required()}
    required = {name: value for name, value in fields.items() if name in needed}
    optional = {name: value for name, value in fields.items() if name not in needed}
    whole = st.fixed_dictionaries(required, optional=optional)
    return st.builds(
        lambda known, extra, missing: {
            name: value for number, (name, value) in enumerate({**extra, **known}.items()) if number != missing
        },
        whole,
        st.dictionaries(NAMES, JUNK, max_size=1),
        st.sampled_from([None] * 15 + [0, 1, 2]),
    )


def mutated(value: Any, chance: random.Random) -> Any:
    """A copy with one place in it that is gone, of another type, or new."""
    value = copy.deepcopy(value)
    place = chance.choice(_containers(value))
    names = list(place) if isinstance(place, dict) else list(range(len(place)))
    what = chance.randrange(4)
    if what == 0 and names:
        del place[chance.choice(names)]
    elif what == 1 and isinstance(place, dict):
        place[chance.choice(_NAMES)] = copy.deepcopy(chance.choice(_JUNK))
    elif names:
        place[chance.choice(names)] = copy.deepcopy(chance.choice(_JUNK))
    return value


def _containers(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = [value] if isinstance(value, (dict, list)) else []
    return found + [container for item in inner for container in _containers(item)]
