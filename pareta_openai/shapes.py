"""Whether decoded JSON can be read into models at all."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, get_args, get_origin

import openai


def has_shape_of(annotation: Any, data: object) -> bool:
    """Whether models can be made of `data`, where `annotation` wants models; all else is left to openai."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is list:
        return isinstance(data, list) and all(has_shape_of(arguments[0], item) for item in data)
    if arguments and type(None) in arguments:
        return data is None or any(has_shape_of(one, data) for one in arguments if one is not type(None))
    if not (inspect.isclass(annotation) and issubclass(annotation, openai.BaseModel)):
        return True
    if not isinstance(data, Mapping):
        return False
    required = getattr(annotation, "required_fields", None)
    if required is None:
        return True  # openai's own, which it reads as it can
    fields = ((field.alias or name, field.annotation) for name, field in annotation.model_fields.items())
    return all(_is_given(data.get(name), annotation.model_fields[name].annotation) for name in required) and all(
        has_shape_of(wanted, data[name]) for name, wanted in fields if data.get(name) is not None
    )


def _is_given(value: object, annotation: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) if annotation is str else value is not None
