"""The local platform, and clients of both kinds for it. Every test has an organisation of its own."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import openai
import pytest

from pareta_openai import AsyncOpenAI, OpenAI
from pareta_openai.local import LocalPlatform, Organisation
from tests.support import ScriptedServer, scripted_server, settle

# How long an example takes says more of the machine than of what is tested.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


# For the tests of the plugin for users' tests; pytest takes this here and nowhere deeper.
pytest_plugins = ("pytester",)

ROOT = Path(__file__).parent.parent
CERTIFICATE = Path(__file__).parent / "data" / "certificate.pem"


def pytest_report_header() -> str:
    return f"openai {openai.__version__}"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the developer's own shell holds decides no test."""
    import os

    for name in list(os.environ):
        if name.startswith(("OPENAI_", "PARETA_")):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def one_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every client reads the authorities that it trusts, which takes 30 ms; no test talks TLS."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))


@pytest.fixture(scope="session")
def platform() -> Iterator[LocalPlatform]:
    with LocalPlatform() as running:
        yield running


@pytest.fixture
def organisation(platform: LocalPlatform) -> Organisation:
    """With $5, and one live endpoint for invoices."""
    return platform.create_organisation(endpoints=("invoice-extraction",))


@pytest.fixture
def endpoint(organisation: Organisation) -> str:
    """The id of the organisation's live endpoint."""
    return organisation.endpoints[0]


@pytest.fixture(params=["sync", "async"])
async def build(request: pytest.FixtureRequest) -> AsyncIterator[Callable[..., Any]]:
    """Builds clients, sync in one run of the test and async in the other, and closes them."""
    built: list[Any] = []

    def build(**arguments: Any) -> Any:
        client_class = OpenAI if request.param == "sync" else AsyncOpenAI
        built.append(client_class(**{"max_retries": 0, **arguments}))
        return built[-1]

    yield build
    for client in built:
        await settle(client.close())


@pytest.fixture
def client(build: Callable[..., Any], platform: LocalPlatform, organisation: Organisation) -> Any:
    """A client of the organisation's, without retries."""
    return build(api_key=organisation.api_key, base_url=platform.base_url)


@pytest.fixture
def script() -> Iterator[ScriptedServer]:
    """A server for the answers that the platform does not give."""
    with scripted_server() as server:
        yield server


@pytest.fixture
def scripted(build: Callable[..., Any], script: ScriptedServer) -> Any:
    """A client of the scripted server, without retries."""
    return build(api_key="pareta_sk_scripted_0123456789", base_url=script.base_url)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that has the plugin installed as pyproject.toml says it is, whatever this environment has."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    section = re.search(r"\[project\.entry-points\.pytest11\]\n(.*\n)", project)
    assert section is not None
    folder = tmp_path_factory.mktemp("installed")
    about = folder / "pareta_openai_plugin-0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: pareta-openai-plugin\nVersion: 0\n")
    (about / "entry_points.txt").write_text("[pytest11]\n" + section[1].replace('"', ""))
    return folder
