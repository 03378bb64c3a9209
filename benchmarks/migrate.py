"""How long the codemod takes: ``python benchmarks/migrate.py`` writes the figures to ``benchmarks/RESULTS.md``.

The trees are made of the standard library's own files, about 175 lines each; those that use openai begin with its
import and end with functions that call it. With ``--libcst PYTHON``, a Python that has LibCST, its own rename command
runs on the same tree: ``python -m libcst.tool codemod rename.RenameCommand``.
"""

from __future__ import annotations

import argparse
import os
import platform as machine
import resource
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from results import write_section

HEADING = "## The codemod"
MEAN_LINES = 175

BEGINNING = "import os\n\nfrom openai import OpenAI as Client, RateLimitError\n\n"
END = """

def make_{number}() -> Client:
    return Client(api_key=os.environ["OPENAI_API_KEY"], timeout=20)


def ask_{number}(question: str) -> str:
    client = make_{number}()
    try:
        answer = client.chat.completions.create(model="gpt-4o-mini", messages=[{{"role": "user", "content": question}}])
    except RateLimitError:
        return ""
    return answer.choices[0].message.content or ""
"""


def library_files() -> list[str]:
    """Of the standard library: plain files without a future import, near the mean in length, over and over."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    texts = []
    for path in sorted(folder.rglob("*.py")):
        if {"site-packages", "lib2to3", "test", "tests"}.isdisjoint(path.parts):
            try:
                text = path.read_text(encoding="utf-8")
                compile(text, "", "exec", dont_inherit=True)
            except (UnicodeDecodeError, SyntaxError):
                continue
            if (
                40 <= text.count("\n") <= 2 * MEAN_LINES - 40
                and "__future__" not in text
                and "openai" not in text.lower()
            ):
                texts.append(text)
    return texts


def make_tree(root: Path, files: int, of_openai: int) -> int:
    """Returns the lines."""
    texts = library_files()
    lines = 0
    for number in range(files):
        text = texts[number % len(texts)]
        if number < of_openai:
            text = BEGINNING + text + END.format(number=number)
        path = root / f"package_{number % 40}" / f"module_{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        lines += text.count("\n")
    return lines


class Run(NamedTuple):
    wall: float
    """Seconds."""
    cpu: float
    """Seconds of the process and its children."""
    memory: float
    """MiB that they had at their peaks, added up."""


def timed(command: list[str], root: Path) -> Run:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peaks: dict[int, int] = {}
    while process.poll() is None:
        for number in family(process.pid):
            peaks[number] = max(peaks.get(number, 0), proportional_kib(number))
        time.sleep(0.02)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(wall, cpu, sum(peaks.values()) / 1024)


def family(number: int) -> list[int]:
    children = Path(f"/proc/{number}/task/{number}/children")
    try:
        found = [int(child) for child in children.read_text().split()]
    except OSError:
        found = []
    return [number, *(each for child in found for each in family(child))]


def proportional_kib(number: int) -> int:
    """Resident memory, with what is shared divided among those who share it."""
    try:
        rollup = Path(f"/proc/{number}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)


def measured(files: int, of_openai: int, times: int, libcst: str | None = None) -> Iterator[str]:
    """Rows of the table for one tree."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "tree")
        lines = make_tree(root, files, of_openai)
        what = f"{files:,} files ({lines:,} lines), {of_openai:,} of which import openai"
        runs = [timed([sys.executable, "-m", "pareta_openai", "migrate", "--check"], root) for _ in range(times)]
        ours = Run(*(statistics.median(values) for values in zip(*runs, strict=True)))
        yield f"| {what} | {ours.wall:.2f} | {ours.cpu:.2f} | {ours.memory:.0f} |"
        if libcst:
            names = ["--old_name", "openai.OpenAI", "--new_name", "pareta_openai.OpenAI", "."]
            rename = [libcst, "-m", "libcst.tool", "codemod", "--no-format", "rename.RenameCommand", *names]
            theirs = timed(rename, root)
            what = f"… LibCST's rename command: {theirs.cpu / ours.cpu:.0f} times the CPU"
            yield f"| {what} | {theirs.wall:.2f} | {theirs.cpu:.2f} | {theirs.memory:.0f} |"


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--libcst", help="a Python that has LibCST")
    options.add_argument("--times", type=int, default=5)
    given = options.parse_args()
    rows = [
        *measured(2_000, 20, given.times),
        *measured(2_000, 1_000, given.times),
        *(measured(200, 100, given.times, given.libcst) if given.libcst else ()),
    ]
    where = f"Python {machine.python_version()}, {os.cpu_count()} cores with other work on them (a load of"
    about = [
        f"`pareta-openai migrate --check`, the interpreter's start included: medians of {given.times} runs",
        "(`python benchmarks/migrate.py --libcst …`). Two thousand files are too many to wait for LibCST on.",
        f"{where} {os.getloadavg()[0]:.0f}).",
        "",
    ]
    write_section(HEADING, [*about, "| What | Wall, s | CPU, s | Memory, MiB |", "|---|---|---|---|", *rows])
    print(*rows, sep="\n")


if __name__ == "__main__":
    main()
