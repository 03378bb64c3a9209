"""The dashboard as people use it: with a mouse, with the keyboard alone, on a phone, in the dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import openai
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from pareta_openai import InsufficientCreditsError, OpenAI
from pareta_openai.local import LocalPlatform, faults
from tests.dashboard.browser.conftest import ELSEWHERE
from tests.local.conftest import Caller
from tests.support import MESSAGES

pytestmark = pytest.mark.browser

HOSTILE = '"><img src=x onerror="window.hacked = 1"><script>window.hacked = 1<script>{{hacked}}${hacked}'


def panel(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=re.compile(f"^{title}"))


def rows(page: Page) -> Locator:
    return panel(page, "Requests").locator(".row")


def press(page: Page, name: str, within: str | None = None) -> None:
    place = panel(page, within) if within else page
    place.get_by_role("button", name=name, exact=True).click()


def create_organisation(page: Page, dollars: str) -> str:
    """A new organisation with so much; its key, as the page shows it this once."""
    press(page, "New…")
    page.get_by_label("Balance in dollars").fill(dollars)
    press(page, "Create")
    key = page.get_by_label("New key")
    expect(key).to_be_visible()
    return key.input_value()


def test_a_day_from_the_first_key_to_an_empty_balance_and_on(platform: LocalPlatform, page: Page) -> None:
    key = create_organisation(page, "0.0004")
    balance = page.locator("#balance")
    expect(balance).to_have_text("$0.000400")
    with OpenAI(api_key=key, base_url=platform.base_url, max_retries=0) as client:
        client.chat.completions.create(model="auto", messages=MESSAGES)
        expect(balance).to_have_text("$0.000200")
        press(page, "Send a call with it")
        expect(balance).to_have_text("$0.00")
        expect(panel(page, "Balance")).to_contain_text("Out of credit")
        with pytest.raises(InsufficientCreditsError):
            client.chat.completions.create(model="auto", messages=MESSAGES)
        expect(rows(page).first).to_contain_text("402")
        expect(rows(page).first).to_contain_text("out of credit")
        press(page, "Send a call with it")
        expect(page.locator("#try")).to_contain_text("402")
        page.get_by_label("Amount in dollars").fill("2.50")
        press(page, "Top up")
        expect(balance).to_have_text("$2.50")
        client.chat.completions.create(model="auto", messages=MESSAGES)
    expect(balance).to_have_text("$2.499800")
    expect(rows(page)).to_have_count(5)
    expect(rows(page).first).to_contain_text("$0.000200")
    press(page, "Done")
    expect(page.get_by_text("It is shown this once.")).to_have_count(0)
    assert key not in page.content()


def test_a_key_is_minted_used_and_revoked(platform: LocalPlatform, page: Page) -> None:
    press(page, "Mint a key")
    key = page.get_by_label("New key").input_value()
    with OpenAI(api_key=key, base_url=platform.base_url, max_retries=0) as client:
        assert client.models.list().data
        page.get_by_role("button", name=f"Revoke the key that ends in {key[-4:]}").click()
        expect(page.get_by_text(f"…{key[-4:]}", exact=True)).to_have_count(0)
        with pytest.raises(openai.AuthenticationError):
            client.models.list()
    expect(rows(page).first).to_contain_text("401")


def test_a_request_is_read_with_its_bodies_while_new_ones_wait(page: Page, call: Caller) -> None:
    call.chat("Which parties does the contract name?", stream=True, key="once")
    rows(page).first.click()
    details = panel(page, "Requests").locator(".details")
    expect(details.get_by_label("Request body")).to_contain_text('"content": "Which parties')
    expect(details.get_by_label("Response body")).to_contain_text("data: [DONE]")
    expect(details.get_by_label("Reply")).to_contain_text("You wrote: Which parties does the contract name?")
    expect(details).to_contain_text("createChatCompletion")
    expect(details).to_contain_text("once")
    call("GET", "/v1/models")
    waiting = page.get_by_role("button", name="1 new request")
    expect(waiting).to_be_visible()
    expect(rows(page)).to_have_count(1)
    waiting.click()
    expect(rows(page)).to_have_count(2)
    rows(page).nth(1).click()
    call("GET", "/v1/endpoints")
    expect(rows(page)).to_have_count(3)


def test_the_log_is_narrowed_paused_and_cleared(page: Page, call: Caller) -> None:
    call("GET", "/v1/models")
    call.chat(model="absent")
    call.chat("hello")
    expect(rows(page)).to_have_count(3)
    page.get_by_label("Problems").check()
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("No model 'absent'")
    page.get_by_label("Problems").uncheck()
    page.get_by_label("Show only requests with").fill("completions 200")
    expect(rows(page)).to_have_count(1)
    page.get_by_label("Show only requests with").fill("")
    press(page, "Pause")
    call.chat("later")
    expect(page.get_by_role("button", name="1 new request")).to_be_visible()
    expect(rows(page)).to_have_count(3)
    press(page, "Pause")
    expect(rows(page)).to_have_count(4)
    press(page, "Clear")
    expect(rows(page)).to_have_count(0)


def test_endpoints_are_deployed_and_moved_through_their_states(open_page: Callable[..., Page]) -> None:
    with LocalPlatform(deploy_seconds=600) as platform:
        page = open_page(platform.base_url)
        page.get_by_text("Deploy an endpoint").click()
        page.get_by_label("Task").select_option("review-sentiment")
        page.get_by_label("Name").fill("reviews")
        press(page, "Deploy")
        endpoint = panel(page, "Endpoints").get_by_role("listitem").filter(has_text="reviews")
        status = endpoint.locator(".status")
        expect(status).to_contain_text("starting")
        press(page, "Move the clock one hour on")
        expect(status).to_have_text("live")
        press(page, "Make cold: reviews")
        expect(status).to_have_text("cold")
        press(page, "Stop: reviews")
        expect(status).to_have_text("stopped")
        press(page, "Start: reviews")
        expect(status).to_contain_text("starting")
        press(page, "Fail: reviews")
        expect(status).to_have_text("failed")
        expect(endpoint).to_contain_text("GPU pool exhausted")
        press(page, "Deploy")
        expect(page.get_by_role("alert")).to_contain_text("'reviews' exists already")


def test_the_clock_is_moved(platform: LocalPlatform, page: Page) -> None:
    for step in ("minute", "hour", "day"):
        press(page, f"Move the clock one {step} on")
    expect(page.get_by_text("1 day 1 h 1 min ahead")).to_be_visible()
    assert platform.clock.ahead == 60 + 3600 + 86400


def test_faults_are_switched_on_and_off(page: Page, call: Caller) -> None:
    form = panel(page, "Faults")
    form.get_by_label("Fault", exact=True).select_option("429, slow down for 5 s")
    form.get_by_label("Operation").select_option("createChatCompletion")
    form.get_by_label("Times").fill("2")
    press(page, "Switch on")
    expect(form).to_contain_text("createChatCompletion · 2 times")
    assert call.chat().status == 429
    expect(form).to_contain_text("createChatCompletion · 1 time")
    expect(rows(page).first).to_contain_text("status(code=429, retry_after=5)")
    form.get_by_label("As JSON").fill('{"fault": "html", "code": 503}')
    form.get_by_label("Times").fill("")
    press(page, "Switch on")
    expect(form).to_contain_text("createChatCompletion · every time")
    press(page, "Switch off status(code=429, retry_after=5)")
    expect(form.get_by_role("listitem")).to_have_count(1)
    assert call.chat().status == 503
    press(page, "Switch all off")
    expect(form).to_contain_text("The platform behaves.")
    assert call.chat().status == 200
    form.get_by_label("Fault", exact=True).select_option("500, a fault of the server")
    form.get_by_label("Probability").fill("0.5")
    press(page, "Switch on")
    expect(form).to_contain_text("every time · with probability 0.5, seed 0")
    form.get_by_label("As JSON").fill('{"fault": "flood"}')
    press(page, "Switch on")
    expect(page.get_by_role("alert")).to_contain_text("No fault 'flood'")


def test_a_run_is_pictured_by_quality_and_cost(page: Page, call: Caller) -> None:
    items = [{"input": f"Contract {n}", "expected": {"party": f"A{n}", "date": "2025-01-01"}} for n in range(20)]
    eval_set = call.upload(items).json()["eval_set"]["id"]
    run = call.run(eval_set, "contract-kie-1", "contract-kie-2", "gpt-5.1").json()["run_id"]
    evals = panel(page, "Eval runs")
    expect(evals.locator("svg .point.open")).to_have_count(2)
    expect(evals.locator("svg .point.frontier")).to_have_count(1)
    result = call("GET", f"/v1/eval-runs/{run}").json()["results"][0]
    line = evals.get_by_role("row").filter(has_text=result["model_id"])
    expect(line).to_contain_text(f"{result['quality_mean']:.3f}")
    expect(line).to_contain_text(f"{result['quality_ci_low']:.3f} to {result['quality_ci_high']:.3f}")
    expect(evals.get_by_role("img")).to_have_accessible_name(re.compile("of 3 candidates"))
    middle, whiskers = (evals.locator(f".point.open {part}").first.bounding_box() for part in ("circle", ".interval"))
    assert middle is not None
    assert whiskers is not None
    assert whiskers["y"] <= middle["y"] + middle["height"] / 2 <= whiskers["y"] + whiskers["height"]


def test_nothing_that_a_request_holds_becomes_html(platform: LocalPlatform, page: Page, call: Caller) -> None:
    # The routes take no such name.
    platform._running_state.endpoints.deploy(
        "org_default", task_id="review-sentiment", name=HOSTILE, now=platform.clock.now()
    )
    organisation = platform.create_organisation()
    organisation.add_fault(faults.status(400, {"detail": HOSTILE}, headers={"x": "y"}))
    call.chat(HOSTILE, model=HOSTILE, key="<b>key</b>")
    call.chat(HOSTILE, stream=True)
    call("GET", "/v1/endpoints/%3Cimg%20src=x%20onerror=alert(1)%3E?%3Cscript%3E")
    call("POST", "/v1/chat/completions", HOSTILE.encode(), {"Content-Type": "text/html"})
    Caller(platform.base_url, organisation.api_key)("GET", "/v1/models")
    expect(rows(page)).to_have_count(5)
    for row in rows(page).all():
        row.click()
    expect(page.get_by_label("Request body")).to_have_count(3)
    expect(page.get_by_label("Response body")).to_have_count(5)
    expect(panel(page, "Endpoints")).to_contain_text(HOSTILE)
    press(page, f"Stop: {HOSTILE}")
    expect(panel(page, "Endpoints").locator(".status.stopped")).to_have_count(1)
    assert page.evaluate("window.hacked") is None
    # The page's own are its icon and its module.
    assert page.locator("img").count() == 1
    assert page.locator("script").count() == 1


def test_no_string_can_be_made_html(platform: LocalPlatform, browser: Browser) -> None:
    """The page's policy, seen at work."""
    page = browser.new_page()
    page.goto(platform.base_url)
    expect(page.locator("#balance")).to_be_visible()
    refused = page.evaluate(
        """(text) => ["innerHTML", "outerHTML"].map((name) => {
            try { document.getElementById("balance")[name] = text; return "done"; } catch (error) { return error.name; }
        })""",
        HOSTILE,
    )
    assert refused == ["TypeError", "TypeError"]
    assert page.locator("img").count() == 1
    page.close()


