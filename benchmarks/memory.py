"""How much memory uploads take: ``python benchmarks/memory.py`` writes the figures to ``benchmarks/RESULTS.md``.

Each upload runs in a process of its own, against the local platform in another, and tells by how much its peak
memory grew from just before the call. `--rows` and `--mib` make the uploads smaller.
"""

from __future__ import annotations

import argparse
import asyncio
import platform as machine
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from results import write_section

HEADING = "## Memory of uploads"

MEASURES = ("rows", "document")
CLIENTS = ("sync", "async")
BOUNDS_MIB = {"rows": 64, "document": 32}


def peak_mib() -> float:
    """Of this process, so far.

    Not getrusage's where there is another: on Linux that one starts at the peak of the process that started this one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def rows(count: int) -> Iterator[dict[str, object]]:
    for number in range(count):
        yield {"input": f"Invoice {number}, 12 drill bits at 4.50 EUR", "expected": {"invoice_number": str(number)}}


async def run(measure: str, client_kind: str, amount: int) -> float:
    """The growth in MiB."""
    from pareta_openai import AsyncOpenAI, OpenAI

    client = OpenAI(timeout=900) if client_kind == "sync" else AsyncOpenAI(timeout=900)

    async def settle(value: object) -> object:
        return await value if asyncio.iscoroutine(value) else value

    sets = client.evals.sets
    if measure == "rows":
        await settle(sets.create(task="invoice-extraction", items=rows(1)))  # whatever is imported and opened once
        before = peak_mib()
        made = await settle(sets.create(task="invoice-extraction", items=rows(amount)))
        assert made.item_count == amount  # type: ignore[attr-defined]
    else:
        tasks = await settle(client.tasks.list())
        task = next(task for task in tasks if task.has_blob_input)  # type: ignore[attr-defined]
        made = await settle(sets.create(task=task.id, items=[{"input": {"document": None}}]))
        with tempfile.NamedTemporaryFile(suffix=".pdf") as document:
            document.truncate(6 * 2**20)
            await settle(sets.upload_document(made.id, document.name, idx=0, field_name="document"))  # type: ignore[attr-defined]
            document.truncate(amount * 2**20)
            before = peak_mib()
            await settle(sets.upload_document(made.id, document.name, idx=0, field_name="document"))  # type: ignore[attr-defined]
    growth = peak_mib() - before
    await settle(client.close())
    return growth


def measure_all(amounts: dict[str, int]) -> Iterator[str]:
    from pareta_openai.local import LocalPlatform

    with tempfile.TemporaryDirectory() as folder, LocalPlatform(state=Path(folder, "state.sqlite")) as platform:
        organisation = platform.create_organisation()
        environment = {"PARETA_BASE_URL": platform.base_url, "PARETA_API_KEY": organisation.api_key}
        for measure in MEASURES:
            what = (
                f"{amounts[measure]:,} rows from a generator"
                if measure == "rows"
                else f"{amounts[measure]:,} MiB document"
            )
            for client_kind in CLIENTS:
                command = [sys.executable, __file__, "--one", measure, client_kind, str(amounts[measure])]
                done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
                yield f"| {what} | {client_kind} | {float(done.stdout):.1f} | {BOUNDS_MIB[measure]} |"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--mib", type=int, default=1024)
    arguments.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.one:
        measure, client_kind, amount = options.one
        print(asyncio.run(run(measure, client_kind, int(amount))))
        return
    lines = [
        "By how many MiB a process's peak memory grew during one upload (`python benchmarks/memory.py`).",
        f"Python {machine.python_version()}, openai {version('openai')}, pareta-openai {version('pareta-openai')}.",
        "",
        "| Upload | Client | Growth, MiB | Bound, MiB |",
        "|---|---|---|---|",
    ]
    for line in measure_all({"rows": options.rows, "document": options.mib}):
        print(line, flush=True)
        lines.append(line)
    write_section(HEADING, lines)


if __name__ == "__main__":
    main()
