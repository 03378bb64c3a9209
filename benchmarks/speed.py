"""``make bench``: how fast our client is beside others, in one run, written to ``benchmarks/RESULTS.md`` and drawn.

``python benchmarks/speed.py NAME=PYTHON …``: each client in the environment of its Python. Every measure is of a
process of its own, the clients take turns, and a ratio is of two that ran one after the other: medians of `--rounds`
pairs, with the lowest and the highest. `--measure TEXT` takes those measures alone that have it in their name.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from results import write_section

HERE = Path(__file__).parent
PICTURE = HERE.parent / "docs" / "speed.svg"


class Mark(NamedTuple):
    """What `ours` is to reach, as a multiple of `other`'s."""

    measure: str
    unit: str
    other: str
    must: float | None = None
    ours: str = "ours"
    is_slow: bool = False
    """Measured in the first round alone."""


MARKS = (
    Mark("chunk", "cpu", "openai", 0.08),
    Mark("chunk", "cpu", "openai 2.0"),
    Mark("chunk", "cpu", "bare", 1.8),
    Mark("chunk", "cpu", "pareta"),
    Mark("chunk", "cpu", "litellm"),
    Mark("create, 1 message", "cpu", "openai", 0.65),
    Mark("create, 1 message", "cpu", "openai 2.0"),
    Mark("create, 1 message", "cpu", "pareta", 1.6),
    Mark("create, 1 message", "cpu", "bare"),
    Mark("create, 1 message", "cpu", "litellm"),
    Mark("create, 1 message", "wall", "openai"),
    Mark("create, 10 messages", "cpu", "openai"),
    Mark("create, 50 messages", "cpu", "openai", 0.10),
    Mark("create, 50 messages", "cpu", "openai 2.0"),
    Mark("create, 200 messages", "cpu", "openai"),
    Mark("create, 10 images", "cpu", "openai"),
    Mark("create, tools", "cpu", "openai"),
    Mark("parse", "cpu", "openai"),
    Mark("embeddings", "cpu", "openai", is_slow=True),
    Mark("chunk, 1 async stream", "wall", "openai"),
    Mark("chunk, 50 async streams", "wall", "openai"),
    Mark("chunk, 500 async streams", "wall", "openai", 1 / 6),
    Mark("chunk, 200 paced async streams", "cpu", "openai", 0.68),
    Mark("chunk, 200 paced async streams", "cpu", "openai", 0.38, ours="aiohttp"),
    Mark("delay of a chunk", "wall", "bare", 1.2),
    Mark("import", "cpu", "openai", 1.03),
    Mark("import", "peak_mib", "openai"),
    Mark("pareta-openai --help", "cpu", "bare"),
    Mark("pareta-openai migrate --help", "cpu", "bare"),
    Mark("memory, 1,000,000 chunks", "peak_mib", "ours, memory, 1,000 chunks", 1.05, is_slow=True),
)
"""A measure of ours beside another one of ours is named with it."""


@contextmanager
def load_server() -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, str(HERE / "speed" / "load_server.py")], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


# Bytecode is kept, as it is where packages are installed.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def measure(python: str, client: str, name: str, port: str) -> dict[str, float]:
    # The version of openai is a matter of the environment.
    command = [python, str(HERE / "speed" / "contender.py"), client.partition(" ")[0], name, port]
    run = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    if run.returncode:
        raise SystemExit(f"{client}, {name}:\n{run.stderr}")
    found: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return found


def other_of(mark: Mark) -> tuple[str, str]:
    """The client and the measure that `mark` compares with."""
    client, _, measure = mark.other.partition(", ")
    return client, measure or mark.measure


Pairs = dict[Mark, list[tuple[float, float]]]
"""Of ours and the other's."""


def compare(marks: list[Mark], pythons: dict[str, str], rounds: int, minutes: float, port: str) -> Iterator[Pairs]:
    """For each mark the pairs of ours and the other's, after each round."""
    pairs: Pairs = defaultdict(list)
    until = time.monotonic() + minutes * 60
    for number in range(rounds):
        if number and time.monotonic() > until:
            break
        due = [mark for mark in marks if not (mark.is_slow and number)]
        all_due = {(mark.ours, mark.measure) for mark in due} | {other_of(mark) for mark in due}
        wanted = sorted(all_due, key=lambda one: one[::-1])
        found: dict[tuple[str, str], dict[str, float]] = {}
        for client, name in wanted if number % 2 else reversed(wanted):
            print(f"{number + 1}/{rounds}  {name}: {client}", file=sys.stderr)
            found[client, name] = measure(pythons[client], client, name, port)
        for mark in due:
            ours, theirs = found[mark.ours, mark.measure], found[other_of(mark)]
            pairs[mark].append((ours[mark.unit], theirs[mark.unit]))
        yield pairs