# What a keyboard reaches is told by its name.
FOCUSED = """() => {
    const it = document.activeElement;
    return it.getAttribute("aria-label") ?? it.labels?.[0]?.textContent.trim() ?? it.textContent.trim();
}"""


def tab_to(page: Page, name: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED).startswith(name):
            return
    raise AssertionError(f"the tab key does not lead to {name!r}")


def test_the_keyboard_alone_does_everything(page: Page, call: Caller) -> None:
    tab_to(page, "Mint a key")
    page.keyboard.press("Enter")
    expect(page.get_by_label("New key")).to_be_focused()
    tab_to(page, "Send a call with it")
    page.keyboard.press("Enter")
    expect(page.locator("#try")).to_contain_text("200")
    tab_to(page, "Done")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Mint a key")).to_be_focused()
    tab_to(page, "Revoke the key")
    tab_to(page, "Revoke the key")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Keys 1")).to_be_focused()
    tab_to(page, "Stop: ep_contract_kie")
    page.keyboard.press("Space")
    expect(page.locator(".status.stopped")).to_have_count(1)
    # The button stays where it was, and so does the focus.
    assert page.evaluate(FOCUSED) == "Stop: ep_contract_kie"
    tab_to(page, "Switch on")
    page.keyboard.press("Enter")
    expect(panel(page, "Faults")).to_contain_text("any operation · 1 time")
    page.keyboard.press("Shift+Tab")
    call("GET", "/v1/tasks")
    expect(rows(page)).to_have_count(2)
    # Every row is a stop of the arrows, and the log one of the tab key.
    tab_to(page, "Clear")
    page.keyboard.press("Tab")
    expect(rows(page).first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(rows(page).nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows(page).nth(1)).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Enter")
    page.keyboard.press("Home")
    expect(rows(page).first).to_be_focused()


def test_the_focus_is_kept_while_requests_come_in(page: Page, call: Caller) -> None:
    call("GET", "/v1/models")
    expect(rows(page)).to_have_count(1)
    first = rows(page).first
    first.focus()
    number = first.get_attribute("data-id")
    for count in range(2, 6):
        call("GET", "/v1/models")
        expect(rows(page)).to_have_count(count)
    assert page.evaluate("document.activeElement.dataset.id") == number
    field = page.get_by_label("Amount in dollars")
    field.fill("12.5")
    call.chat()
    expect(page.locator("#balance")).to_have_text("$4.999180")
    expect(field).to_be_focused()
    expect(field).to_have_value("12.5")


def test_a_screen_reader_is_told_the_balance(page: Page, call: Caller) -> None:
    told = panel(page, "Balance").locator("[aria-live=polite]")
    expect(told).to_have_text("Balance $5.00")
    call.chat()
    expect(told).to_have_text("Balance $4.999180")


NAMELESS = """() => [...document.querySelectorAll("button, input, select, textarea, a, [role=img]")]
    .filter((it) => !(it.getAttribute("aria-label") || it.labels?.length || it.textContent.trim()))
    .map((it) => it.outerHTML)"""

# WCAG's contrast of each text with what is behind it; 4.5 is its AA.
PALE = """() => {
    const channels = (color) => color.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((value) => value / 255)
        .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
        .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = (it) => {
        for (; it; it = it.parentElement) {
            const color = channels(getComputedStyle(it).backgroundColor);
            if (color.length === 3 || color[3] === 1) return color;
        }
        return [255, 255, 255];
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) {
        const it = texts.currentNode.parentElement;
        const isOff = it.closest("[aria-disabled=true], .hidden, noscript, script, svg, [hidden]");
        if (!texts.currentNode.data.trim() || isOff || !it.checkVisibility()) continue;
        const [text, back] = [light(channels(getComputedStyle(it).color)), light(behind(it))];
        const contrast = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
        if (contrast < 4.5) found.push(`${texts.currentNode.data.trim()}: ${contrast.toFixed(2)}`);
    }
    return found;
}"""


def fill_every_panel(platform: LocalPlatform, page: Page, call: Caller) -> None:
    organisation = platform.create_organisation(endpoints=("invoice-extraction",) * 2)
    call.chat("A question that is long enough to need a second line on a phone. " * 4)
    call.chat(model="absent-model-of-a-name-that-is-rather-long")
    items = [{"input": str(n), "expected": {"party": f"A{n}"}} for n in range(10)]
    call.run(call.upload(items).json()["eval_set"]["id"], "contract-kie-1", "contract-kie-2", "gpt-5.1")
    home = "/_local/organisations/org_default"
    for move in ("ep_invoice_kie/fail", "ep_contract_kie/stop"):
        assert call("POST", f"{home}/endpoints/{move}").status == 200
    call("POST", f"{home}/faults", {"fault": "drop", "after_events": 3, "how": "rst", "on": "createChatCompletion"})
    call("POST", "/_local/faults", {"fault": "html", "on": "listModels", "times": 1})
    call("GET", "/v1/models")
    Caller(platform.base_url, organisation.api_key).chat()
    press(page, "Move the clock one day on")
    press(page, "Mint a key")
    press(page, "Send a call with it")
    expect(page.locator("#try")).to_contain_text("200")
    page.get_by_text("Deploy an endpoint").click()
    expect(rows(page)).to_have_count(7)
    rows(page).last.click()
    expect(page.get_by_label("Request body")).to_be_visible()
    expect(page.locator("svg .point")).to_have_count(3)
    expect(page.locator(".status.failed")).to_have_count(1)
    expect(panel(page, "Faults").get_by_role("listitem")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 1024, 768, 360])
