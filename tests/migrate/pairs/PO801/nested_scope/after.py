from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pareta_openai import ChatCompletion

try:
    import pareta_openai as pareta
except ImportError:
    pareta = None


def ask() -> ChatCompletion:
    from pareta_openai import Pareta

    return Pareta().chat.completions.create(model="auto", messages=[])
