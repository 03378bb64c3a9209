"""`import pareta_openai as openai`: the names of the installed openai, and calls of the module."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import openai as openais
import pytest

import pareta_openai as openai
from pareta_openai import module_level
from pareta_openai.local import LocalPlatform, Organisation
from tests.support import MESSAGES, ScriptedServer

KEY = "pareta_sk_module_0123456789"
OPENAIS_NAMES = [name for name in dir(openais) if not name.startswith("_")]


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Sets what a program assigns to the module, and takes it back."""
    yield monkeypatch
    module_level.reset()


@pytest.fixture
def calling(module: pytest.MonkeyPatch, script: ScriptedServer) -> ScriptedServer:
    """A server that the module's calls go to."""
    module.setattr(openai, "api_key", KEY)
    module.setattr(openai, "base_url", script.base_url)
    return script


@pytest.mark.parametrize("name", OPENAIS_NAMES)
def test_every_public_name_of_openai_is_served(name: str) -> None:
    value = getattr(openai, name)
    assert name in dir(openai)
    theirs = vars(openais).get(name)
    if issubclass(type(theirs), type) and name not in openai.__all__:
        assert value is theirs


def test_from_imports_find_ours_first_and_then_openais() -> None:
    from pareta_openai import AsyncClient, AzureOpenAI, Client, OpenAI, RateLimitError, Timeout

    assert Client is OpenAI is not openais.OpenAI
    assert AsyncClient is openai.AsyncOpenAI
    assert (AzureOpenAI, Timeout) == (openais.AzureOpenAI, openais.Timeout)
    assert issubclass(RateLimitError, openais.RateLimitError)
    assert RateLimitError is not openais.RateLimitError


def test_types_and_resources_have_openais_beside_ours() -> None:
    assert openai.types.EvalRun.__module__.startswith("pareta_openai")
    assert openai.types.CompletionUsage is openais.types.CompletionUsage
    assert openai.types.chat.ChatCompletionMessage is openais.types.chat.ChatCompletionMessage
    assert openai.types.chat.ChatCompletionMessageParam is openais.types.chat.ChatCompletionMessageParam
    assert openai.resources.Chat is openais.resources.Chat


def test_asking_for_a_part_of_the_package_imports_no_openai() -> None:
    code = (
        "import sys, pareta_openai as openai; from pareta_openai import local, cli; openai.api_key = 'pareta_sk_x';"
        "print(hasattr(openai, '_private'), 'openai' in sys.modules)"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.split() == ["False", "False"]


def test_checkers_see_every_name_of_the_openai_that_the_stub_was_made_for() -> None:
    stub = ast.parse(Path(openai.__file__).with_name("openai_names.py").read_text(encoding="utf-8"))
    seen = {*openai.__all__, "types", "resources"}
    for node in ast.walk(stub):
        if isinstance(node, ast.ImportFrom):
            seen |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            seen.add(node.target.id)
    # What openai imports for itself, its settings for other clouds, its modules, and what openai 1 took away.
    seen |= {"annotations", "override", "admin_api_key", *module_level._OTHER_CLOUDS}
    for name in OPENAIS_NAMES:
        kind = type(vars(openais).get(name))
        if issubclass(kind, ModuleType) or kind.__module__ == "openai.lib._old_api":
            seen.add(name)
    made_for = (3, 54, 0)
    is_newer = tuple(int(part) for part in openais.__version__.split(".")[:3]) > made_for
    assert {name for name in OPENAIS_NAMES if name not in seen} == set() or is_newer


def test_module_level_code_runs(
    module: pytest.MonkeyPatch, platform: LocalPlatform, organisation: Organisation, endpoint: str
) -> None:
    module.setattr(openai, "api_key", organisation.api_key)
    module.setattr(openai, "base_url", platform.base_url)
    assert [model.id for model in openai.models.list()] == [endpoint]
    answer = openai.chat.completions.create(model=endpoint, messages=MESSAGES)
    assert answer.billed_micro_usd
    chunks = openai.chat.completions.create(model=endpoint, messages=MESSAGES, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert openai.tasks.match("read invoices").chosen
    deployed = openai.endpoints.deploy(task="invoice-extraction", wait=True, name="ep_module")
    assert deployed.id == "ep_module"


def test_module_level_code_runs_on_the_environment_alone(
    module: pytest.MonkeyPatch, platform: LocalPlatform, organisation: Organisation, endpoint: str
) -> None:
    module.setenv("PARETA_API_KEY", organisation.api_key)
    module.setenv("PARETA_BASE_URL", platform.base_url)
    assert [model.id for model in openai.models.list()] == [endpoint]


def test_settings_read_as_openais_do_before_they_are_set() -> None:
    assert openai.api_key is None
    assert openai.base_url is None
    assert openai.http_client is None
    assert openai.timeout == openais.DEFAULT_TIMEOUT
    assert openai.max_retries == openais.DEFAULT_MAX_RETRIES


def test_openais_own_settings_are_never_read(module: pytest.MonkeyPatch) -> None:
    module.setattr(openais, "api_key", "sk-canary")
    module.setattr(openais, "organization", "org-canary")
    module.setattr(openais, "azure_ad_token", "canary", raising=False)
    assert openai.api_key is openai.organization is openai.azure_ad_token is None
    with pytest.raises(openai.ParetaError, match="set PARETA_API_KEY"):
        openai.models.list()


def test_a_changed_setting_holds_for_the_next_call(calling: ScriptedServer, module: pytest.MonkeyPatch) -> None:
    headers: dict[str, str] = {"x-mine": "one"}
    module.setattr(openai, "default_headers", headers)
    openai.chat.completions.create(model="ep", messages=MESSAGES)
    before = module_level.client()
    assert module_level.client() is before
    headers["x-mine"] = "two"
    module.setattr(openai, "model_aliases", {"ep": "ep_two"})
    openai.chat.completions.create(model="ep", messages=MESSAGES)
    before.close()
    assert [received.json["model"] for received in calling.received] == ["ep", "ep_two"]
    assert [b"one" in received.raw for received in calling.received] == [True, False]
    assert b"two" in calling.received[1].raw


def test_a_namespace_may_be_taken_before_the_key_is_set(calling: ScriptedServer, module: pytest.MonkeyPatch) -> None:
    module.setattr(openai, "api_key", None)
    chat = openai.chat
    assert "chat" in repr(chat)
    module.setattr(openai, "api_key", KEY)
    assert chat.completions.create(model="ep", messages=MESSAGES).choices[0].message.content == "Hello"
    assert "completions" in dir(chat)
    assert len(calling.received) == 1


def test_a_key_of_openais_is_refused(calling: ScriptedServer, module: pytest.MonkeyPatch) -> None:
    module.setattr(openai, "api_key", "sk-canary")
    with pytest.raises(openai.ParetaError, match="looks like an OpenAI secret"):
        openai.chat.completions.create(model="ep", messages=MESSAGES)
    assert not calling.received


@pytest.mark.parametrize(("name", "value"), [("api_type", "azure"), ("azure_endpoint", "https://me.example")])
def test_settings_for_another_cloud_are_refused(
    calling: ScriptedServer, module: pytest.MonkeyPatch, name: str, value: Any
) -> None:
    module.setattr(openai, name, value)
    with pytest.raises(openai.ParetaError, match=f"pareta_openai.{name} is set.*AzureOpenAI"):
        openai.chat.completions.create(model="ep", messages=MESSAGES)
    assert not calling.received
