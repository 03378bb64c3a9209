"""A request's headers, for what every request passes: no object is made of them to look at one."""

from __future__ import annotations

from starlette.types import Scope


def header(scope: Scope, name: bytes) -> str | None:
    """The first of this name, which is in lower case; None where there is none."""
    for found, value in scope["headers"]:
        if found == name:
            return str(value, "latin-1")
    return None
