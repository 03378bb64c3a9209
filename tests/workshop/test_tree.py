"""What the project's files say, and must not say."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.workshop

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(
            r"(?:pypi|pythonhosted|npmjs|debian)[.]org|--(?:extra-)?index-url|--find-link[s]|/simple[/]",
            id="address of a package index",
        ),
        pytest.param(r"/home/[\w.-]+/|/root[/]|/Users/[\w.-]+/|[A-Z]:\\+Users\\", id="home directory"),
    ],
)
def test_no_file_names_a_place_of_one_machine(pattern: str, shipped: dict[str, Path]) -> None:
    found = [
        f"{name}:{number}: {line.strip()}"
        for name, path in shipped.items()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert found == []


def test_the_lock_answers_every_requirement() -> None:
    import nox.project
    from packaging.requirements import Requirement

    project = nox.project.load_toml(ROOT / "pyproject.toml")
    extras = project["project"]["optional-dependencies"]
    wanted = [
        *project["project"]["dependencies"],
        *(requirement for name, extra in extras.items() if name != "all" for requirement in extra),
        *nox.project.dependency_groups(project, "dev"),
    ]
    lines = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines]
    for requirement in map(Requirement, wanted):
        # One line for all Pythons, or one for each range of them.
        versions = [next(iter(pin.specifier)).version for pin in pins if pin.name == requirement.name]
        assert versions, f"run make lock: {requirement} is not in it"
        assert all(map(requirement.specifier.contains, versions)), f"run make lock: {requirement}, {versions}"
