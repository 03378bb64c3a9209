"""`install`: what openai's own classes build while it is in force, and that nothing is left of it."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import AsyncAzureOpenAI, AsyncOpenAI, AzureOpenAI, OpenAI

import pareta_openai
from pareta_openai import install
from pareta_openai.local import LocalPlatform, Organisation
from tests.support import MESSAGES, settle

pytestmark = pytest.mark.anyio

OPENAI_KEY = "sk-proj-0123456789"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, platform: LocalPlatform, organisation: Organisation) -> None:
    monkeypatch.setenv("PARETA_BASE_URL", platform.base_url)
    monkeypatch.setenv("PARETA_API_KEY", organisation.api_key)
    monkeypatch.setenv("OPENAI_API_KEY", OPENAI_KEY)


@pytest.fixture(autouse=True)
def module_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What openai keeps about calls of its module, as it is before any."""
    monkeypatch.setattr(openai, "api_type", "openai")
    yield
    openai.api_key = None
    openai._reset_client()  # type: ignore[attr-defined]


def state() -> list[dict[str, Any]]:
    return [dict(vars(holder)) for holder in (openai, OpenAI, AsyncOpenAI, AzureOpenAI, AsyncAzureOpenAI)]


@pytest.mark.parametrize("client_class", [OpenAI, AsyncOpenAI])
async def test_openais_own_classes_give_our_clients(client_class: Any, endpoint: str) -> None:
    ours = {OpenAI: pareta_openai.OpenAI, AsyncOpenAI: pareta_openai.AsyncOpenAI}[client_class]
    with install():
        client = client_class(max_retries=5)
        assert type(client) is ours
        assert isinstance(client, client_class)
        assert client.max_retries == 5
        completion = await settle(client.chat.completions.create(model=endpoint, messages=MESSAGES))
        assert completion.billed_micro_usd > 0
        with pytest.raises(pareta_openai.NotFoundError):
            await settle(client.with_options(timeout=9).chat.completions.create(model="ep_x", messages=MESSAGES))
    await settle(client.close())


async def test_everything_is_as_it_was_at_its_end() -> None:
    before = state()
    with install():
        assert state() != before
        with pytest.raises(ZeroDivisionError), install():
            raise ZeroDivisionError
    assert state() == before
    assert type(OpenAI()) is OpenAI
    installation = install()
    installation.uninstall()
    installation.uninstall()
    assert state() == before


async def test_clients_that_were_built_go_on_after_its_end(endpoint: str) -> None:
    with install():
        client = OpenAI()
    assert client.chat.completions.create(model=endpoint, messages=MESSAGES).choices
    assert type(client.with_options(timeout=3)) is pareta_openai.OpenAI


async def test_calls_of_the_module_are_on_pareta(endpoint: str) -> None:
    with install(model_aliases={"gpt-4o": endpoint}):
        completion: Any = openai.chat.completions.create(model="gpt-4o", messages=MESSAGES)
        assert completion.billed_micro_usd > 0
        assert [model.id for model in openai.models.list()] == [endpoint]


async def test_calls_of_a_module_that_points_elsewhere_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai, "base_url", "http://127.0.0.1:9")
    monkeypatch.setattr(openai, "max_retries", 0)
    with install(), pytest.raises(openai.APIConnectionError) as caught:
        openai.models.list()
    assert not isinstance(caught.value, pareta_openai.ParetaError)


async def test_the_modules_own_client_is_put_back() -> None:
    openai.api_key = OPENAI_KEY
    openai.models.with_raw_response  # noqa: B018
    its_own = openai._client  # type: ignore[attr-defined]
    with install():
        openai.models.with_raw_response  # noqa: B018
        assert type(openai._client) is pareta_openai.OpenAI  # type: ignore[attr-defined]
    assert openai._client is its_own  # type: ignore[attr-defined]


async def test_what_points_elsewhere_is_left_alone() -> None:
    class Mine(OpenAI):
        """A subclass, for which there is `wrap`."""

    with install():
        for client in (
            OpenAI(base_url="http://localhost:11434/v1"),
            OpenAI(base_url="https://api.openai.com/v1"),
            AzureOpenAI(api_key="x", azure_endpoint="https://a.example", api_version="2024-06-01"),
            Mine(),
        ):
            assert not isinstance(client, pareta_openai.OpenAI)
            assert client.api_key in (OPENAI_KEY, "x")


async def test_one_that_names_paretas_address_is_a_client_of_ours(platform: LocalPlatform) -> None:
    with install():
        assert type(OpenAI(base_url=f"{platform.base_url}/v1")) is pareta_openai.OpenAI


