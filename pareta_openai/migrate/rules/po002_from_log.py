"""A client that a running program built, at a place where the source does not show one, is reported.

`PARETA_MIGRATION_LOG=file pareta-openai run -- python app.py` notes where the program builds its clients the old way,
and `--from-log file` brings that here: factories by name, `getattr`, code that is made at run time.
"""

from __future__ import annotations

from ..findings import Rule

# The places come from a file: from_log.with_log.
RULE = Rule("PO002", "seen-at-run-time", "manual", lambda _module, _project: ())
