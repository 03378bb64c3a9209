"""Runs programs one after the other, each in an environment of its own, and says what each printed.

    python run_programs.py < {"folder/main.py": {"NAME": "value"}, …}

A process for all of them: to import openai takes longer than to run them.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import runpy
import sys
import tempfile
import traceback
from pathlib import Path

from pareta_openai.migrate.notebooks import read


def run(file: Path) -> str:
    """What it prints, with the traceback of what it does not catch."""
    said = io.StringIO()
    before = set(sys.modules)
    sys.path.insert(0, str(file.parent))
    with contextlib.redirect_stdout(said), tempfile.TemporaryDirectory() as folder:
        try:
            if file.suffix == ".ipynb":
                # Without what only Jupyter can do.
                code = Path(folder, "main.py")
                code.write_bytes(read(file.read_bytes()).source)
                file = code
            runpy.run_path(str(file), run_name="__main__")
        except Exception:  # it belongs to what the program did
            said.write(traceback.format_exc())
    sys.path.pop(0)
    for name in set(sys.modules) - before:
        if not name.startswith(("openai", "pareta_openai")) and str(file.parent) in str(sys.modules[name]):
            del sys.modules[name]
    return said.getvalue()


def main() -> None:
    outputs = {}
    own = dict(os.environ)
    for name, environment in json.load(sys.stdin).items():
        os.environ.clear()
        os.environ.update({**own, **environment})
        outputs[name] = run(Path(name))
    json.dump(outputs, sys.stdout)


if __name__ == "__main__":
    main()
