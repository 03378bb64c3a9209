"""What requests' bodies are made of."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict


class Body(BaseModel):
    """What is not named passes through. A value is of the type that the contract says: no ``"1"`` or ``true`` for 1."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow", strict=True)


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


Integer = Annotated[int, BeforeValidator(_whole)]
"""As JSON Schema has it: 1.0 is one too."""
