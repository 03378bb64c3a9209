"""Markdown: with --docs the code blocks that say they are Python, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from pareta_openai.migrate import Options, plan

PAGE = """\
# from openai import OpenAI

Write `from openai import OpenAI`:

```python
from openai import OpenAI
```

- In a list:

  ```py title="app.py"
  from openai import OpenAI

  client = OpenAI()
  ```

> ~~~python3
> from openai import (
>     AsyncOpenAI,
> )
> ~~~

```python
from openai import OpenAI
client.chat.completions.create(…, model="gpt-4o-mini")
```

```sh
pip install openai
```

    from openai import OpenAI
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("ending", ["", "\n"])
def test_python_blocks_change_and_all_else_stays(newline: str, ending: str, tmp_path: Path) -> None:
    page = (PAGE.rstrip() + ending).replace("\n", newline)
    (tmp_path / "page.md").write_bytes(page.encode())
    [file] = plan(tmp_path, options=Options(docs=True)).changed
    wanted = page.replace(f"```python{newline}from openai", f"```python{newline}from pareta_openai", 1)
    wanted = wanted.replace(
        "  from openai import OpenAI\n".replace("\n", newline), f"  from pareta_openai import OpenAI{newline}", 1
    )
    wanted = wanted.replace("> from openai import (", "> from pareta_openai import (")
    assert file.after.decode() == wanted
    assert {entry.line for entry in file.entries if entry.verdict == "manual"} == {24}


def test_without_docs_each_occurrence_is_left_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(PAGE, encoding="utf-8")
    [file] = plan(tmp_path).files
    assert not file.edits
    assert sum(entry.occurrences for entry in file.entries) == PAGE.lower().count("openai")
    assert all("--docs" in entry.message for entry in file.entries)


def test_a_second_run_finds_nothing(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(PAGE, encoding="utf-8")
    [file] = plan(tmp_path, options=Options(docs=True)).changed
    (tmp_path / "page.md").write_bytes(file.after)
    assert not plan(tmp_path, options=Options(docs=True)).changed
