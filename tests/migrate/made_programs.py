"""Programs made at random out of what people do with openai, in every layout that Python takes."""

from __future__ import annotations

import textwrap

from hypothesis import strategies as st

IMPORTS = (
    "import openai",
    "import openai as oai",
    "import os, openai  # both",
    "from openai import OpenAI",
    "from openai import OpenAI as Client, RateLimitError",
    "from openai import (\n    AsyncOpenAI,  # the fast one\n    APIStatusError,\n)",
    "from openai import *",
    "from openai import AzureOpenAI, OpenAI; import sys",
    "from openai.types.chat import ChatCompletion",
    "import openai.types as kinds",
    "from pareta_openai import OpenAI",
    "from pareta import Pareta",
    "try:\n    from openai import OpenAI\nexcept ImportError:\n    OpenAI = None",
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from openai import AsyncOpenAI",
)

CLASSES = ("OpenAI", "Client", "openai.OpenAI", "oai.AsyncOpenAI", "AsyncOpenAI", "openai.AzureOpenAI", "Pareta")

ARGUMENTS = (
    'api_key=os.environ["OPENAI_API_KEY"]',
    'api_key=os.getenv("OPENAI_API_KEY", "sk-none")',
    'api_key="sk-1"',
    'base_url="https://api.openai.com/v1"',
    'base_url="http://localhost:11434/v1"',
    "base_url=somewhere",
    'organization="org-1"',
    "project = None",
    "timeout=20  # seconds\n",
    "max_retries=\\\n 3",
    'azure_endpoint="https://one.openai.azure.com"',
    'azure_deployment="four"',
    "**settings",
)

STATEMENTS = (
    'print("openai", f"{client!r} of openai")',
    "# openai: a note",
    'answer = client.chat.completions.create(model="gpt-4o", messages=[])',
    'answer = openai.chat.completions.create(model="gpt-4o-mini", messages=[])',
    'client.responses.create(model="gpt-4o", input="hello")',
    "client.files.list()",
    "openai.api_key = key",
    "OpenAI = object",
    "def shadow(OpenAI, openai=None):\n    return OpenAI(openai)",
    "try:\n    pass\nexcept openai.APIStatusError as e:\n    if e.status_code == 402: raise\n    print(e.code)",
    "try: pass\nexcept (RateLimitError, oai.APIError): pass",
    'with patch("app.llm.OpenAI") as fake: fake()',
    'key = os.environ["OPENAI_API_KEY"]',
    "client = None",
    "del client",
    'é = "ünïcode: openai"',
    '"""openai\nin a text\n"""',
    "same = isinstance(client, (OpenAI, Client))",
    "def give() -> OpenAI: return client",
    "other = client.with_options(timeout=1)",
    "x = [OpenAI() for OpenAI in kinds]",
)


def constructions() -> st.SearchStrategy[str]:
    arguments = st.lists(st.sampled_from(ARGUMENTS), max_size=4, unique_by=lambda text: text.partition("=")[0])
    layout = st.sampled_from((", ", ",", ",\n        ", " ,  "))
    return st.builds(
        lambda name, given, apart, last, target: f"{target}{name}({_listed(given, apart, last)})",
        st.sampled_from(CLASSES),
        arguments,
        layout,
        st.booleans(),
        st.sampled_from(("client = ", "", "client: object = ", "return_value = client or ")),
    )


def _listed(arguments: list[str], apart: str, last: bool) -> str:
    # A comment ends its line: what follows it starts on the next.
    text = "".join(f"{each}{apart}" if not each.endswith("\n") else f"{each} {apart}" for each in arguments)
    return text if last or not arguments else text.rstrip(" ,\n")


def blocks() -> st.SearchStrategy[str]:
    plain = st.one_of(st.sampled_from(IMPORTS), st.sampled_from(STATEMENTS), constructions())
    heads = st.sampled_from(
        ("def f(client: OpenAI = None):", "class A:", "if key:", "async def g(openai):", "for client in ():")
    )
    return st.recursive(
        plain,
        lambda inner: st.builds(
            lambda head, body, indent: f"{head}\n" + textwrap.indent("\n".join([*body, "pass"]), indent),
            heads,
            st.lists(inner, min_size=1, max_size=3),
            st.sampled_from(("    ", "\t", "  ")),
        ),
        max_leaves=5,
    )


def programs() -> st.SearchStrategy[bytes]:
    """Bytes of files that parse."""
    return st.builds(
        _laid_out,
        st.lists(st.one_of(st.sampled_from(IMPORTS), blocks()), min_size=1, max_size=8),
        st.sampled_from(("\n", "\r\n")),
        st.sampled_from((b"", b"\xef\xbb\xbf")),
        st.booleans(),
        st.booleans(),
    ).filter(_parses)


def _laid_out(parts: list[str], newline: str, mark: bytes, ends: bool, latin: bool) -> bytes:
    text = "\n".join(["import os", *parts]) + ("\n" if ends else "")
    if latin and not mark:
        return f"# -*- coding: latin-1 -*-\n{text}".replace("\n", newline).encode("latin-1")
    return mark + text.replace("\n", newline).encode()


def _parses(data: bytes) -> bool:
    try:
        compile(data, "<made>", "exec")
    except SyntaxError:
        return False
    return True
