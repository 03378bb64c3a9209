from __future__ import annotations

import hashlib
import http.client
import ipaddress
import socket
import sqlite3
import sys
from contextlib import closing, suppress
from urllib.parse import urlsplit

import pytest

from pareta_openai.local import LocalPlatform

ROWS = [
    {"input": {"file_name": f"receipt-{n}.jpg"}, "expected": {"merchant": "Shop", "total": f"{n}.00"}} for n in (1, 2)
]
LIMIT = 5 << 20
PLACE = {"idx": 1, "field_name": "page", "mime": "image/jpeg"}


@pytest.fixture
def eval_set(call):
    """The id of one with two rows for ``receipt-fields``."""
    return call.upload(ROWS, task="receipt-fields").json()["eval_set"]["id"]


@pytest.fixture
def attach(call, eval_set):
    def attach(content, **place):
        path = f"/v1/eval-sets/{eval_set}/attach-blob"
        return call.form(path, {**PLACE, **place}, {"file": (content, "image/jpeg")})

    return attach


@pytest.fixture
def ask(call, eval_set):
    """Asks for an upload URL."""

    def ask(size, **place):
        body = {**PLACE, "file_size": size, **place}
        return call("POST", f"/v1/eval-sets/{eval_set}/blob-upload-url", body)

    return ask


@pytest.fixture
def complete(call, eval_set):
    def complete(storage_uri, **place):
        body = {**PLACE, "storage_uri": storage_uri, **place}
        return call("POST", f"/v1/eval-sets/{eval_set}/blob-upload-complete", body)

    return complete


@pytest.fixture
def results(call, eval_set):
    """Runs ``receipt-vlm-1`` and returns its result."""

    def results():
        run_id = call.run(eval_set, "receipt-vlm-1").json()["run_id"]
        [result] = call("GET", f"/v1/eval-runs/{run_id}").json()["results"]
        return result

    return results


def put(caller, url, body, headers=None):
    """PUTs without a key."""
    parts = urlsplit(url)
    call = caller(f"{parts.scheme}://{parts.netloc}", None)
    return call("PUT", f"{parts.path}?{parts.query}", body, {"Content-Type": PLACE["mime"], **(headers or {})})


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def test_a_small_document_goes_along_with_the_request(attach):
    answer = attach(b"a picture")
    blob = answer.json()
    assert answer.status == 200
    assert blob == {
        **PLACE,
        "file_size": 9,
        "sha256": sha256(b"a picture"),
        "storage_uri": blob["storage_uri"],
    }


@pytest.mark.parametrize(("size", "status"), [(0, 200), (1, 200), (LIMIT - 1, 200), (LIMIT, 413), (LIMIT + 1, 413)])
def test_it_has_to_be_below_5_mib(attach, size, status):
    answer = attach(b"x" * size)
    assert answer.status == status
    assert status == 200 or "blob-upload-url" in answer.detail