UNITS = {"cpu": "µs of CPU", "wall": "µs", "peak_mib": "MiB"}


def label(mark: Mark) -> str:
    return mark.measure if mark.ours == "ours" else f"{mark.measure}, on {mark.ours}"


def table(pairs: Pairs) -> Iterator[str]:
    yield "| What | Beside | Ours | Theirs | Ratio | Lowest to highest | To reach |"
    yield "|---|---|---|---|---|---|---|"
    for mark, found in pairs.items():
        ratios = [ours / theirs for ours, theirs in found]
        middle = [statistics.median(values) for values in zip(*found, strict=True)]
        shown = " | ".join(f"{value:,.1f} {UNITS[mark.unit]}" for value in middle)
        must = f"≤ {mark.must:.2f}" if mark.must else ""
        spread = f"{min(ratios):.3f} to {max(ratios):.3f}" if len(ratios) > 1 else "one pair"
        yield f"| {label(mark)} | {mark.other} | {shown} | **{statistics.median(ratios):.3f}** | {spread} | {must} |"


def versions(pythons: dict[str, str]) -> str:
    """Of what was measured, as each environment has it."""
    code = (
        "import platform; from importlib.metadata import version; "
        "print(version({package!r}) + (' on Python ' + platform.python_version() if {is_first} else ''))"
    )
    found = []
    for client, package in {
        "openai": "openai",
        "openai 2.0": "openai",
        "pareta": "pareta",
        "litellm": "litellm",
    }.items():
        if client in pythons:
            asked = code.format(package=package, is_first=not found)
            run = subprocess.run([pythons[client], "-c", asked], capture_output=True, text=True, check=True)
            found.append(f"`{client}` is {package} {run.stdout.strip()}")
    return ", ".join(found)


UNITS_OF_THE_TABLE = (
    "CPU and time are of a call or a chunk, of this process alone; `bare` is the transport with `json.loads` (of a"
    " command: Python's start), and litellm's numbers are with the openai that it asks for."
)


# A browser's letters are wider than those that the picture is measured with.
PADDING = {"left": 30, "right": 5, "top": 5, "bottom": 5}


def draw(pairs: Pairs) -> None:
    """openai's time as a multiple of ours."""
    import altair

    rows: list[dict[str, Any]] = [
        {"what": label(mark), "times": statistics.median(theirs / ours for ours, theirs in found)}
        for mark, found in pairs.items()
        if mark.other == "openai" and mark.measure.startswith(("chunk", "create", "parse", "embed"))
        if mark.unit == "cpu" or mark.measure.startswith("chunk")
    ]
    bars = altair.Chart(altair.Data(values=rows)).encode(
        x=altair.X("times:Q", title="how many times openai's client takes what ours takes"),
        y=altair.Y("what:N", title=None, sort="-x", axis=altair.Axis(labelLimit=300)),
    )
    words = bars.mark_text(align="left", dx=4).encode(text=altair.Text("times:Q", format=".1f"))
    (bars.mark_bar(color="#0f766e") + words).properties(width=480, background="white", padding=PADDING).save(PICTURE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pythons", nargs="+", metavar="NAME=PYTHON")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--minutes", type=float, default=12, help="begin no further round after so many")
    parser.add_argument("--measure", default="")
    arguments = parser.parse_args()
    pythons = dict(pair.split("=", 1) for pair in arguments.pythons)
    pythons = {**pythons, **dict.fromkeys(("bare", "openai", "aiohttp"), pythons["ours"])}
    marks = [mark for mark in MARKS if arguments.measure in mark.measure and other_of(mark)[0] in pythons]
    known, lines = versions(pythons), []
    with load_server() as port:
        for pairs in compare(marks, pythons, arguments.rounds, arguments.minutes, port):
            rounds = max(map(len, pairs.values()))
            lines = [
                f"Medians of {rounds} interleaved pairs (`make bench`), on {os.cpu_count()} cores with a load of"
                f" {os.getloadavg()[1]:.0f}.",
                f"{known}.",
                UNITS_OF_THE_TABLE,
                "",
                *table(pairs),
            ]
            if not arguments.measure:
                write_section("## Speed of the client", lines)
                draw(pairs)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
