"""The local platform in tests: what pytest's `pareta` fixture gives, and the same for other runners.

    from pareta_openai.testing import ParetaMixin

    class InvoiceTest(ParetaMixin, unittest.TestCase):
        def test_total(self):
            self.pareta.reply("54.00")

Needs ``pip install 'pareta-openai[local]'``.
"""

from __future__ import annotations

from .local_pareta import LocalPareta
from .mixin import ParetaMixin

__all__ = ["LocalPareta", "ParetaMixin"]
