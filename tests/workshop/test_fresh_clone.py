"""make, as it greets someone who has just cloned the project.

All tests share one clone, because making .venv takes long.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.workshop,
    pytest.mark.xdist_group("fresh clone"),
    pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed"),
]

# What an outer make or pytest hands down, and what would pick the Python.
INHERITED = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "PYTEST_ADDOPTS", "ARGS", "PYTHON", "UV")

# The whole suite but this one: it must not run itself.
COLLECT = "ARGS=--collect-only -q -m 'not workshop'"


class Clone:
    def __init__(self, root: Path, path: str) -> None:
        self.root = root
        self.path = path

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if name not in INHERITED}
        return subprocess.run(
            ["make", *arguments],
            cwd=self.root,
            env={**inherited, "PATH": self.path, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def make(self, *arguments: str, **environment: str) -> str:
        done = self.run(*arguments, **environment)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def installed(self) -> dict[str, int]:
        return {
            path.name: path.stat().st_mtime_ns for path in self.root.glob(".venv/lib/python*/site-packages/*.dist-info")
        }


@pytest.fixture(scope="module")
def clone(shipped: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    root = tmp_path_factory.mktemp("fresh clone")
    for name, path in shipped.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, root / name)
    clone = Clone(root, path_without_uv(tmp_path_factory))
    try:
        assert "and pip" in clone.make("venv")
        yield clone
    finally:
        shutil.rmtree(root / ".venv")  # too large to leave behind


def path_without_uv(tmp_path_factory: pytest.TempPathFactory) -> str:
    folders = []
    for folder in map(Path, os.get_exec_path()):
        if (folder / "uv").exists():
            # Commands that make needs may lie beside it.
            stand_in = tmp_path_factory.mktemp("commands")
            for command in folder.iterdir():
                if command.name != "uv":
                    (stand_in / command.name).symlink_to(command)
            folders.append(stand_in)
        else:
            folders.append(folder)
    return os.pathsep.join(map(str, folders))


@pytest.fixture(scope="module")
def path_with_uv(clone: Clone, tmp_path_factory: pytest.TempPathFactory) -> str:
    from uv import find_uv_bin

    folder = tmp_path_factory.mktemp("uv")
    (folder / "uv").symlink_to(find_uv_bin())
    return os.pathsep.join([str(folder), clone.path])


def test_a_second_run_installs_nothing(clone: Clone) -> None:
    before = clone.installed()
    output = clone.make("test", COLLECT)
    assert "collected" in output
    assert ".venv with" not in output
    assert clone.installed() == before


def test_the_demo_runs(clone: Clone) -> None:
    clone.make("demo")


def test_a_missing_python_is_named_and_leaves_venv_alone(clone: Clone) -> None:
    before = clone.installed()
    refused = clone.run("venv", "PYTHON=no-such-python")
    assert refused.returncode != 0
    assert "No suitable Python" in refused.stdout
    assert clone.installed() == before


def test_a_half_made_venv_is_made_anew_with_uv_in_an_odd_environment(
    clone: Clone, path_with_uv: str, tmp_path: Path
) -> None:
    (clone.root / ".venv/bootstrapped").unlink()
    (clone.root / ".venv/bin/python").unlink()
    elsewhere = str(tmp_path / "elsewhere")
    output = clone.make(
        "test",
        COLLECT,
        PATH=path_with_uv,
        PYTHONPATH=elsewhere,
        PYTHONHOME=elsewhere,
        VIRTUAL_ENV=elsewhere,
        PIP_TARGET=elsewhere,
        PIP_USER="1",
    )
    assert "and uv" in output
    assert "collected" in output
    assert not Path(elsewhere).exists()


def test_a_changed_pyproject_updates_venv(clone: Clone, path_with_uv: str) -> None:
    with (clone.root / "pyproject.toml").open("a", encoding="utf-8") as pyproject:
        pyproject.write("\n")
    assert "Updating .venv with uv" in clone.make("venv", PATH=path_with_uv)
    assert clone.make("venv", PATH=path_with_uv) == ""
