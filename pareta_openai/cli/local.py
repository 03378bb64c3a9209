"""``pareta-openai local``: the local platform in the foreground."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from pareta_openai.local import Upstream

_UPSTREAM_KEY = "PARETA_UPSTREAM_API_KEY"
# Windows does not wake a thread that waits for ever when Ctrl-C is pressed.
_WAKE_SECONDS = 0.5


def run(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 0,
    host: Annotated[
        str, typer.Option(help="IP address to listen on. One that other machines reach needs --admin-token.")
    ] = "127.0.0.1",
    admin_token: Annotated[
        str | None,
        typer.Option(envvar="PARETA_LOCAL_ADMIN_TOKEN", help="What the admin routes ask for: 16 characters or more."),
    ] = None,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A name that clients call this machine by. Repeatable.")
    ] = None,
    storage_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port that large documents go to; 0 takes a free one.")
    ] = 0,
    state: Annotated[Path | None, typer.Option(dir_okay=False, help="File to keep organisations and bills in.")] = None,
    deploy_seconds: Annotated[
        float, typer.Option(min=0, help="Seconds from a deploy or a start until an endpoint is live.")
    ] = 0.0,
    deploy_polls: Annotated[
        int, typer.Option(min=0, help="How often an endpoint is found starting before it is live.")
    ] = 0,
    idle_seconds: Annotated[
        float | None, typer.Option(min=1, help="Seconds without a call after which an endpoint goes cold.")
    ] = None,
    eval_seconds: Annotated[
        float, typer.Option(min=0, help="Seconds from the start of an eval run until its results are there.")
    ] = 0.0,
    upstream: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="A model server to send inference through: vLLM, llama.cpp, Ollama, OpenAI."
            f" Its key is taken from {_UPSTREAM_KEY}.",
        ),
    ] = None,
    upstream_model: Annotated[
        list[str] | None,
        typer.Option(metavar="ALIAS=MODEL", help="What the upstream calls an alias; * is every other one. Repeatable."),
    ] = None,
    record: Annotated[
        Path | None, typer.Option(dir_okay=False, help="File to keep what the upstream answers in, without any key.")
    ] = None,
    replay: Annotated[
        Path | None, typer.Option(dir_okay=False, help="File that was recorded before, to answer inference from.")
    ] = None,
    generation: Annotated[
        Literal["0.3", "3.0"] | None,
        typer.Option("--platform", help="The generation of Pareta that answers; without it, all of both."),
    ] = None,
) -> None:
    """Run Pareta's API on this machine, with no model of its own, until Ctrl-C.

    Prints two lines to paste into a shell.
    """
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())

    with _without_collecting_garbage():
        # After the handlers: a Ctrl-C during the imports ends as quietly as one later.
        from pareta_openai.local import LocalExtraMissing, LocalPlatform, RecordingError, StateError

        try:
            platform = LocalPlatform(
                host=host,
                port=port,
                storage_port=storage_port,
                admin_token=admin_token,
                allowed_hosts=allow_host or (),
                state=state or ":memory:",
                deploy_seconds=deploy_seconds,
                deploy_polls=deploy_polls,
                idle_seconds=idle_seconds,
                eval_seconds=eval_seconds,
                upstream=_upstream(upstream, upstream_model or []),
                record=record,
                replay=replay,
                platform=generation,
            )
        except ValueError as error:
            raise _failure(str(error), 2) from None
        try:
            platform.start()
        except LocalExtraMissing as error:
            raise _failure(str(error), 2) from None
        except (RecordingError, StateError) as error:
            raise _failure(str(error), 1) from None
        except OSError as error:
            raise _failure(f"Cannot listen on {host}:{port}: {error.strerror}.", 1) from None
    try:
        print(f"export PARETA_BASE_URL={platform.base_url}", flush=True)
        print(f"export PARETA_API_KEY={platform.api_key}", flush=True)
        typer.echo(
            f"\n{typer.style('The local Pareta platform is running.', bold=True)} {_behind_it(upstream, replay)}"
            f"\nDashboard: {platform.base_url}\nRoutes: {platform.base_url}/docs"
            "\nPlain openai: base_url is $PARETA_BASE_URL/v1, and the key is the same."
            "\nCtrl-C stops it.",
            err=True,
        )
        while not stop.wait(_WAKE_SECONDS):
            pass
    finally:
        platform.stop()


@contextmanager
def _without_collecting_garbage() -> Iterator[None]:
    """Whatever is imported stays, and looking for garbage in it would take a twentieth of the start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _failure(words: str, code: int) -> typer.Exit:
    typer.echo(words, err=True)
    return typer.Exit(code)


def _behind_it(upstream: str | None, replay: Path | None) -> str:
    if replay is not None:
        return f"Its answers are recorded ones, from {replay}; prices are made up."
    if upstream is not None:
        return f"Its models are those of {upstream}; prices are made up."
    return "No model is behind it: answers and prices are made up."


def _upstream(url: str | None, models: list[str]) -> Upstream | None:
    from pareta_openai.local import Upstream

    if url is None:
        if models:
            raise typer.BadParameter("It needs an --upstream.", param_hint="--upstream-model")
        return None
    pairs = [pair.partition("=") for pair in models]
    for alias, _, model in pairs:
        if not alias or not model:
            raise typer.BadParameter("Write ALIAS=MODEL.", param_hint="--upstream-model")
    try:
        return Upstream(url, {alias: model for alias, _, model in pairs}, os.environ.get(_UPSTREAM_KEY))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--upstream") from None
