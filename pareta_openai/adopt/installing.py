"""`install`: openai's own classes give our clients, for code that nobody may edit.

Imports openai for nobody: the start-up hook of `pareta-openai run` is in every child, and most do without.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Mapping
from functools import wraps
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from .wrapping import Options

_log = logging.getLogger("pareta_openai")

_lock = threading.RLock()
_installations: tuple[Installation, ...] = ()
"""Those that are in force. The last one's options count."""

_original: _Original | None = None
"""Where openai's constructors are ours."""


def install(**options: Unpack[Options]) -> Installation:
    """From now on ``openai.OpenAI(…)``, ``openai.AsyncOpenAI(…)`` and calls of the module ``openai`` are on Pareta.

    The classes stay the same objects, so that it makes no difference who has imported them when, and openai itself may
    be imported later. What they build is a `ParetaOpenAI` (or `AsyncParetaOpenAI`), with ``PARETA_API_KEY`` in place
    of a key that is not Pareta's, without what names an account at OpenAI, and with `options`: `model_aliases`,
    `on_not_ready` and what else `ParetaOpenAI` has beyond openai's own.

    Left alone are clients that are given a `base_url` which is not Pareta's or a `provider`, ``AzureOpenAI`` and other
    subclasses, for which there is `wrap`, and clients that there are already.

    It lasts until `Installation.uninstall`, or to the end of a ``with``. Where several are in force, the last one's
    options count.
    """
    global _installations
    import wrapt

    if "openai" in sys.modules:
        import_module("openai")  # whole, where another thread is at it
    installation = Installation(options)
    with _lock:
        is_first = not _installations
        _installations = (*_installations, installation)
    wrapt.when_imported("openai")(_apply)
    if is_first:
        _log.info(
            "openai.OpenAI, openai.AsyncOpenAI and calls of the module openai are on Pareta from here on. "
            "Clients that name another base_url, AzureOpenAI and other subclasses are left alone."
        )
    return installation


class Installation:
    """What `install` gives: a context manager, at whose end everything is as it was."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.uninstall()

    def uninstall(self) -> None:
        """Leave openai as it was before. Our clients that there are go on working. Twice is once."""
        global _installations
        with _lock:
            if self in _installations:
                _installations = tuple(each for each in _installations if each is not self)
                if "openai" in sys.modules:
                    _apply(sys.modules["openai"])


def _apply(openai: ModuleType) -> None:
    """Bring openai in line with what is in force."""
    global _original
    from .. import _openai

    with _lock:
        if _installations and _original is None:
            _original = _Original(_openai.swap_module_client(None))
            for client_class in (openai.OpenAI, openai.AsyncOpenAI):
                _original.replace_constructor(client_class)
        elif _installations:
            _openai.swap_module_client(None)  # for one with the options that count now
        elif _original is not None:
            _openai.swap_module_client(_original.module_client)
            _original.restore_constructors()
            _original = None


class _Original:
    """What openai had before."""

    def __init__(self, module_client: Any) -> None:
        self.module_client = module_client
        self._constructors: list[tuple[Any, Callable[..., None], Callable[..., None]]] = []

    def replace_constructor(self, client_class: Any) -> None:
        its_own = client_class.__init__
        ours = _adopting(its_own)
        client_class.__init__ = ours
        self._constructors.append((client_class, its_own, ours))

    def restore_constructors(self) -> None:
        for client_class, its_own, ours in self._constructors:
            # One that somebody has put around ours since stays, and ours within it does what openai's own does.
            if client_class.__init__ is ours:
                client_class.__init__ = its_own


def _adopting(constructor: Callable[..., None]) -> Callable[..., None]:
    @wraps(constructor)
    def __init__(self: Any, *args: Any, **arguments: Any) -> None:
        installations = _installations
        if installations:
            from . import adopting

            if adopting.adopt(self, arguments, installations[-1].options):
                return
        constructor(self, *args, **arguments)

    return __init__
