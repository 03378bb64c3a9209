"""``pareta-openai migrate``: the codemod."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

if TYPE_CHECKING:
    from pareta_openai.migrate import Options, Plan
    from pareta_openai.migrate.file_plans import FilePlan

NOT_RUN = 8
"""The exit status when nothing was looked into, or nothing was written that was to be."""

_PATIENCE_SECONDS = 1.0


def run(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files and folders; the current folder without any.")
    ] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Print a patch that git apply takes.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Change the files.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Print the counts alone; for CI, by the exit status.")] = False,
    interactive: Annotated[bool, typer.Option("--interactive", help="Ask for each file, then write.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last run of --write back.")] = False,
    unsafe: Annotated[bool, typer.Option("--unsafe", help="Make suggested changes too.")] = False,
    docs: Annotated[bool, typer.Option("--docs", help="Migrate code blocks in Markdown too.")] = False,
    model: Annotated[
        list[str] | None, typer.Option(metavar="NAME=ALIAS", help="What Pareta calls a model. Repeatable.")
    ] = None,
    emit_model_map: Annotated[
        bool, typer.Option("--emit-model-map", help="Print a table of the models for pyproject.toml, to fill in.")
    ] = False,
    suggest: Annotated[
        bool,
        typer.Option(
            "--suggest", help="Ask Pareta which tasks fit prompts whose model has no mapping: sends it the prompts."
        ),
    ] = False,
    select: Annotated[list[str] | None, typer.Option(metavar="RULE", help="Only these rules: PO101, PO1.")] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="RULE", help="Without these rules.")] = None,
    form: Annotated[
        Literal["text", "json", "sarif", "markdown"], typer.Option("--format", help="The report's.")
    ] = "text",
    verify: Annotated[
        str | None,
        typer.Option(
            metavar="COMMAND",
            help="Run it on a copy with the changes, against the local platform; write if it succeeds.",
        ),
    ] = None,
    from_log: Annotated[
        Path | None, typer.Option(metavar="FILE", dir_okay=False, exists=True, help="What PARETA_MIGRATION_LOG noted.")
    ] = None,
    allow_dirty: Annotated[
        bool, typer.Option("--allow-dirty", help="Write where git has changes that are not committed.")
    ] = False,
    list_rules: Annotated[bool, typer.Option("--list-rules", help="Print each rule in a sentence.")] = False,
    explain: Annotated[str | None, typer.Option(metavar="RULE", help="Print a rule's page.")] = None,
) -> None:
    """Move a repository from openai to pareta_openai. Without --write nothing is changed.

    Exit status, added up: 1 something changes or has changed, 2 something needs a person, 4 a file could not be read or
    checked; 0 nothing at all. 8: it did not run, and nothing was written.
    """
    root = Path.cwd()
    if list_rules or explain is not None:
        _about_rules(explain)
    if undo:
        _undo(root)
    from pareta_openai.migrate import OptionsError, plan, read_options

    missing = [path for path in paths or () if not path.exists()]
    if missing:
        _refuse(f"There is no {missing[0]}.")
    given = {"select": tuple(select or ()), "ignore": tuple(ignore or ()), "unsafe": unsafe, "docs": docs}
    try:
        options: Options = read_options(root, **given, models=_models(model or ()))
    except OptionsError as error:
        _refuse(str(error))
    made = plan(root, paths or (), options, _progress())
    if interactive:
        made = plan(root, paths or (), options, declined=_declined(made))
    if from_log is not None:
        made = _with_log(made, from_log)
    verified = verify is None or _verify(made, verify)
    if (write or interactive) and verified:
        _write(made, allow_dirty)
    _print(made, "map" if emit_model_map else "diff" if diff else "check" if check else form, suggest=suggest)
    raise typer.Exit(made.exit_code if verified else made.exit_code | NOT_RUN)


def _models(pairs: list[str] | tuple[()]) -> dict[str, str]:
    models = {}
    for pair in pairs:
        name, _, alias = pair.partition("=")
        if not name or not alias:
            _refuse(f"--model {pair}: write NAME=ALIAS, as in gpt-4o-mini=ep_contract_kie.")
        models[name] = alias
    return models


def _progress() -> Callable[[int, int], None]:
    """Says on a terminal how far it is, once it takes longer than a moment."""
    start = time.monotonic()

    def tell(done: int, files: int) -> None:
        if time.monotonic() - start > _PATIENCE_SECONDS:
            end = "\r" if done < files else "\r\033[K"
            print(f"{done} of {files} files", end=end, file=sys.stderr, flush=True)

    return tell if sys.stderr.isatty() else lambda _done, _files: None


def _declined(plan: Plan) -> list[FilePlan]:
    """The files that the person says no to."""
    from pareta_openai.migrate.patch import patch

    declined = []
    for number, file in enumerate(plan.changed):
        print(patch(file).decode(errors="replace"))
        answer = typer.prompt(f"{file.path}: yes, no, all, quit", default="y").strip().lower()[:1]
        if answer == "n":
            declined.append(file)
        if answer == "a":
            break
        if answer == "q":
            declined += plan.changed[number:]
            break
    return declined


def _with_log(plan: Plan, log: Path) -> Plan:
    from pareta_openai.migrate.from_log import UnreadableLog, with_log

    try:
        return with_log(plan, log)
    except (UnreadableLog, OSError) as error:
        _refuse(str(error))


def _verify(plan: Plan, command: str) -> bool:
    from pareta_openai.local import LocalExtraMissing
    from pareta_openai.migrate.verifying import verify

    try:
        status = verify(plan, command)
    except LocalExtraMissing as error:
        _refuse(str(error))
    if status:
        print(f"{command!r} ended with {status} on the changed tree: nothing is written.", file=sys.stderr)
    return status == 0


def _write(plan: Plan, allow_dirty: bool) -> None:
    from pareta_openai.migrate.git import unsaved
    from pareta_openai.migrate.writing import write

    dirty = [] if allow_dirty else unsaved(plan.root, {file.path for file in plan.changed})
    if dirty:
        more = f" and {len(dirty) - 1} more" if len(dirty) > 1 else ""
        _refuse(f"git has changes that are not committed: {dirty[0]}{more}. Commit them, or pass --allow-dirty.")
    try:
        if plan.changed:
            write(plan.root, plan.changed)
    except OSError as error:
        _refuse(f"{error}: --undo takes back what was written.")


def _print(plan: Plan, form: str, *, suggest: bool) -> None:
    if form == "diff":
        from pareta_openai.migrate.patch import patch

        sys.stdout.buffer.write(b"".join(map(patch, plan.changed)))
        return
    if form == "map":
        from pareta_openai.migrate.model_map import template as written
    elif form == "check":
        from pareta_openai.migrate.reports.counts import summary as written
    elif form == "json":
        from pareta_openai.migrate.reports.json import json as written
    elif form == "sarif":
        from pareta_openai.migrate.reports.sarif import sarif as written
    elif form == "markdown":
        from pareta_openai.migrate.reports.markdown import markdown as written
    else:
        from pareta_openai.migrate.reports.text import text as written
    print(written(plan).rstrip("\n"))
    if form == "text":
        from pareta_openai.migrate.model_suggestions import suggestions

        for line in suggestions(plan, send_prompts=suggest):
            print(line)


def _undo(root: Path) -> NoReturn:
    from pareta_openai.migrate.writing import CannotUndo, undo

    try:
        paths = undo(root)
    except CannotUndo as error:
        _refuse(str(error))
    print(f"{len(paths)} {'file is' if len(paths) == 1 else 'files are'} as before.")
    raise typer.Exit(0)


def _about_rules(explain: str | None) -> NoReturn:
    from pareta_openai.migrate.rules import all_rules, page_of, sentence_of

    for rule in all_rules():
        if explain is None:
            print(f"{rule.id}  {rule.safety:9}  {sentence_of(rule)}")
        elif rule.id == explain:
            print(f"{rule.id} {rule.name}, {rule.safety}\n\n{page_of(rule)}")
            raise typer.Exit(0)
    if explain is not None:
        _refuse(f"There is no rule {explain}; --list-rules has them all.")
    raise typer.Exit(0)


def _refuse(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise typer.Exit(NOT_RUN)
