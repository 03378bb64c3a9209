"""The package as it is imported."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import openai
import pytest

import pareta_openai
from pareta_openai import errors

SOURCE = Path(pareta_openai.__file__).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", pareta_openai.__all__)
def test_every_public_name_is_served(name: str) -> None:
    value = getattr(pareta_openai, name)
    assert name in dir(pareta_openai)
    if isinstance(value, type) and issubclass(value, (openai.OpenAI, openai.AsyncOpenAI, openai.OpenAIError)):
        assert value.__module__ == "pareta_openai"


def test_checkers_see_the_names_that_are_served() -> None:
    imported = {
        alias.asname or alias.name
        for node in ast.walk(ast.parse(SOURCE))
        if isinstance(node, ast.ImportFrom) and node.level and node.module != "_version"
        for alias in node.names
    }
    # All of openai_names: test_names.py looks at that.
    assert imported - {"*"} == set(pareta_openai.__all__) - {"__version__"}


def test_every_exception_is_public() -> None:
    defined = {n for n, v in vars(errors).items() if isinstance(v, type) and issubclass(v, errors.ParetaError)}
    assert defined <= set(pareta_openai.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'absent'"):
        pareta_openai.absent  # noqa: B018


def test_importing_the_package_alone_imports_no_openai() -> None:
    code = "import sys, pareta_openai; print(pareta_openai.__version__, 'openai' in sys.modules)"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.split() == [pareta_openai.__version__, "False"]


def test_a_client_imports_no_extra() -> None:
    code = (
        "import sys, openai; openai.OpenAI(api_key='x').chat.completions; before = set(sys.modules);"
        "from pareta_openai import OpenAI; client = OpenAI(api_key='pareta_sk_x');"
        "client.endpoints, client.tasks, client.chat.completions, client.models;"
        "print({'fastapi', 'uvicorn', 'typer', 'rich', 'pytest'} & (set(sys.modules) - before))"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.strip() == "set()"


def test_every_exception_says_where_it_stands_in_the_tree() -> None:
    """The tree in the docstring of `errors` is drawn by hand: it has to be true."""
    drawn: dict[str, str] = {}
    ancestors: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        before, marker, rest = line.partition("── ")
        if line.strip().startswith("ParetaError "):
            ancestors = ["ParetaError"]
        elif marker:
            name, depth = rest.split()[0], (len(before) - 5) // 4 + 1
            ancestors[depth:] = [name]
            drawn[name] = ancestors[depth - 1]
    assert set(drawn) == {
        n for n, v in vars(errors).items() if isinstance(v, type) and issubclass(v, errors.ParetaError)
    } - {"ParetaError"}
    for name, parent in drawn.items():
        assert getattr(errors, parent) in getattr(errors, name).__bases__, name
