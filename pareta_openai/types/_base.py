"""The base of what the control plane returns."""

from __future__ import annotations

from typing import Any

import openai


class ParetaModel(openai.BaseModel):
    """An answer of the platform's, with every field that it sent, known to this package or not.

    Known fields are attributes. `to_dict()`, `answer["field"]` and `answer.get("field")` give everything under
    the names that the platform uses.
    """

    def __getitem__(self, field: str) -> Any:
        return self.to_dict(warnings=False)[field]

    def get(self, field: str, default: Any = None) -> Any:
        return self.to_dict(warnings=False).get(field, default)
