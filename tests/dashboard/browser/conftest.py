"""A headless Chromium, a page in it for each test, and a platform that it looks at.

``CHROMIUM`` names the browser; else it is the ``chromium`` on the path.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pareta_openai.local import LocalPlatform
from tests.local.conftest import Caller

ELSEWHERE = "pareta.example"
"""What the browser calls this machine too, as another machine's would."""
SCREENSHOTS = Path(os.environ.get("SCREENSHOTS", Path(__file__).parents[3] / "build" / "screenshots"))


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Not even looked at but with ``-m browser``: playwright is in an environment of its own."""
    return None if config.option.markexpr == "browser" else True


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert chromium, "Chromium is not on the path: install it, or name it in CHROMIUM"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=[f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1"]
        )
        yield browser
        browser.close()


@pytest.fixture
def platform() -> Iterator[LocalPlatform]:
    """One for each test, so that nobody else is in its log."""
    with LocalPlatform() as platform:
        yield platform


@pytest.fixture
def call(platform: LocalPlatform) -> Caller:
    """Calls as the default organisation."""
    return Caller(platform.base_url, platform.api_key)


@pytest.fixture
def open_page(browser: Any, request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """Opens a URL in a window of its own. What goes wrong in any of them fails the test; each leaves a screenshot."""
    opened: list[tuple[Any, list[str]]] = []

    def open_page(url: str, *, width: int = 1280, height: int = 900, **settings: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, **settings)
        context.set_default_timeout(30_000)
        page = context.new_page()
        problems: list[str] = []
        # The browser tells of every refusal.
        page.on("console", lambda said: "Failed to load resource" in said.text or problems.append(said.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        origin = url.rstrip("/").removesuffix("/docs")
        page.on("request", lambda sent: sent.url.startswith(origin) or problems.append(f"asked for {sent.url}"))
        opened.append((page, problems))
        page.goto(url)
        return page

    yield open_page
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"\W+", "-", request.node.name).strip("-")
    for number, (page, problems) in enumerate(opened):
        page.screenshot(path=SCREENSHOTS / f"{name}{f'-{number}' if number else ''}.png")
        page.context.close()
        assert problems == []


@pytest.fixture
def page(platform: LocalPlatform, open_page: Callable[..., Any]) -> Any:
    """The dashboard, with a log that is being watched."""
    from playwright.sync_api import expect

    page = open_page(platform.base_url)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    return page
