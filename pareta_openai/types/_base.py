"""The base of what the control plane returns."""

from __future__ import annotations

from types import UnionType
from typing import TYPE_CHECKING, Any, ClassVar, Union, get_args

import openai

_TAKEN = ("_fields_set", "_BaseModel__cls")
"""What openai's `construct` calls its own arguments: fields of these names cannot be given to it."""


class ParetaModel(openai.BaseModel):
    """An answer of the platform's, with every field that it sent, known to this package or not.

    Known fields are attributes. `to_dict()`, `answer["field"]` and `answer.get("field")` give everything under
    the names that the platform uses.
    """

    required_fields: ClassVar[tuple[str, ...]] = ()
    """Without these, an answer cannot be read at all."""

    is_read_as_validated: ClassVar[bool] = True
    """What `construct` makes of data is what strict validation makes of it, wherever that makes anything of it."""

    if not TYPE_CHECKING:

        @classmethod
        def __pydantic_init_subclass__(cls, **arguments):
            """openai 2 keeps what it knows of a union in a weak mapping, which has no place for ``X | None``."""
            super().__pydantic_init_subclass__(**arguments)
            for field in cls.model_fields.values():
                if isinstance(field.annotation, UnionType):
                    field.annotation = Union[get_args(field.annotation)]  # noqa: UP007

        @classmethod
        def construct(cls, _fields_set=None, /, **values):
            """A list that the platform gives as null reads as empty, as one that it leaves out does."""
            values = {_printable(name): value for name, value in values.items()}
            for name, field in cls.model_fields.items():
                key = field.alias or name
                if field.default == [] and values.get(key, ()) is None:
                    values[key] = []
            beside = {name: values.pop(name) for name in _TAKEN if name in values}
            model = super().construct(_fields_set, **values)
            model.__pydantic_extra__.update(beside)
            return model

        def to_dict(self, **options):
            """openai's; says nothing where a field is of another type than it should be, as reading it does not."""
            return super().to_dict(**{"warnings": False, **options})

    def __getitem__(self, field: str) -> Any:
        return self.to_dict()[field]

    def get(self, field: str, default: Any = None) -> Any:
        return self.to_dict().get(field, default)


def _printable(name: str) -> str:
    """`name`, with U+FFFD in place of halves of characters, which pydantic takes in values and not in names."""
    return name if name.isascii() else name.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def number(value: object) -> float | None:
    """`value` where it is a number that can be reckoned with; None for all else that JSON can hold, infinity too."""
    is_one = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300
    return value if is_one else None  # type: ignore[return-value]
