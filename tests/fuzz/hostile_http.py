"""HTTP answers of which any part may be wrong."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.junk import VALUES, listed, write_bytes


def _bytes(values: Iterable[str]) -> list[bytes]:
    return [value.encode("latin-1") for value in values]


_STATUSES = "100 101 102 103 199 200 201 202 203 204 205 206 226 299 300 301 302 303 304 305 307 308 399 "
_STATUSES += "400 401 402 403 404 405 408 409 410 413 418 422 425 429 431 451 499 "
_STATUSES += "500 501 502 503 504 507 529 599 600 700 999"
_ODD_STATUS_LINES = r"""
HTTP/1.0 200 OK|HTTP/2 200|HTTP/1.1 200|HTTP/1.1 200 |HTTP/1.1 20 OK|HTTP/9.9 200 OK|HTTP/1.1 000 No|
HTTP/1.1 2000 OK|HTTP/1.1 -200 OK|HTTP/1.1 2e2 OK|http/1.1 200 ok||200 OK|ICY 200 OK|HTTP/1.1 200 \xff\xfe\x80|
\0\0\0|HTTP/1.1  200  OK|\r\nHTTP/1.1 200 OK|SSH-2.0-OpenSSH_9.6|PRI * HTTP/2.0|\x16\x03\x01"""
_statuses = st.sampled_from([b"HTTP/1.1 %s Said So" % status.encode() for status in _STATUSES.split()])
_odd_statuses = st.sampled_from([*_bytes(listed(_ODD_STATUS_LINES)), b"HTTP/1.1 500 " + b"x" * 3000])
STATUS_LINES = st.one_of(_statuses, _statuses, _odd_statuses)

CHARSETS = """
utf-8|utf-16|utf-32|utf-7|utf-8-sig|latin-1|ascii|cp037|hex|zlib|bz2|base64|quopri|uu|rot13|idna|punycode|undefined|
unicode_escape|raw_unicode_escape|mbcs|oem|string_escape||"utf-8"|'utf-8'|utf-8; charset=hex|..|__init__|é|€|none"""
CONTENT_TYPES = """
application/json|application/json|application/json|text/event-stream|text/event-stream|text/html|text/plain||;|
application/json ; x=1|APPLICATION/JSON|application/problem+json|application/json, text/html|multipart/form-data|
application/x-ndjson|json|*/*|=?utf-8?q?json?="""
LOCATIONS = listed(r"""
|/|//|?|#|/v1/tasks|tasks|../../..|http://|http:///x|http://[|http://[::1|://|http://a b/|\\a|http://127.0.0.1:1/|
http://127.0.0.1:0/|http://127.0.0.1:65536/|http://127.0.0.1:99999/|http://a:b/|http://127.0.0.1:-1/|
ftp://127.0.0.1/|mailto:a@b|file:///etc/hostname|data:,x|javascript:1|http://nowhere.invalid/|http://xn--/|
http://xn--a/|http://é.invalid/|http://.invalid/|http://a..b/|http://user:pass@127.0.0.1:1/|https://127.0.0.1:1/|
http://127.0.0.1:1/%|http://127.0.0.1:1/%zz%ff|http://\udcff/|http://%31%32/|http://1.2.3.4.5.6/|http://0x7f.1:1/|
http://%00/""")
LOCATIONS += [f"http://{'a' * 64}.invalid/", "http://" + "a." * 200 + "/", "http://127.0.0.1:1/" + "x" * 70000]
NUMBERS = listed("""
0|1|-1|1.5|nan|inf|-inf|1e400|0x10|1_000|+5| 5 |²|٣|Wed, 21 Oct 2099 07:28:00 GMT|,|Wed|
Wed, 21 Oct 1015 07:28:00 GMT|Wed, 99 Foo 9999 99:99:99 +9999|21 Oct 99999 07:28:00 GMT|21 Oct 2015 07:28 -9999|
Mon, 1 Jan 0001 00:00:00 +2359|1 Jan 1 0:0:0 -0000|Fri, 31 Dec 9999 23:59:59 -2359|1 Jan 2020 25:61:61 GMT|a, b c d|
:::|1 Jan 2020 1.2.3.4 GMT""")
NUMBERS += ["9" * 30, "9" * 5000]
_ENCODINGS = "gzip|deflate|br|zstd|identity|gzip, gzip|gzip, deflate, br|x-gzip||,|nonsense|GZIP"
_COOKIES = r"a=b|=||a=b; expires=junk; domain=.; path|\udcff=\udcfe; max-age=999999999999999999999999999999"


def _header(name: str, values: Iterable[str]) -> st.SearchStrategy[bytes]:
    encoded = [f"{name}: {value}".encode("utf-8", errors="surrogateescape") for value in values]
    return st.sampled_from(encoded)


_charsets = [f"{kind}; charset={charset}" for kind in ("text/html", "application/json") for charset in listed(CHARSETS)]
CHARSET_HEADERS = _header("content-type", _charsets)
TYPE_HEADERS = _header("content-type", listed(CONTENT_TYPES))
LOCATION_HEADERS = _header("location", LOCATIONS)
JUDGED_HEADERS = st.lists(
    st.one_of(
        _header("retry-after", NUMBERS),
        _header("retry-after-ms", NUMBERS),
        _header("x-should-retry", listed("true|false|é|")),
        _header("x-request-id", [*listed(r"|req_1|é|\udcff|a, b"), "x" * 5000]),
        _header("x-pareta-billed", NUMBERS),
        _header("x-pareta-frontier-would-have-cost", NUMBERS),
        _header("set-cookie", listed(_COOKIES)),
        _header("connection", listed(r"close|keep-alive|upgrade|\udcff")),
        _header("upgrade", listed("h2c|websocket|")),
        _header("www-authenticate", listed('Basic|Digest|Digest realm="|Negotiate é')),
        _header("x-" + "n" * 5000, ["v"]),
    ),
    min_size=1,
    max_size=4,
)
"""What is read, by us, by openai or by the transport."""
_MALFORMED = r"""
x-folded: a\r\n  b\r\n\tc| leading: fold|no colon|: no name|x y: z|x\0: y|x: \0|x: a\rb|\xff\xfe: \xff|link: <|
x:\x0b\x0c\x1c"""
_LARGE = [b"x: " + b"h" * 70_000, b"x: " + b"h" * 200_000, b"\r\n".join(b"x-%d: y" % number for number in range(3000))]
MALFORMED_HEADERS = st.one_of(
    st.sampled_from([*_bytes(listed(_MALFORMED)), *_LARGE]),
    st.binary(max_size=20),
    _header("content-encoding", [*listed(_ENCODINGS), ", ".join(["gzip"] * 100)]),
)

_BODIES = r"""
| |null|{}|[]|""|"text"|0|true|nan|NaN|{|{"a":|\0|\xff|\xef\xbb\xbf{}|<html><body>502</body></html>|Bad gateway|
\0{\0}|"\\ud800"|{"a":"\xed\xa0\x80"}|\x1f\x8b\x08\0garbage|\r\n\r\n|%s%d{}|data: {}\n\n|data: [DONE]\n\n|: ping\n\n|
event: error\ndata: {}\n\n"""
_LARGE_BODIES = [b"x" * 20_000, b"[" * 100_000, b'{"a":' * 100_000, b"9" * 5000, b"(" * 999]
BODIES = st.sampled_from([*_bytes(listed(_BODIES)), *_LARGE_BODIES, "{}".encode("utf-16"), "{}".encode("utf-32")])


def _error_bodies() -> st.SearchStrategy[bytes]:
    """In the platform's shape and in OpenAI's, with junk in every place."""
    junk = st.sampled_from(VALUES)
    names = st.sampled_from(listed("detail|message|error|code|type|status|status_code|loc|msg|param"))
    inner = st.dictionaries(names, junk, max_size=3)
    whole: st.SearchStrategy[Any] = st.one_of(
        st.fixed_dictionaries({"detail": st.one_of(junk, st.lists(st.one_of(inner, junk), max_size=3))}),
        st.fixed_dictionaries({"error": inner}),
        inner,
    )
    return whole.map(write_bytes)


ERROR_BODIES = _error_bodies()


def _spoiled(body: bytes) -> bytes:
    whole = bytearray(gzip.compress(body, 1))
    whole[len(whole) // 2] ^= 0xFF
    return bytes(whole)


CODINGS: dict[str, tuple[bytes, Callable[[bytes], bytes]]] = {
    "gzip": (b"gzip", lambda body: gzip.compress(body, 1)),
    "deflate": (b"deflate", lambda body: zlib.compress(body, 1)),
    "cut short": (b"gzip", lambda body: gzip.compress(body, 1)[:-9]),
    "and more": (b"gzip", lambda body: gzip.compress(body, 1) + b"more"),
    "spoiled": (b"gzip", _spoiled),
    "not at all": (b"gzip", lambda body: body),
}

_LENGTHS: dict[str, Callable[[int], bytes]] = {
    "right": lambda length: b"%d" % length,
    "long": lambda length: b"%d" % (length + 10),
    "short": lambda length: b"%d" % (length // 2),
    "two": lambda length: b"%d\r\ncontent-length: %d" % (length, length + 1),
    "negative": lambda _: b"-1",
    "junk": lambda _: b"0x\xff",
    "huge": lambda _: b"9" * 30,
    "empty": lambda _: b"",
}
_CHUNKED = b"transfer-encoding: chunked\r\n"
_LAST = b"0\r\n\r\n"
_OTHERWISE: dict[str, Callable[[bytes, bytes], tuple[bytes, bytes]]] = {
    "none": lambda body, _: (b"", body),
    "chunked": lambda _, chunks: (_CHUNKED, chunks + _LAST),
    "chunked and length": lambda _, chunks: (_CHUNKED + b"content-length: 3\r\n", chunks + _LAST),
    "chunk size junk": lambda _, chunks: (_CHUNKED, b"zz\r\n" + chunks + _LAST),
    "chunk size huge": lambda _, chunks: (_CHUNKED, b"f" * 40 + b"\r\n" + chunks + _LAST),
    "chunk unended": lambda _, chunks: (_CHUNKED, chunks),
    "chunk short": lambda body, _: (_CHUNKED, b"%x\r\n%s" % (len(body) + 5, body)),
    "chunked twice": lambda _, chunks: (_CHUNKED + _CHUNKED, chunks + _LAST),
    "chunk extension": lambda _, __: (_CHUNKED, b"0;" + b"e" * 70_000 + b"\r\n\r\n"),
    "chunk trailer": lambda _, chunks: (_CHUNKED, chunks + b"0\r\nx-trailer: \xff\r\nno colon\r\n\r\n"),
    "unknown coding": lambda body, _: (b"transfer-encoding: gzip, \xff\r\n", body),
}
FRAMINGS = st.sampled_from([*_LENGTHS, *_OTHERWISE])


def frame(body: bytes, framing: str, cuts: Iterable[int] = ()) -> tuple[bytes, bytes]:
    """The headers that tell where the body ends, and the body; one that is sent in chunks is cut at `cuts`."""
    if framing in _LENGTHS:
        return b"content-length: " + _LENGTHS[framing](len(body)) + b"\r\n", body
    places = sorted({cut for cut in cuts if 0 < cut < len(body)} | {0, len(body)})
    pieces = [body[start:end] for start, end in pairwise(places)]
    return _OTHERWISE[framing](body, b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces))


REFUSALS = st.sampled_from([400, 401, 402, 403, 404, 409, 418, 422, 429, 500, 502, 503, 529])
REDIRECTS = st.sampled_from([301, 302, 303, 307, 308])
_PUT = _bytes(listed(r'|\r\n|\n|\0|\xff|:| |\r\n\r\n|9|{|]|"|\x80'))
MUTATIONS = st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 3), st.sampled_from(_PUT)), min_size=1, max_size=2)
_HINTS = b"HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n" * 50
INTERIM = st.sampled_from([b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100\r\n\r\n", b"\r\n", _HINTS])

# Each a part of an answer; up to three of them are wrong, so that what comes behind is reached too.
_PARTS = (
    "status status judged charset type malformed redirect redirect body body refusal refusal coding framing interim "
)
PARTS = st.lists(st.sampled_from((_PARTS + "bytes bytes").split()), min_size=1, max_size=3)


def mutate(whole: bytes, mutations: list[tuple[int, int, bytes]]) -> bytes:
    """`whole` with other bytes at some places: each mutation is a place, how many bytes go, and what comes."""
    for place, length, put in mutations:
        place %= len(whole) + 1
        whole = whole[:place] + put + whole[place + length :]
    return whole


@st.composite
def answers(draw: Any, right: bytes, content_type: bytes = b"application/json") -> bytes:
    """The bytes of an answer, of which parts are wrong; `right` is the body that the call is to be answered with."""
    wrong = draw(PARTS)
    status_line, body = b"HTTP/1.1 200 OK", right
    headers = [b"content-type: " + content_type]
    if "status" in wrong:
        status_line = draw(STATUS_LINES)
    if "body" in wrong:
        body = draw(BODIES)
    if "refusal" in wrong:
        status_line, body = b"HTTP/1.1 %d No" % draw(REFUSALS), draw(ERROR_BODIES)
    if "redirect" in wrong:
        status_line = b"HTTP/1.1 %d Elsewhere" % draw(REDIRECTS)
        headers.append(draw(LOCATION_HEADERS))
    if "type" in wrong:
        headers[0] = draw(TYPE_HEADERS)
    if "charset" in wrong:
        headers[0] = draw(CHARSET_HEADERS)
    if "judged" in wrong:
        headers += draw(JUDGED_HEADERS)
    if "coding" in wrong:
        coding, encode = CODINGS[draw(st.sampled_from([*CODINGS]))]
        headers.append(b"content-encoding: " + coding)
        body = encode(body)
    if "malformed" in wrong:
        headers.append(draw(MALFORMED_HEADERS))
    framing, framed = frame(body, draw(FRAMINGS) if "framing" in wrong else "right")
    interim = draw(INTERIM) if "interim" in wrong else b""
    head = status_line + b"\r\n" + b"".join(line + b"\r\n" for line in headers) + framing + b"\r\n"
    return mutate(interim + head + framed, draw(MUTATIONS) if "bytes" in wrong else [])
