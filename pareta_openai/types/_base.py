"""The base of what the control plane returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import openai


class ParetaModel(openai.BaseModel):
    """An answer of the platform's, with every field that it sent, known to this package or not.

    Known fields are attributes. `to_dict()`, `answer["field"]` and `answer.get("field")` give everything under
    the names that the platform uses.
    """

    required_fields: ClassVar[tuple[str, ...]] = ()
    """Without these, an answer cannot be read at all."""

    if not TYPE_CHECKING:

        @classmethod
        def construct(cls, _fields_set=None, **values):
            """A list that the platform gives as null reads as empty, as one that it leaves out does."""
            for name, field in cls.model_fields.items():
                key = field.alias or name
                if field.default == [] and values.get(key, ()) is None:
                    values[key] = []
            return super().construct(_fields_set, **values)

    def __getitem__(self, field: str) -> Any:
        return self.to_dict(warnings=False)[field]

    def get(self, field: str, default: Any = None) -> Any:
        return self.to_dict(warnings=False).get(field, default)
