"""Makes the pictures in ``docs/dashboard.md``: ``nox -s pictures``, with Chromium as the tests want it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from pareta_openai.local import LocalPlatform, faults
from tests.local.conftest import Caller

FOLDER = Path(__file__).parents[3] / "docs"


def main() -> None:
    with sync_playwright() as playwright, LocalPlatform() as platform:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"))
        wide = opened(browser, platform, width=1360, height=960, scheme="light")
        work(platform)
        expect(wide.locator(".point")).to_have_count(5)
        expect(wide.locator(".row")).to_have_count(10)
        expect(wide.locator(".fault")).to_have_count(1)
        wide.screenshot(path=FOLDER / "dashboard.png")
        phone = opened(browser, platform, width=390, height=844, scheme="dark")
        phone.locator(".row").nth(1).click()
        expect(phone.get_by_label("Response body")).to_be_visible()
        phone.evaluate("document.getElementById('requests').scrollIntoView()")
        phone.screenshot(path=FOLDER / "dashboard-phone.png")
        browser.close()


def opened(browser: Browser, platform: LocalPlatform, *, width: int, height: int, scheme: str) -> Page:
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    page.goto(platform.base_url)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    return page


def work(platform: LocalPlatform) -> None:
    """What a morning leaves in the log."""
    call = Caller(platform.base_url, platform.api_key)
    items = [{"input": f"Contract {n}", "expected": {"party": f"A{n}", "date": "2025-01-01"}} for n in range(60)]
    eval_set = call.upload(items).json()["eval_set"]["id"]
    candidates = ("contract-kie-1", "contract-kie-2", "gpt-5.1", "claude-sonnet-4-5", "gemini-2.5-flash")
    run = call.run(eval_set, *candidates).json()["run_id"]
    call("GET", f"/v1/eval-runs/{run}")
    for number in range(2040, 2043):
        text = f"Invoice {number}, Hansen Tools, 54.00 EUR"
        call.chat(text, model="ep_invoice_kie", key=f"invoice-{number}")
    home = "/_local/organisations/org_default"
    call("POST", f"{home}/endpoints/ep_contract_kie/cool")
    call.chat("Which parties does the contract name?", model="ep_contract_kie", stream=True)
    call("POST", f"{home}/endpoints/ep_contract_kie/start")
    call.chat("Which parties does the contract name?", model="ep_contract_kie", stream=True)
    call("POST", f"{home}/faults", {**faults.status(429, retry_after=5).document, "times": 2})
    call.chat("Invoice 2043, Hansen Tools, 12.50 EUR", model="ep_invoice_kie", key="invoice-2043")
    call("GET", "/v1/models")
    call("POST", f"{home}/faults", {"fault": "answer_lost", "on": "createChatCompletion", "times": 1})


if __name__ == "__main__":
    main()
