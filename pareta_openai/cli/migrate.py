"""``pareta-openai migrate``: the codemod."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from pareta_openai.migrate import Options, Plan


def run(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files and folders; the current folder without any.")
    ] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Print a patch that git apply takes.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Change the files.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Print the counts alone; for CI, by the exit status.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last run of --write back.")] = False,
    unsafe: Annotated[bool, typer.Option("--unsafe", help="Make suggested changes too.")] = False,
    docs: Annotated[bool, typer.Option("--docs", help="Migrate code blocks in Markdown too.")] = False,
    model: Annotated[
        list[str] | None, typer.Option(metavar="NAME=ALIAS", help="What Pareta calls a model. Repeatable.")
    ] = None,
    select: Annotated[list[str] | None, typer.Option(metavar="RULE", help="Only these rules: PO101, PO1.")] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="RULE", help="Without these rules.")] = None,
    allow_dirty: Annotated[
        bool, typer.Option("--allow-dirty", help="Write where git has changes that are not committed.")
    ] = False,
    list_rules: Annotated[bool, typer.Option("--list-rules", help="Print each rule in a sentence.")] = False,
    explain: Annotated[str | None, typer.Option(metavar="RULE", help="Print a rule's page.")] = None,
) -> None:
    """Move a repository from openai to pareta_openai. Without --write nothing is changed.

    Exit status, added up: 1 something changes or has changed, 2 something needs a person, 4 a file could not be read or
    checked; 0 nothing at all.
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
    made = plan(root, paths or (), options)
    if write:
        _write(made, allow_dirty)
    if diff:
        from pareta_openai.migrate.patch import patch

        sys.stdout.buffer.write(b"".join(map(patch, made.changed)))
    else:
        from pareta_openai.migrate.reports.text import summary, text

        print(summary(made) if check else text(made), end="\n" if check else "")
    raise typer.Exit(made.exit_code)


def _models(pairs: list[str] | tuple[()]) -> dict[str, str]:
    models = {}
    for pair in pairs:
        name, _, alias = pair.partition("=")
        if not name or not alias:
            _refuse(f"--model {pair}: write NAME=ALIAS, as in gpt-4o-mini=ep_contract_kie.")
        models[name] = alias
    return models


def _write(plan: Plan, allow_dirty: bool) -> None:
    from pareta_openai.migrate.git import unsaved
    from pareta_openai.migrate.writing import write

    dirty = [] if allow_dirty else unsaved(plan.root, {file.path for file in plan.changed})
    if dirty:
        more = f" and {len(dirty) - 1} more" if len(dirty) > 1 else ""
        _refuse(f"git has changes that are not committed: {dirty[0]}{more}. Commit them, or pass --allow-dirty.")
    if plan.changed:
        write(plan.root, plan.changed)


def _undo(root: Path) -> NoReturn:
    from pareta_openai.migrate.writing import CannotUndo, undo

    try:
        paths = undo(root)
    except CannotUndo as error:
        _refuse(str(error))
    print(f"{len(paths)} files are as they were.")
    raise typer.Exit(0)


def _about_rules(explain: str | None) -> NoReturn:
    from pareta_openai.migrate.rules import all_rules, page_of

    for rule in all_rules():
        if explain is None:
            print(f"{rule.id}  {rule.safety:9}  {page_of(rule).splitlines()[0]}")
        elif rule.id == explain:
            print(f"{rule.id} {rule.name}, {rule.safety}\n\n{page_of(rule)}")
            raise typer.Exit(0)
    if explain is not None:
        _refuse(f"There is no rule {explain}; --list-rules has them all.")
    raise typer.Exit(0)


def _refuse(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise typer.Exit(8)
