"""What the dashboard's page is made of, as it is served; `test_page` looks at it in a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pareta_openai.local import LocalPlatform, dashboard, faults
from pareta_openai.local.operations import contract_text
from tests.local.conftest import Answer, Caller

FOLDER = Path(dashboard.__file__).parent / "static"
FILES = sorted(file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*") if file.is_file())
SERVED = [name for name in FILES if not name.endswith("LICENSE")]


@pytest.fixture
def browse(platform: LocalPlatform) -> Caller:
    """A browser that was never here: no key."""
    return Caller(platform.base_url, None)


def test_the_page_is_at_the_root(browse: Caller) -> None:
    answer = browse("GET", "/")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<title>Pareta, local</title>" in answer.body.decode()


def test_the_reference_takes_nothing_from_elsewhere(browse: Caller) -> None:
    page = browse("GET", "/docs")
    assert page.status == 200
    assert re.findall(r'(?:src|href)="(.+?)"', page.body.decode()) == [
        "/dashboard/icon.svg",
        "/dashboard/style.css",
        "/dashboard/reference.js",
    ]
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert browse("GET", "/dashboard/contract.json").json() == json.loads(contract_text())
    assert browse("GET", "/redoc").status == 404


@pytest.mark.parametrize("name", SERVED)
def test_every_file_of_the_page_is_served_with_its_type(browse: Caller, name: str) -> None:
    answer = browse("GET", f"/dashboard/{name}")
    assert answer.status == 200
    assert answer.body == (FOLDER / name).read_bytes()
    kind = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
    assert answer.headers["Content-Type"].partition(";")[0] == kind[name.rpartition(".")[2]]


@pytest.mark.parametrize("path", ["/", "/dashboard/page.html", "/dashboard/dashboard.js", "/dashboard/icon.svg"])
def test_nothing_from_elsewhere_and_nothing_inline_may_run(browse: Caller, path: str) -> None:
    headers = browse("GET", path).headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert {policy[name] for name in ("script-src", "style-src", "img-src", "connect-src")} == {"'self'"}
    assert {policy[name] for name in ("base-uri", "form-action", "frame-ancestors")} == {"'none'"}
    assert policy["require-trusted-types-for"] == "'script'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path",
    [
        "/dashboard/",
        "/dashboard/absent.js",
        "/dashboard/../__init__.py",
        "/dashboard/..%2f__init__.py",
        "/dashboard/%2e%2e/choices.py",
        "/dashboard//etc/passwd",
        "/dashboard/lit-html/LICENSE",
        "/dashboard/panels",
        "/dashboard/page.html%00.js",
    ],
)
def test_no_other_file_can_be_had(browse: Caller, path: str) -> None:
    assert browse("GET", path).status == 404


def test_the_page_is_refused_to_another_host(browse: Caller) -> None:
    assert browse("GET", "/", headers={"Host": "pareta.example"}).status == 403


def test_a_platform_for_other_machines_shows_the_page_and_nothing_of_its_own() -> None:
    token = "an-admin-token-of-the-tests"
    with LocalPlatform(host="0.0.0.0", admin_token=token) as platform:
        browse = Caller(platform.base_url, None)
        paths = ("/", "/docs", "/dashboard/dashboard.js", "/_local/choices", "/_local/requests", "/_local/requests/x")
        assert [browse("GET", path).status for path in paths] == [200, 200, 200, 401, 401, 401]
        assert Caller(platform.base_url, token)("GET", "/_local/choices").status == 200


def test_no_file_names_another_host() -> None:
    own = [FOLDER / name for name in FILES if not name.startswith("lit-html/")]
    assert own
    found = [
        url for file in own for url in re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"'`]*", file.read_text("utf-8"))
    ]
    assert set(found) <= {"http://www.w3.org/2000/svg"}


def test_every_import_and_every_link_is_a_file_of_the_page() -> None:
    named = set()
    for name in SERVED:
        text = (FOLDER / name).read_text("utf-8")
        named |= {Path("/", name).parent.joinpath(path).resolve() for path in re.findall(r'from ?"(\..+?)"', text)}
        named |= {Path(path.removeprefix("/dashboard")) for path in re.findall(r'"(/dashboard/.+?)"', text)}
    assert Path("/lit-html/lit-html.js") in named
    assert named <= {Path("/", name) for name in [*SERVED, "contract.json"]}


def test_the_library_comes_with_its_licence() -> None:
    text = (FOLDER / "lit-html" / "LICENSE").read_text("utf-8")
    assert "BSD 3-Clause" in text
    assert "Google LLC" in text


def test_the_page_makes_no_html_of_strings() -> None:
    """lit-html does it, of its templates, which are constants."""
    own = [FOLDER / name for name in FILES if name.endswith(".js") and not name.startswith("lit-html/")]
    for file in own:
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacent|unsafe|document\.write|\beval\(", file.read_text("utf-8")
        )


@pytest.fixture
def choices(browse: Caller) -> Answer:
    return browse("GET", "/_local/choices")


def test_there_is_a_choice_of_what_the_platform_has(choices: Answer) -> None:
    found = choices.json()
    assert "contract-key-fields" in [task["id"] for task in found["tasks"]]
    assert all(task["models"] for task in found["tasks"])
    assert "createChatCompletion" in found["operations"]


def test_there_is_a_choice_of_every_fault_and_each_can_be_switched_on(
    browse: Caller, platform: LocalPlatform, choices: Answer
) -> None:
    """A fault that is new wants a label in `dashboard.choices`."""
    offered = [choice["fault"] for choice in choices.json()["faults"]]
    assert {fault["fault"] for fault in offered} == set(faults.__all__) - {"Fault", "header", "UNRESOLVABLE_URL"}
    path = f"/_local/organisations/{platform.create_organisation().id}/faults"
    assert {browse("POST", path, fault).status for fault in offered} == {201}
