from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pareta import ChatCompletion

try:
    import pareta
except ImportError:
    pareta = None


def ask() -> ChatCompletion:
    from pareta import Pareta

    return Pareta().chat.completions.create(model="auto", messages=[])
