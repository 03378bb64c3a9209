from __future__ import annotations

import pytest

from pareta_openai.local import LocalPlatform
from pareta_openai.local.calls import Period, percentile, window_start

ENDPOINT = "ep_contract_key_fields_1"


@pytest.fixture
def metric(call):
    def read(name, query=""):
        return call("GET", f"/v1/endpoints/{ENDPOINT}/{name}{query}").json()

    return read


@pytest.fixture
def three_calls(call):
    """Two that are answered, one of them twice with one key, and one that finds the endpoint stopped."""
    for key in ("one", "two", "two"):
        call.chat(model=ENDPOINT, key=key)
    call("POST", f"/v1/endpoints/{ENDPOINT}/stop")
    call.chat(model=ENDPOINT)


def test_an_endpoint_that_was_never_called_has_nothing_to_show(metric):
    assert metric("performance") == {"requests": 0, "p50": None, "p95": None, "p99": None}
    assert metric("uptime") == {"requests": 0, "answered": 0, "availability": None}
    assert metric("cost") == {
        "billed_requests": 0,
        "total_micro_usd": 0,
        "frontier_baseline_micro_usd": 0,
        "savings_micro_usd": 0,
    }
    assert metric("quality") == {"judged": 0, "quality_mean": None, "windows": []}
    assert metric("activity")["last_request_at"] is None


@pytest.mark.usefixtures("three_calls")
def test_performance_is_the_latency_of_answered_calls(metric):
    performance = metric("performance")
    assert performance["requests"] == 4
    assert 0 < performance["p50"] <= performance["p95"] <= performance["p99"]


@pytest.mark.usefixtures("three_calls")
def test_uptime_is_the_share_of_calls_that_found_the_endpoint_live(metric):
    assert metric("uptime") == {"requests": 4, "answered": 3, "availability": 0.75}


@pytest.mark.usefixtures("three_calls")
def test_cost_is_what_was_billed_and_what_the_frontier_would_have_been(metric):
    assert metric("cost") == {
        "billed_requests": 2,
        "total_micro_usd": 2 * 820,
        "frontier_baseline_micro_usd": 2 * 9_400,
        "savings_micro_usd": 2 * (9_400 - 820),
    }


@pytest.mark.usefixtures("three_calls")
def test_quality_is_the_leaderboards_for_each_answered_call(metric):
    quality = metric("quality")
    assert (quality["judged"], quality["quality_mean"]) == (3, 0.943)
    assert sum(window["judged"] for window in quality["windows"]) == 3
    assert {window["quality_mean"] for window in quality["windows"]} == {0.943}


@pytest.mark.usefixtures("three_calls")
def test_activity_counts_requests_and_tokens(metric, call):
    activity = metric("activity")
    call("POST", f"/v1/endpoints/{ENDPOINT}/start")
    usage = call.chat(model=ENDPOINT).json()["usage"]
    assert activity["requests"] == 4
    assert activity["prompt_tokens"] == 3 * usage["prompt_tokens"]
    assert activity["total_tokens"] == 3 * usage["total_tokens"]
    assert isinstance(activity["last_request_at"], int)


@pytest.mark.usefixtures("three_calls")
@pytest.mark.parametrize("query", ["?window=24h", "?window=30d&group_by=day", "?since=30d", "?window=fortnight"])
def test_any_query_is_taken(metric, query):
    assert metric("cost", query)["billed_requests"] == 2


@pytest.mark.usefixtures("three_calls")
def test_a_window_leaves_out_what_was_before_it(metric):
    assert metric("cost", "?window=0s")["billed_requests"] == 0
    assert metric("activity", "?since=0s")["requests"] == 0


@pytest.fixture
def weeks(caller):
    """Reads the metrics of an endpoint with one call now, two a day later, and one a fortnight after those."""
    with LocalPlatform() as platform:
        call = caller(platform.base_url, platform.api_key)
        # Calls that belong together are not to be made on both sides of midnight.
        platform.clock.advance(seconds=86_400 + 3_600 - platform.clock.now() % 86_400)
        for days, calls in ((0, 1), (1, 2), (14, 1)):
            platform.clock.advance(days=days)
            for _ in range(calls):
                assert call.chat(model="ep_contract_kie").status == 200
        yield lambda name, query="": call("GET", f"/v1/endpoints/ep_contract_kie/{name}{query}").json()


COUNTS = {
    "performance": "requests",
    "uptime": "requests",
    "cost": "billed_requests",
    "quality": "judged",
    "activity": "requests",
}


@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_figures_can_be_had_for_each_day(weeks, name, count):
    whole = weeks(name)
    by_day = weeks(name, "?group_by=day")
    assert {**whole, "groups": by_day["groups"]} == by_day
    assert [group[count] for group in by_day["groups"]] == [1, 2, 1]
    first, second, third = (group["start"] for group in by_day["groups"])
    assert (second - first, third - second) == (86_400, 14 * 86_400)
    assert first % 86_400 == 0
    assert all(set(group) == (set(whole) - {"windows"}) | {"start"} for group in by_day["groups"])


def test_the_figures_of_the_groups_add_up(weeks):
    for period in ("hour", "day", "week"):
        cost = weeks("cost", f"?group_by={period}")
        assert {key: sum(group[key] for group in cost["groups"]) for key in cost if key != "groups"} == {
            key: value for key, value in cost.items() if key != "groups"
        }


def test_a_window_and_a_period_go_together(weeks):
    [group] = weeks("cost", "?window=7d&group_by=day")["groups"]
    assert group["billed_requests"] == 1


def test_a_period_that_is_unknown_groups_nothing(weeks):
    assert "groups" not in weeks("cost", "?group_by=model")
    assert "groups" not in weeks("cost")


def test_weeks_begin_on_monday():
    # 12 and 18 January 2026 are a Monday and a Sunday.
    monday = 1_768_176_000
    assert [Period.WEEK.start(at) for at in (monday, monday + 604_799, monday - 1)] == [
        monday,
        monday,
        monday - 604_800,
    ]


def test_windows_are_read_in_their_unit():
    assert [window_start(window, 1e6) for window in ("30s", "5m", "2h", "1d", "1w")] == [
        1e6 - seconds for seconds in (30, 300, 7200, 86400, 604800)
    ]
    assert window_start("soon", 1e6) == window_start(None, 1e6) == 0.0


def test_percentiles_are_values_that_occurred():
    values = [float(n) for n in range(1, 101)]
    assert [percentile(values, p) for p in (50, 95, 99)] == [50.0, 95.0, 99.0]
    assert percentile([7.0], 99) == 7.0
    assert percentile([], 50) is None
