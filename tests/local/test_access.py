"""Who may drive the platform: its machine, and nobody else unless told; and no web page."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pareta_openai.local import LocalPlatform

TOKEN = "an-admin-token-of-the-tests"
ELSEWHERE = "http://evil.example"


@pytest.fixture(scope="module")
def open_platform():
    """Listens on every address."""
    with LocalPlatform(host="0.0.0.0", admin_token=TOKEN, allowed_hosts=["pareta", "Box.Example"]) as platform:
        yield platform


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("path", ["/v1/models", "/_local/organisations", "/_local/clock", "/_local/faults", "/"])
@pytest.mark.parametrize(
    "origin", [ELSEWHERE, "null", "https://127.0.0.1", "http://127.0.0.1:1", "http://localhost:3000"]
)
def test_a_web_page_of_another_origin_is_refused(call, path, origin):
    answer = call("GET", path, headers={"Origin": origin})
    assert answer.status == 403
    assert "web pages" in answer.detail


def test_a_form_of_another_site_moves_no_money(platform, caller, organisation):
    """Browsers send simple POSTs without asking first."""
    top_up = f"/_local/organisations/{organisation.id}/top-ups"
    headers = {"Origin": ELSEWHERE, "Content-Type": "text/plain"}
    assert caller(platform.base_url, None)("POST", top_up, b'{"micro_usd": 5}', headers).status == 403
    assert organisation.balance_micro_usd == 5_000_000


def test_the_storage_takes_nothing_from_web_pages(call):
    eval_set = call.upload([{"input": "a", "expected": {"b": "c"}}]).json()["eval_set"]["id"]
    blob = {"idx": 0, "field_name": "document", "mime": "text/plain", "file_size": 1}
    url = urlsplit(call("POST", f"/v1/eval-sets/{eval_set}/blob-upload-url", blob).json()["upload_url"])
    storage = type(call)(f"http://{url.netloc}", None)
    headers = {"Origin": ELSEWHERE, "Content-Type": "text/plain"}
    assert storage("PUT", f"{url.path}?{url.query}", b"x", headers).status == 403
    assert storage("PUT", f"{url.path}?{url.query}", b"x", {"Content-Type": "text/plain"}).status == 200


def test_the_dashboards_own_requests_are_answered(platform, caller):
    call = caller(platform.base_url, None)
    headers = {"Origin": platform.base_url, "Sec-Fetch-Site": "same-origin"}
    assert call("GET", "/_local/organisations", headers=headers).status == 200
    by_name = platform.base_url.replace("127.0.0.1", "LocalHost")
    headers = {"Host": urlsplit(by_name).netloc, "Origin": by_name.lower()}
    assert call("GET", "/_local/organisations", headers=headers).status == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_other_sites_read_no_admin_route_and_may_link_to_the_dashboard(platform, caller, site):
    call = caller(platform.base_url, None)
    assert call("GET", "/_local/organisations", headers={"Sec-Fetch-Site": site}).status == 403
    assert call("GET", "/_local/requests", headers={"Sec-Fetch-Site": site}).status == 403
    assert call("GET", "/", headers={"Sec-Fetch-Site": site}).status == 200


def test_an_address_typed_into_a_browser_is_answered(platform, caller):
    call = caller(platform.base_url, None)
    assert call("GET", "/_local/organisations", headers={"Sec-Fetch-Site": "none"}).status == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "2001:db8::1"])
def test_other_machines_are_let_in_only_with_an_admin_token(host):
    with pytest.raises(ValueError, match="admin_token"):
        LocalPlatform(host=host)


@pytest.mark.parametrize("token", ["", "short", "fifteen-letters", "with a space in the middle", "ä" * 20])
def test_an_admin_token_has_a_certain_length(token):
    with pytest.raises(ValueError, match="16 characters") as caught:
        LocalPlatform(admin_token=token)
    assert not token or token not in str(caught.value)


@pytest.mark.parametrize("host", ["", "example.com", "127.0.0.1:80", "300.1.1.1"])
def test_a_host_that_is_no_address_is_refused(host):
    with pytest.raises(ValueError, match="IP address"):
        LocalPlatform(host=host)


def admin_routes(call):
    """Those which an organisation's key does not open, from the platform's own description."""
    document = call("GET", "/openapi.json").json()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if path.startswith("/_local/") and {"AdminToken": []} in operation.get("security", []):
                yield method.upper(), re.sub(r"\{\w+\}", "x", path)


def test_each_admin_route_asks_for_the_token_where_there_is_one(open_platform, caller):
    call = caller(open_platform.base_url, open_platform.api_key)
    routes = list(admin_routes(call))
    assert {"/_local/organisations", "/_local/clock", "/_local/requests"} <= {path for _, path in routes}
    for method, path in routes:
        body = None if method == "GET" else {}
        for headers in ({"Authorization": ""}, bearer("wrong" * 5), bearer(open_platform.api_key)):
            answer = call(method, path, body, headers)
            assert (answer.status, path) == (401, path)
            assert "admin token" in answer.detail
    assert call("GET", "/_local/organisations", headers=bearer(TOKEN)).status == 200


def test_every_route_of_the_platforms_own_asks_for_one_or_the_other(platform, caller):
    call = caller(platform.base_url, None)
    document = call("GET", "/openapi.json").json()
    of_its_own = {(m.upper(), p) for p, item in document["paths"].items() if p.startswith("/_local/") for m in item}
    own_key = {
        ("GET", "/_local/organisation"),
        ("PUT", "/_local/balance"),
        *((method, "/_local/faults") for method in ("GET", "POST", "DELETE")),
    }
    with_token = {(method, path) for method, path in admin_routes(call)}
    assert {(m, re.sub(r"\{\w+\}", "x", p)) for m, p in of_its_own} - own_key == with_token


def test_the_admin_token_is_no_api_key(open_platform, caller):
    assert caller(open_platform.base_url, TOKEN)("GET", "/v1/models").status == 401


def test_the_key_that_everybody_knows_opens_nothing_that_others_reach(open_platform, platform, caller):
    assert open_platform.api_key != platform.api_key
    assert caller(open_platform.base_url, open_platform.api_key)("GET", "/v1/models").status == 200
    assert caller(open_platform.base_url, platform.api_key)("GET", "/v1/models").status == 401


def test_a_state_file_that_was_open_to_others_opens_to_its_machines_key_again(caller, tmp_path):
    state = tmp_path / "state.sqlite"
    with LocalPlatform(state=state) as platform:
        well_known = platform.api_key
    with LocalPlatform(state=state, host="0.0.0.0", admin_token=TOKEN) as platform:
        made_up = platform.api_key
        assert caller(platform.base_url, well_known)("GET", "/v1/models").status == 401
    with LocalPlatform(state=state) as platform:
        assert caller(platform.base_url, well_known)("GET", "/v1/models").status == 200
        assert caller(platform.base_url, made_up)("GET", "/v1/models").status == 401


@pytest.mark.parametrize(
    "host", ["192.0.2.7:80", "[2001:db8::1]:80", "localhost", "127.0.0.1", "pareta:8484", "BOX.example"]
)
def test_a_platform_that_others_reach_is_called_by_address_or_a_name_that_it_was_told(open_platform, caller, host):
    call = caller(open_platform.base_url, open_platform.api_key)
    assert call("GET", "/v1/models", headers={"Host": host}).status == 200


@pytest.mark.parametrize("host", ["evil.example", "pareta.evil.example", ""])
def test_a_name_that_it_was_not_told_is_refused_there_too(open_platform, caller, host):
    call = caller(open_platform.base_url, open_platform.api_key)
    answer = call("GET", "/v1/models", headers={"Host": host})
    assert answer.status == 403
    assert "allow" in answer.detail


def test_others_upload_their_documents_to_the_address_that_they_called(open_platform, caller):
    call = caller(open_platform.base_url, open_platform.api_key)
    eval_set = call.upload([{"input": "a", "expected": {"b": "c"}}]).json()["eval_set"]["id"]
    blob = {"idx": 0, "field_name": "document", "mime": "text/plain", "file_size": 1}
    path = f"/v1/eval-sets/{eval_set}/blob-upload-url"
    for host, name in (("192.0.2.7:80", "192.0.2.7"), ("pareta", "pareta"), ("[2001:db8::1]:80", "2001:db8::1")):
        url = call("POST", path, blob, {"Host": host}).json()["upload_url"]
        assert urlsplit(url).hostname == name


def test_a_loopback_platform_listens_on_loopback_alone(python):
    script = """
import json, sys
from pareta_openai.local import LocalPlatform
bound = set()
sys.addaudithook(lambda event, args: bound.add(args[1][0]) if event == "socket.bind" else None)
with LocalPlatform():
    print(json.dumps(sorted(bound)))
"""
    addresses = set(json.loads(python(script).stdout))
    assert addresses
    assert addresses <= {"127.0.0.1", "::1"}


def test_nothing_that_a_request_says_becomes_a_path(python):
    """Python tells of each file that is touched: of none that has the requests' word in its name."""
    done = python(Path(__file__).with_name("hostile_requests.py").read_text())
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["touched"] == []
    assert "open" in found["seen"]
    assert {200, 404, 422} <= set(found["answered"])
    assert max(found["answered"]) < 500