def test_a_large_document_goes_by_way_of_the_storage(caller, ask, complete):
    content = b"page" * (LIMIT // 4)
    upload = ask(LIMIT).json()
    assert put(caller, upload["upload_url"], content).status == 200
    answer = complete(upload["storage_uri"])
    assert answer.status == 200
    assert answer.json() == {
        **PLACE,
        "file_size": LIMIT,
        "sha256": sha256(content),
        "storage_uri": upload["storage_uri"],
    }


def test_the_storage_is_another_host_and_port_on_this_machine(call, ask):
    parts, api = urlsplit(ask(1).json()["upload_url"]), urlsplit(call.base_url)
    assert parts.hostname != api.hostname
    assert parts.port != api.port
    with closing(socket.create_connection((parts.hostname, parts.port))) as connection:
        assert ipaddress.ip_address(connection.getpeername()[0]).is_loopback


def test_who_calls_the_api_by_the_storages_name_gets_another_one_for_it(call, caller, eval_set):
    by_name = caller(call.base_url.replace("127.0.0.1", "localhost"), call.api_key)
    answer = by_name("POST", f"/v1/eval-sets/{eval_set}/blob-upload-url", {**PLACE, "file_size": 4})
    url = answer.json()["upload_url"]
    assert urlsplit(url).hostname == "127.0.0.1"
    assert put(caller, url, b"page").status == 200


def test_the_storage_answers_at_each_address_of_its_name_that_the_machine_has(ask):
    parts = urlsplit(ask(1).json()["upload_url"])
    found = socket.getaddrinfo(parts.hostname, parts.port, type=socket.SOCK_STREAM)
    for family, kind, protocol, _, address in found:
        with socket.socket(family, kind, protocol) as connection, suppress(OSError):
            connection.bind((address[0], 0))
            assert connection.connect_ex(address) == 0


def test_the_storage_refuses_a_request_that_brings_the_key(call, caller, ask, complete):
    upload = ask(4).json()
    answer = put(caller, upload["upload_url"], b"page", {"Authorization": f"Bearer {call.api_key}"})
    assert answer.status == 400
    assert "Authorization" in answer.detail
    assert call.api_key not in answer.detail
    assert complete(upload["storage_uri"]).status == 400


@pytest.mark.parametrize(
    ("body", "headers", "why"),
    [
        (b"pag", {}, "Content-Length is 3"),
        (b"pages", {}, "Content-Length is 5"),
        (iter([b"pa", b"g"]), {}, "has 3"),
        (iter([b"pa", b"ges"]), {}, "has more"),
        (b"page", {"Content-Type": "image/png"}, "image/jpeg"),
        (b"page", {"Content-Type": "image/jpeg; charset=utf-8"}, "image/jpeg"),
    ],
)
def test_the_storage_takes_only_what_was_announced(caller, ask, complete, body, headers, why):
    upload = ask(4).json()
    answer = put(caller, upload["upload_url"], body, headers)
    assert answer.status == 400
    assert why in answer.detail
    assert complete(upload["storage_uri"]).status == 400


def test_an_upload_url_that_was_changed_is_403(caller, ask):
    url = ask(4).json()["upload_url"]
    expires = url.partition("expires=")[2].partition("&")[0]
    other = ask(4).json()["upload_url"].partition("?")[0]
    for changed in (
        url[:-1] + ("0" if url[-1] != "0" else "1"),
        url.replace(expires, str(int(expires) + 1)),
        f"{other}?{url.partition('?')[2]}",
        url.partition("signature=")[0] + "signature=%C3%BC",
    ):
        answer = put(caller, changed, b"page")
        assert answer.status == 403
        assert "signature" in answer.detail
    assert put(caller, url.partition("&")[0], b"page").status == 422


def test_an_upload_url_expires(caller):
    with LocalPlatform() as platform:
        call = caller(platform.base_url, platform.api_key)
        eval_set = call.upload(ROWS, task="receipt-fields").json()["eval_set"]["id"]
        path = f"/v1/eval-sets/{eval_set}/blob-upload-url"
        first, second = (call("POST", path, {**PLACE, "file_size": 4}).json()["upload_url"] for _ in range(2))
        platform.clock.advance(minutes=14, seconds=50)
        assert put(caller, first, b"page").status == 200
        platform.clock.advance(seconds=20)
        answer = put(caller, second, b"page")
    assert answer.status == 403
    assert "expired" in answer.detail


def test_an_upload_that_broke_off_can_be_repeated(caller, ask, complete):
    upload = ask(1 << 20).json()
    parts = urlsplit(upload["upload_url"])
    with closing(http.client.HTTPConnection(parts.netloc, timeout=30)) as connection:
        connection.putrequest("PUT", f"{parts.path}?{parts.query}")
        connection.putheader("Content-Type", PLACE["mime"])
        connection.putheader("Content-Length", str(1 << 20))
        connection.endheaders(b"only a part")
    assert complete(upload["storage_uri"]).status == 400
    assert put(caller, upload["upload_url"], b"x" * (1 << 20)).status == 200
    assert complete(upload["storage_uri"]).status == 200


def test_an_upload_is_completed_for_the_place_that_it_was_asked_for(caller, ask, complete):
    upload = ask(4).json()
    answer = complete(upload["storage_uri"])
    assert answer.status == 400
    assert "yet" in answer.detail
    put(caller, upload["upload_url"], b"page")
    for other in ({"idx": 0}, {"field_name": "back"}, {"mime": "image/png"}):
        assert complete(upload["storage_uri"], **other).status == 400
    assert complete("pareta-local://eval-blobs/absent").status == 404
    assert complete(upload["storage_uri"].rpartition("/")[2]).status == 404
    assert complete(upload["storage_uri"]).status == 200


def test_a_row_that_the_set_does_not_have_is_refused(attach, ask):
    for answer in (attach(b"x", idx=2), ask(1, idx=2)):
        assert answer.status == 400
        assert "no row 2" in answer.detail


@pytest.mark.parametrize("fault", [{"idx": -1}, {"field_name": ""}, {"mime": "jpeg"}, {"mime": "a/b\r\nc"}])
def test_a_malformed_place_is_422(attach, ask, fault):
    assert ask(1, **fault).status == 422
    assert attach(b"x", **fault).status == 422


@pytest.mark.parametrize("size", [0, -1, (4 << 30) + 1, "many", None])
def test_a_size_that_no_document_has_is_422(ask, size):
    assert ask(size).status == 422


def test_another_organisations_set_takes_no_document(platform, caller, eval_set):
    stranger = caller(platform.base_url, platform.create_organisation().api_key)
    answer = stranger.form(f"/v1/eval-sets/{eval_set}/attach-blob", PLACE, {"file": (b"x", "image/jpeg")})
    assert answer.status == 404


def test_rows_whose_document_was_not_uploaded_are_errors_and_cost_nothing(attach, results, organisation):
    attach(b"a picture")
    result = results()
    assert (result["n_succeeded"], result["error_count"], result["n_scored"]) == (1, 1, 1)
    without, with_document = result["per_item"]
    assert without == {
        "idx": 0,
        "score": None,
        "prediction": None,
        "error": "No document was uploaded for this row.",
    }
    assert with_document["error"] is None
    assert with_document["prediction"]
    assert result["quality_mean"] == with_document["score"]
    assert organisation.spent_micro_usd == 1_050


@pytest.mark.parametrize("size", [4, 20 << 20])
def test_a_document_that_a_model_could_take_is_kept(tmp_path, caller, size):
    content = b"page" * (size // 4)
    with LocalPlatform(state=tmp_path / "state.sqlite") as platform:
        call = caller(platform.base_url, platform.api_key)
        eval_set = call.upload(ROWS, task="receipt-fields").json()["eval_set"]["id"]
        path = f"/v1/eval-sets/{eval_set}"
        for body in (content[::-1], content):
            upload = call("POST", f"{path}/blob-upload-url", {**PLACE, "file_size": size}).json()
            assert put(caller, upload["upload_url"], body).status == 200
            uri = {"storage_uri": upload["storage_uri"]}
            assert call("POST", f"{path}/blob-upload-complete", {**PLACE, **uri}).status == 200
        with closing(sqlite3.connect(tmp_path / "state.sqlite")) as connection:
            assert connection.execute("SELECT content FROM eval_blob_contents").fetchall() == [(content,)]
            assert call("DELETE", path).status == 204
            assert connection.execute("SELECT content FROM eval_blob_contents").fetchall() == []


def test_a_set_without_any_document_has_only_errors(results, organisation):
    result = results()
    assert (result["n_succeeded"], result["error_count"]) == (0, 2)
    assert result["quality_mean"] is result["quality_ci_low"] is result["mean_cost_micro_usd"] is None
    assert organisation.spent_micro_usd == 0


def test_a_row_with_two_documents_is_one_row(attach, results):
    for place in ({"field_name": "front"}, {"field_name": "back"}, {"field_name": "back"}, {"idx": 0}):
        assert attach(b"a picture", **place).status == 200
    assert results()["n_succeeded"] == 2


def test_rows_for_documents_may_leave_the_input_out(call):
    answer = call.upload([{"page": None, "expected": {"total": "1"}}], task="receipt-fields")
    assert answer.status == 201
    assert call.upload([{"page": None, "expected": {"total": "1"}}]).status == 400


def test_the_storage_serves_nothing_else_and_only_this_machine(caller, ask):
    parts = urlsplit(ask(4).json()["upload_url"])
    storage = caller(f"http://{parts.netloc}", None)
    assert storage("GET", "/v1/models").status == 404
    assert storage("GET", parts.path).status == 405
    answer = storage(
        "PUT", f"{parts.path}?{parts.query}", b"page", {"Host": "example.com", "Content-Type": "image/jpeg"}
    )
    assert answer.status == 403
    assert answer.headers["x-request-id"]


def test_an_upload_for_a_set_that_is_gone_is_404(call, caller, eval_set, ask):
    url = ask(4).json()["upload_url"]
    call("DELETE", f"/v1/eval-sets/{eval_set}")
    assert put(caller, url, b"page").status == 404


def test_a_platform_that_stops_frees_the_storages_port_too(caller):
    with LocalPlatform() as platform:
        call = caller(platform.base_url, platform.api_key)
        eval_set = call.upload(ROWS, task="receipt-fields").json()["eval_set"]["id"]
        answer = call("POST", f"/v1/eval-sets/{eval_set}/blob-upload-url", {**PLACE, "file_size": 1})
    parts = urlsplit(answer.json()["upload_url"])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((parts.hostname, parts.port))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the peak memory from /proc")
def test_a_document_is_never_in_memory_as_a_whole(platform_process, caller):
    call, peak_memory = platform_process
    eval_set = call.upload(ROWS, task="receipt-fields").json()["eval_set"]["id"]
    mebibytes = 256
    body = {**PLACE, "file_size": mebibytes << 20}
    upload = call("POST", f"/v1/eval-sets/{eval_set}/blob-upload-url", body).json()
    before = peak_memory()
    chunk = b"x" * (1 << 20)
    length = {"Content-Length": str(mebibytes << 20)}
    assert put(caller, upload["upload_url"], (chunk for _ in range(mebibytes)), length).status == 200
    assert peak_memory() - before < 16 << 20