def test_every_width_and_scheme_can_be_read(
    platform: LocalPlatform, open_page: Callable[..., Page], call: Caller, scheme: str, width: int
) -> None:
    page = open_page(platform.base_url, width=width, height=800, color_scheme=scheme)
    fill_every_panel(platform, page, call)
    background = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert (sum(map(int, re.findall(r"\d+", background))) < 150) == (scheme == "dark")
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(PALE) == []


def test_a_platform_for_other_machines_asks_for_its_admin_token_once(open_page: Callable[..., Page]) -> None:
    token = "an-admin-token-of-the-tests"
    with LocalPlatform(host="0.0.0.0", admin_token=token, allowed_hosts=[ELSEWHERE]) as platform:
        page = open_page(platform.base_url.replace("127.0.0.1", ELSEWHERE))
        field = page.get_by_label("Admin token")
        field.fill("another-token-of-16")
        press(page, "Open")
        expect(page.get_by_role("alert")).to_have_text("That is not its token.")
        field.fill(token)
        press(page, "Open")
        expect(page.locator("#balance")).to_have_text("$5.00")
        press(page, "Mint a key")
        key = page.get_by_label("New key").input_value()
        press(page, "Copy")
        page.get_by_label("Show only requests with").press("Control+v")
        expect(page.get_by_label("Show only requests with")).to_have_value(key)
        page.get_by_label("Show only requests with").fill("")
        press(page, "Send a call with it")
        expect(page.locator("#try")).to_contain_text("200")
        expect(rows(page)).to_have_count(1)
        page.reload()
        expect(rows(page)).to_have_count(1)
        assert page.get_by_label("Admin token").count() == 0


