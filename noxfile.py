"""The one door to every check: `nox -l` lists them, `make help` names the usual ways in."""

import os
import shutil
import tarfile
import zipfile
from itertools import chain
from pathlib import Path

import nox
from packaging.requirements import Requirement

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["lint", "types", "tests"]
nox.options.download_python = "never"

# The oldest supported and the newest of each major of openai.
OPENAIS = os.environ.get("OPENAIS", "1.66.0 1.* 2.0.0 2.* 3.0.0 3.*").split()
PYTHONS = os.environ.get("PYTHONS", "3.10 3.11 3.12 3.13").split()

# A shim of pyenv starts only the versions switched on; each version's own folder has it ready.
_pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
_folders = [str(folder) for version in PYTHONS for folder in _pyenv.glob(f"{version}.*/bin")]
os.environ["PATH"] = os.pathsep.join([*_folders, os.environ["PATH"]])

# A Python that is not on this machine is skipped, unless it was asked for by name or all are missing.
nox.options.error_on_missing_interpreters = "PYTHONS" in os.environ or not any(
    shutil.which(f"python{version}") for version in PYTHONS
)


def run_in_venv(session: nox.Session, *command: str) -> None:
    """Run a module with the locked versions in .venv, which the bootstrap makes where it has to."""
    session.run("sh", "tools/bootstrap.sh", external=True, log=False)
    session.run(".venv/bin/python", "-m", *command, external=True)


@nox.session(python=False)
def tests(session: nox.Session) -> None:
    """The tests on the locked versions."""
    run_in_venv(session, "pytest", *session.posargs)


@nox.session(python=False)
def lint(session: nox.Session) -> None:
    """ruff: rules and format."""
    run_in_venv(session, "ruff", "check")
    run_in_venv(session, "ruff", "format", "--check")


@nox.session(python=False)
def types(session: nox.Session) -> None:
    """mypy and pyright."""
    run_in_venv(session, "mypy")
    run_in_venv(session, "pyright", "--pythonpath", ".venv/bin/python")


@nox.session(python=False)
def build(session: nox.Session) -> None:
    """Wheel (from the sdist) and sdist in dist/, with what they must carry."""
    shutil.rmtree("dist", ignore_errors=True)
    run_in_venv(session, "build", "--no-isolation")
    [wheel] = Path("dist").glob("*.whl")
    [sdist] = Path("dist").glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        must_carry(session, archive.namelist(), "pareta_openai/py.typed", ".dist-info/licenses/LICENSE")
    with tarfile.open(sdist) as archive:
        must_carry(session, archive.getnames(), "/Makefile", "/requirements-dev.txt", "/tools/bootstrap.sh")


def must_carry(session: nox.Session, names: list[str], *endings: str) -> None:
    for ending in endings:
        if not any(name.endswith(ending) for name in names):
            session.error(f"*{ending} is missing from:\n" + "\n".join(names))


# openai 3 has a transport of its own.
WHAT_RUNS = """
import sys
from importlib.metadata import version
import openai
transport = "httpx2" if "httpx2" in sys.modules else "httpx"
print(f"openai {openai.__version__}, {transport} {version(transport)}, Python {sys.version.split()[0]}")
"""


def locked(*requirements: str) -> list[str]:
    """The lines of the lock for these requirements."""
    names = {Requirement(requirement).name for requirement in requirements}
    lines = Path("requirements-dev.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if Requirement(line).name in names]


@nox.session(python=PYTHONS)
@nox.parametrize("openai", OPENAIS)
def matrix(session: nox.Session, openai: str) -> None:
    """The tests on each openai and Python; OPENAIS and PYTHONS in the environment narrow it."""
    project = nox.project.load_toml("pyproject.toml")
    extras = project["project"]["optional-dependencies"].values()
    # The tests' own tools as locked. What openai brings is as new as this openai takes it.
    tools = locked(*nox.project.dependency_groups(project, "test"), *chain.from_iterable(extras))
    requirements = Path(session.create_tmp(), "requirements.txt")
    requirements.write_text("\n".join(tools), encoding="utf-8")
    session.install(f"openai=={openai}", "-e", ".[all]", "-r", str(requirements))
    session.run("python", "-c", WHAT_RUNS, log=False)
    session.run("python", "-m", "pytest", "-m", "not workshop", *session.posargs)
