"""A Pareta platform on this machine: its HTTP API on loopback, with no model behind it and nothing to pay.

    from pareta_openai.local import LocalPlatform

    with LocalPlatform() as platform:
        client = ParetaOpenAI(base_url=platform.base_url, api_key=platform.api_key)

Needs ``pip install 'pareta-openai[local]'``; the packages are imported when a platform is started.
"""

from __future__ import annotations

from . import faults
from .armed_faults import ArmedFault
from .clock import Clock
from .errors import LocalExtraMissing, RecordingError, StateError
from .faults import Fault
from .ledger import Debit
from .platform import LocalPlatform, Organisation
from .scripts import tool_call
from .upstream import Upstream

__all__ = [
    "ArmedFault",
    "Clock",
    "Debit",
    "Fault",
    "LocalExtraMissing",
    "LocalPlatform",
    "Organisation",
    "RecordingError",
    "StateError",
    "Upstream",
    "faults",
    "tool_call",
]
