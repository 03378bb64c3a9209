"""What a person sees while something takes minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")


@contextmanager
def reporting(
    title: str,
    describe: Callable[[T], tuple[str, float | None]],
    *,
    on_progress: Callable[[T], object] | None,
    progress: bool,
) -> Iterator[Callable[[T], None]]:
    """Gives what is to be called with each piece of news: it calls `on_progress`, and moves a bar with `progress`.

    `describe` gives a piece's words, and how much is done in percent where that is known. The bar is rich's, on
    standard error, and shows on a terminal and in a notebook only. Raises `ImportError` where rich is missing.
    """
    with _bar(title) if progress else _no_bar() as move:

        def report(news: T) -> None:
            move(*describe(news))
            if on_progress is not None:
                on_progress(news)

        yield report


@contextmanager
def _no_bar() -> Iterator[Callable[[str, float | None], None]]:
    yield lambda _words, _percent: None


@contextmanager
def _bar(title: str) -> Iterator[Callable[[str, float | None], None]]:
    try:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
    except ModuleNotFoundError as error:
        raise ImportError("progress=True shows a bar of rich's: pip install 'pareta-openai[cli]'.") from error
    console = Console(stderr=True)
    columns: tuple[Any, ...] = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not (console.is_terminal or console.is_jupyter)) as bar:
        task = bar.add_task(title, total=None)

        def move(words: str, percent: float | None) -> None:
            done = {} if percent is None else {"total": 100.0, "completed": percent}
            bar.update(task, description=f"{title}: {words}", **done)  # type: ignore[arg-type]

        yield move
