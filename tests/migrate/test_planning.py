"""What becomes of changes that do not come out right, and of those that get in one another's way."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from pareta_openai.migrate import Edit, Finding, Plan, Rule, Span, plan, python_files
from pareta_openai.migrate.module import Module
from pareta_openai.migrate.project import Project

Check = Callable[[Module, Project], Iterable[Finding]]


def swap(rule: str, pattern: bytes, text: bytes, group: str = "", needs: tuple[str, ...] = ()) -> Rule:
    """A rule that puts `text` where `pattern` matches."""

    def check(module: Module, project: Project) -> Iterable[Finding]:
        del project
        for match in re.finditer(pattern, module.data):
            edit = Edit(*match.span(), text)
            yield Finding(rule, "migrate", Span(*match.span()), "swapped", (edit,), group=group, needs=needs)

    return Rule(rule, "swap", "safe", check)


@pytest.fixture
def planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Plan]:
    """The plan that some rules make of some files, which all import openai."""

    def make(*rules: Rule, **files: str) -> Plan:
        monkeypatch.setattr(python_files, "all_rules", lambda: rules)
        for name, text in files.items():
            (tmp_path / f"{name}.py").write_text(f"import openai\n{text}")
        return plan(tmp_path)

    return make


def after(made: Plan) -> dict[str, bytes]:
    return {file.path: file.after.removeprefix(b"import openai\n") for file in made.files}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"def (", "the result would not parse: invalid syntax"),
        (b"never_bound", "the result would use names that are not defined: never_bound"),
        (b"one, one", "looked into again and again, it goes on changing"),
    ],
)
def test_a_file_that_does_not_come_out_right_is_left_and_reported(
    planned: Callable[..., Plan], text: bytes, problem: str
) -> None:
    made = planned(swap("PO1", rb"\bone\b(?=\))", text), wrong="one = 1\nprint(one)\n", right="two = 2\n")
    assert after(made) == {"right.py": b"two = 2\n", "wrong.py": b"one = 1\nprint(one)\n"}
    [wrong] = [file for file in made.files if file.problem]
    assert wrong.path == "wrong.py"
    assert wrong.problem.startswith(problem)
    assert [entry.verdict for entry in wrong.entries if entry.rule] == ["manual"]
    assert made.exit_code == 2 + 4


def test_changes_of_one_group_are_made_in_all_files_or_in_none(planned: Callable[..., Plan]) -> None:
    broken = swap("PO1", b"one", b"def (", group="env")
    same = swap("PO2", b"two", b"three", group="env")
    other = swap("PO3", b"four", b"five")
    made = planned(broken, same, other, a="one = 1\n", b="two = 2\n", c="four = 4\n")
    assert after(made) == {"a.py": b"one = 1\n", "b.py": b"two = 2\n", "c.py": b"five = 4\n"}


def test_a_rule_that_fails_costs_its_own_file_alone(planned: Callable[..., Plan]) -> None:
    def check(module: Module, project: Project) -> Iterable[Finding]:
        del project
        yield from ()
        if module.path == "wrong.py":
            raise KeyError("rule")

    made = planned(Rule("PO1", "fails", "safe", check), swap("PO2", b"one", b"two"), wrong="one\n", right="one = 1\n")
    assert after(made)["right.py"] == b"two = 1\n"
    assert [file.problem for file in made.files if file.problem] == [
        "a fault of pareta-openai itself: KeyError('rule')"
    ]


def test_of_two_rules_for_one_place_the_first_changes_it_and_the_other_looks_again(
    planned: Callable[..., Plan],
) -> None:
    made = planned(swap("PO1", b"one two", b"1 two"), swap("PO2", b"two", b"2"), a='"one two"\n')
    assert after(made) == {"a.py": b'"1 2"\n'}
    [file] = made.files
    assert [(entry.rule, entry.line) for entry in file.entries if entry.rule] == [("PO1", 2), ("PO2", 2)]


def test_an_import_that_changes_need_is_added_once(planned: Callable[..., Plan]) -> None:
    needs = ("pareta_openai.ParetaOpenAI",)
    made = planned(swap("PO1", b"one", b"ParetaOpenAI", needs=needs), a="\none\none\n")
    assert after(made) == {"a.py": b"from pareta_openai import ParetaOpenAI\n\nParetaOpenAI\nParetaOpenAI\n"}


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("openai.OpenAI", "openai.OpenAI"),
        ("from openai import OpenAI as A\nA", "openai.OpenAI"),
        ("import openai.types as t\nt.chat.ChatCompletion", "openai.types.chat.ChatCompletion"),
        ("OpenAI", None),
        ("def f(openai):\n    openai.OpenAI", None),
        ("from openai import OpenAI\nOpenAI = 3\nOpenAI", None),
        ("try:\n    from openai import OpenAI\nexcept ImportError:\n    OpenAI = None\nOpenAI", "openai.OpenAI"),
        ("client = openai.OpenAI()\ndef f():\n    client", "openai.OpenAI()"),
        ("client = None\ndef f():\n    global client\n    client = openai.OpenAI()\nclient", "openai.OpenAI()"),
        ("def f(c: openai.OpenAI | None = None):\n    c.chat", "openai.OpenAI().chat"),
        ("def f(c=None):\n    c = c or openai.OpenAI()\n    c", "openai.OpenAI()"),
        (
            "class A:\n    def __init__(self): self.c = openai.OpenAI()\n    def f(self):\n        self.c.chat",
            "openai.OpenAI().chat",
        ),
        ("def make() -> 'openai.OpenAI': ...\nmake()", "openai.OpenAI()"),
        ("def make():\n    if 1:\n        return openai.OpenAI()\nmake()", "openai.OpenAI()"),
        ("with openai.OpenAI() as c:\n    c.with_options(timeout=1)", "openai.OpenAI()"),
        ("from llm import client\nclient.chat", "openai.OpenAI().chat"),
        ("from package import again\nagain.chat", "openai.OpenAI().chat"),
        ("from package import *\nagain.chat", "openai.OpenAI().chat"),
        ("import package.inner\npackage.inner.client", "openai.OpenAI()"),
        ("from package.inner import make\nmake(1).files", "openai.OpenAI().files"),
        ("from circle import a\na", None),
        ("from llm import nothing\nnothing", None),
    ],
)
def test_a_name_is_what_it_was_bound_to(tmp_path: Path, text: str, origin: str | None) -> None:
    files = {
        "llm.py": "import openai\nclient = openai.OpenAI()\n",
        "package/__init__.py": "from .inner import client as again\n",
        "package/inner.py": "from llm import client\n\ndef make(x):\n    return client\n",
        "circle.py": "from circle_too import a\n",
        "circle_too.py": "from circle import a\n",
    }
    for name, written in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(written)
    project = Project(tmp_path, [*files, "asked.py"])
    module = Module(python_files.Source(f"import openai\n{text}\n".encode()), "asked.py", project)
    last = list(module.nodes(ast.Expr))[-1]
    assert module.resolve(last.value) == origin
