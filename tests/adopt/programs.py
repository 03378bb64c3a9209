"""Programs as they were written for OpenAI, each beside the same one edited by hand, and how they are run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from pareta_openai.local import LocalPlatform

FOLDER = Path(__file__).parents[1] / "programs"
SAMPLE = ["async_streaming", "errors", "module_level"]
PROGRAMS = sorted(path.stem for path in (FOLDER / "unedited").iterdir() if not path.name.startswith("__"))
ALIASES = "gpt-4o-mini=ep_invoice_kie,gpt-4o=ep_contract_kie"
RUN = (sys.executable, "-m", "pareta_openai", "run", "--")
OPENAI_KEY = "sk-proj-0123456789"


def environment(platform: LocalPlatform, **variables: str) -> dict[str, str]:
    """What a program finds in its environment, with OpenAI's key in it."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "PARETA_"))}
    return {
        **inherited,
        "OPENAI_API_KEY": OPENAI_KEY,
        "PARETA_API_KEY": platform.api_key,
        "PARETA_BASE_URL": platform.base_url,
        **variables,
    }


def run(*command: str, platform: LocalPlatform, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=environment(platform, **variables), cwd=cwd, capture_output=True, text=True, timeout=120
    )


def command(kind: str, program: str) -> list[str]:
    path = FOLDER / kind / program
    if path.is_dir():
        return [sys.executable, "-m", program]
    if path.with_suffix(".ipynb").exists():
        return [sys.executable, "-m", "IPython", "--colors=NoColor", f"{path}.ipynb"]
    return [sys.executable, f"{path}.py"]


def require_the_same_output(program: str, folder: Path) -> None:
    """Of a program that is run as it is, and of the one that was edited."""
    with LocalPlatform() as platform:
        unedited = run(
            *RUN,
            *command("unedited", program),
            platform=platform,
            cwd=FOLDER / "unedited",
            PARETA_MODEL_ALIASES=ALIASES,
            IPYTHONDIR=str(folder),
        )
        edited = run(*command("edited", program), platform=platform, cwd=FOLDER / "edited", IPYTHONDIR=str(folder))
    assert edited.returncode == 0, edited.stderr
    assert unedited.returncode == 0, unedited.stderr
    assert edited.stdout.strip()
    assert unedited.stdout == edited.stdout