async def test_openais_key_and_account_are_not_taken_along(organisation: Organisation) -> None:
    with install():
        headers = {"X-Key": OPENAI_KEY, "Authorization": f"Bearer {OPENAI_KEY}", "X-Team": "search"}
        headers["OpenAI-Project"] = "proj-1"
        client = OpenAI(api_key=OPENAI_KEY, organization="org-1", project="proj-1", default_headers=headers)
        assert client.api_key == organisation.api_key
        assert client.organization is None
        assert client.project is None
        sent = dict(client.default_headers)
        assert OPENAI_KEY not in str(sent)
        assert "proj-1" not in str(sent)
        assert sent["X-Team"] == "search"
        other = "pareta_sk_other_0123456789"
        assert OpenAI(api_key=other).api_key == other


async def test_without_a_key_for_pareta_the_constructor_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PARETA_API_KEY")
    with install(), pytest.raises(pareta_openai.ParetaError, match="set PARETA_API_KEY"):
        OpenAI(api_key=OPENAI_KEY)


async def test_the_last_ones_options_count(endpoint: str) -> None:
    with install(model_aliases={"a": endpoint}) as outer:
        with install(model_aliases={"b": endpoint}):
            assert OpenAI().model_aliases == {"b": endpoint}  # type: ignore[attr-defined]
            outer.uninstall()
            assert OpenAI().model_aliases == {"b": endpoint}  # type: ignore[attr-defined]
        assert type(OpenAI()) is OpenAI


async def test_one_that_was_wrapped_around_ours_since_stays() -> None:
    built: list[Any] = []
    its_own = OpenAI.__init__
    installation = install()
    ours = OpenAI.__init__

    def noted(self: Any, **arguments: Any) -> None:
        built.append(self)
        ours(self, **arguments)

    OpenAI.__init__ = noted  # type: ignore[method-assign]
    try:
        installation.uninstall()
        assert type(OpenAI()) is OpenAI
        assert len(built) == 1
    finally:
        OpenAI.__init__ = its_own  # type: ignore[method-assign]


async def test_it_says_once_on_the_log_what_it_did(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "pareta_openai"), install():
        OpenAI()
        OpenAI()
        with install():
            OpenAI()
    [record] = [record for record in caplog.records if record.name == "pareta_openai"]
    assert "AzureOpenAI and other subclasses are left alone" in record.getMessage()


async def test_threads_may_install_and_build_at_once() -> None:
    before = state()
    start = threading.Barrier(8)

    def work(number: int) -> list[bool]:
        start.wait()
        found = []
        for _ in range(40):
            with install(call_timeout=number + 1.0):
                client = OpenAI()
                found.append(type(client) is pareta_openai.OpenAI)
                client.close()
        return found

    with ThreadPoolExecutor(8) as pool:
        assert all(all(found) for found in pool.map(work, range(8)))
    assert state() == before


def run_python(code: str, **variables: str) -> str:
    import os

    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, **variables}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_openai_may_be_imported_later() -> None:
    code = """
import sys
from pareta_openai import install
install()
assert "openai" not in sys.modules
from openai import OpenAI
print(type(OpenAI()).__name__)
"""
    assert run_python(code) == "ParetaOpenAI\n"


def test_one_that_ended_before_openai_was_imported_leaves_it_alone() -> None:
    code = """
from pareta_openai import install
with install():
    pass
import openai
print(type(openai.OpenAI()).__name__, openai.OpenAI.__init__.__module__)
"""
    assert run_python(code) == "OpenAI openai._client\n"


def test_each_place_that_builds_a_client_is_recorded_for_the_codemod(tmp_path: Path) -> None:
    program = tmp_path / "app.py"
    program.write_text(
        "import openai\n"
        "from openai import AsyncOpenAI as Client\n"
        "from pareta_openai import install\n"
        "install()\n"
        "for _ in range(2):\n"
        "    client = openai.OpenAI(\n"
        "        timeout=3,\n"
        "    )\n"
        "other = (lambda: Client())()\n"
        "openai.models.list()\n"
        "openai.OpenAI(base_url='http://localhost:11434/v1')\n"
    )
    log = tmp_path / "log.jsonl"
    run_python(f"import runpy; runpy.run_path({str(program)!r})", PARETA_MIGRATION_LOG=str(log))
    entries = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert entries == [
        {"file": str(program), "line": line, "name": name}
        for line, name in [(6, "openai.OpenAI"), (6, "openai.OpenAI"), (9, "openai.AsyncOpenAI"), (10, "openai")]
    ]