def test_the_page_takes_itself_up_again_when_the_platform_does(open_page: Callable[..., Page], tmp_path: Any) -> None:
    state = tmp_path / "state.sqlite"
    with LocalPlatform(state=state) as platform:
        page = open_page(platform.base_url)
        Caller(platform.base_url, platform.api_key).chat()
        expect(rows(page)).to_have_count(1)
        port = int(platform.base_url.rpartition(":")[2])
    expect(page.get_by_text("The platform does not answer")).to_be_visible()
    with LocalPlatform(state=state, port=port) as platform:
        expect(page.get_by_text("Live", exact=True)).to_be_visible()
        expect(rows(page)).to_have_count(0)
        Caller(platform.base_url, platform.api_key)("GET", "/v1/models")
        expect(rows(page)).to_have_count(1)


def test_the_reference_shows_and_tries_each_route(platform: LocalPlatform, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{platform.base_url}/docs")
    chat = page.get_by_role("article", name="Answer a conversation", exact=True)
    expect(chat).to_contain_text("POST /v1/chat/completions")
    page.get_by_label("Key to try them with").fill(platform.api_key)
    chat.get_by_text("Try it").click()
    chat.get_by_role("button", name="Send").click()
    expect(chat.get_by_label("Answer")).to_contain_text('"object": "chat.completion"')
    deploy = page.get_by_role("article", name="Deploy a task's model")
    deploy.locator("summary", has_text="200").click()
    expect(deploy.locator("details[open]")).to_contain_text('"complete"')
    page.get_by_label("Find a route").fill("clock")
    expect(page.get_by_role("article")).to_have_count(2)
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.evaluate(PALE) == []
