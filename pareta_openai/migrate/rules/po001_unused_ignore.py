"""An ignore comment that keeps no rule from anything is reported.

`# pareta: ignore` keeps every rule from its line, and `# pareta: ignore[PO101, PO202]` those two. One that is of no
use is misleading: take it out.
"""

from __future__ import annotations

from ..findings import Rule

# It is the engine that knows which comments were of use: python_files.check_module.
RULE = Rule("PO001", "unused-ignore", "manual", lambda _module, _project: ())
