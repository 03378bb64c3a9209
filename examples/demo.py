"""`make demo`: a program written for OpenAI runs on Pareta, and then does what only Pareta can.

Everything happens on this machine: the platform is the local one, in a process of its own on a free port.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.syntax import Syntax

from pareta_openai import DeployEvent, EndpointNotReadyError, InsufficientCreditsError, OpenAI

PROGRAM = Path(__file__).with_name("invoice_openai.py")
ENDPOINT = "ep_invoice_kie"

console = Console(highlight=False, soft_wrap=True)


def change_import(source: str) -> str:
    """The one change that a program needs."""
    return re.sub(r"^from openai import", "from pareta_openai import", source, flags=re.MULTILINE)


@contextmanager
def local_platform(state: Path) -> Iterator[dict[str, str]]:
    """Run the local platform; gives what it says to put into the environment."""
    command = [sys.executable, "-m", "pareta_openai", "local", "--state", str(state), "--deploy-seconds", "2"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        exports = [process.stdout.readline(), process.stdout.readline()]
        if not all(exports):
            sys.exit(f"The local platform did not start:\n{process.communicate()[1]}")
        yield dict(line.removeprefix("export ").strip().split("=", 1) for line in exports)
    finally:
        process.terminate()
        process.wait(timeout=10)


def show_diff(before: str, after: str) -> None:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True),
        after.splitlines(keepends=True),
        "invoice_openai.py",
        "invoice_pareta.py",
        n=1,
    )
    console.print(Syntax("".join(lines).rstrip(), "diff", theme="ansi_dark", background_color="default"))


def run_changed_program(folder: Path) -> None:
    source = PROGRAM.read_text(encoding="utf-8")
    changed = change_import(source)
    show_diff(source, changed)
    program = folder / "invoice_pareta.py"
    program.write_text(changed, encoding="utf-8")
    aliases = f"gpt-4o-mini={ENDPOINT}"
    console.print(f"\n[bold]$ PARETA_MODEL_ALIASES={aliases} python invoice_pareta.py[/bold]")
    subprocess.run([sys.executable, str(program)], check=True, env={**os.environ, "PARETA_MODEL_ALIASES": aliases})


def ask(client: OpenAI, model: str) -> None:
    messages = [{"role": "user", "content": "This agreement is made on 1 May between Acme Ltd and Nordwind AS."}]
    answer = client.chat.completions.create(model=model, messages=messages)  # type: ignore[arg-type]
    console.print("  " + (answer.choices[0].message.content or ""), markup=False)


def show_progress(event: DeployEvent) -> None:
    if event.event == "progress":
        done = "" if event.pct is None else f" {event.pct:.0f} %"
        console.print(f"  … {event.label or event.stage}{done}", markup=False)


def empty_balance(environment: dict[str, str]) -> None:
    """A route that the local platform alone has."""
    request = urllib.request.Request(
        environment["PARETA_BASE_URL"] + "/_local/balance",
        data=json.dumps({"balance_micro_usd": 0}).encode(),
        headers={
            "Authorization": f"Bearer {environment['PARETA_API_KEY']}",
            "Content-Type": "application/json",
        },
        method="PUT",
    )
    urllib.request.urlopen(request).close()


def use_what_pareta_adds(client: OpenAI, environment: dict[str, str]) -> None:
    heading("What only Pareta has, on the same client")
    console.print("[bold]client.tasks.match('find the parties and dates in a contract')[/bold]")
    match = client.tasks.match("find the parties and dates in a contract")
    assert match.chosen is not None
    task = match.chosen.task_id
    console.print(f"  {task}, recommended model: {client.tasks.recommended(task)}")

    console.print(f"[bold]client.endpoints.deploy(task={task!r}, name='ep_demo', wait=True)[/bold]")
    endpoint = client.endpoints.deploy(task=task, name="ep_demo", wait=True, on_progress=show_progress)
    console.print(f"  {endpoint.id} is {endpoint.status}; a call to it:")
    ask(client, endpoint.id)

    console.print(f"[bold]client.endpoints.stop({endpoint.id!r})[/bold], and a call to it:")
    client.endpoints.stop(endpoint.id)
    # Without retries, which would wait for the endpoint to come back.
    once = client.with_options(max_retries=0)
    try:
        ask(once, endpoint.id)
    except EndpointNotReadyError as error:
        console.print(f"  EndpointNotReadyError: {error}", markup=False)

    console.print("[bold]With an empty balance[/bold], a call to an endpoint that is live:")
    empty_balance(environment)
    try:
        ask(once, ENDPOINT)
    except InsufficientCreditsError as error:
        console.print(f"  InsufficientCreditsError: {error}", markup=False)


def heading(text: str) -> None:
    console.print(f"\n[bold cyan]{text}[/bold cyan]")


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        local_platform(Path(folder, "platform.sqlite")) as environment,
    ):
        os.environ.update(environment)
        heading(f"The local platform answers at {environment['PARETA_BASE_URL']} (no account, no network, no model)")
        heading("A program written for OpenAI, and the line that changes")
        run_changed_program(Path(folder))
        with OpenAI.from_env() as client:
            use_what_pareta_adds(client, environment)
    heading("What you would do next")
    console.print(
        "  .venv/bin/pareta-openai local          a platform of your own, with what to put into your shell\n"
        "  pip install pareta-openai              in your project, and change the import\n"
        "  export PARETA_API_KEY=pareta_sk_…      from the Pareta dashboard, for the real platform",
        markup=False,
    )


if __name__ == "__main__":
    # Asked to stop by a signal, leave by the same way as after Ctrl-C: through the blocks that clean up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
