"""Environment variables in .env files, compose files, workflows, Helm values and the like.

A name is changed wherever it stands as a word, comments included, so that comments, order and quotes stay as they are.
What reads the file is asked only whether it still can.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..base_urls import classify
from ..findings import Edit, Span

PARETA_URL = "https://api.pareta.ai/v1"
# A value after a name: NAME=value, NAME: value, and Kubernetes' value: on the next line.
_VALUE = re.compile(rb"""["']?[ \t]*(?:=|:[ \t]|\r?\n[ \t]*value:[ \t])[ \t]*["']?(?P<value>[^\s"'#]*)""")
# Before a name that a workflow's or a cluster's secrets have, and no file.
_SECRET = re.compile(rb"\b(?:secrets\.|key:[ \t]*[\"']?)$")


class Use(NamedTuple):
    """One place that names a variable, and what becomes of it."""

    span: Span
    edits: tuple[Edit, ...]
    message: str
    to_do: str = ""
    """What a person has to do besides."""


def rename(data: bytes, renames: Mapping[str, str]) -> Iterator[Use]:
    """The places of `renames`' old names, with the edits to the new ones.

    A base URL that is OpenAI's becomes Pareta's; where it is another vendor's, nothing of that name is edited.
    """
    given: set[str] = set()
    for old, new in renames.items():
        uses = list(_word(old).finditer(data))
        beside = _assigned(data, old) and (new in given or _assigned(data, new))
        if _assigned(data, old):
            given.add(new)
        if beside:
            for use in uses:
                yield Use(Span(*use.span()), (), f"{new} is set beside it", f"remove {old}: nothing reads it any more")
            continue
        vendors = [vendor for vendor in (_other_vendor(data, use) for use in uses) if vendor] if _is_url(new) else []
        for use in uses:
            span = Span(*use.span())
            if vendors:
                yield Use(span, (), f"it points to {vendors[0]}", f"the code reads {new} now: set that to Pareta's URL")
                continue
            value = _VALUE.match(data, span.end)
            yield Use(span, (Edit(*span, new.encode()),), f"{old} becomes {new}", _to_do(data, use, value, new))
            if value and _is_url(new) and classify(_text(value)).kind in ("openai", "azure"):
                place = Span(*value.span("value"))
                yield Use(place, (Edit(*place, PARETA_URL.encode()),), "the URL becomes Pareta's")


def assigns(data: bytes, name: str) -> bool:
    """Whether the file gives the variable a value, or lets it through."""
    return _assigned(data, name) or re.search(rb"(?m)^\s*-\s*[\"']?%b\b" % name.encode(), data) is not None


def _word(name: str) -> re.Pattern[bytes]:
    return re.compile(rb"(?<![A-Za-z0-9_])%b(?![A-Za-z0-9_])" % re.escape(name.encode()))


def _assigned(data: bytes, name: str) -> bool:
    # A comment assigns nothing.
    assignment = rb"(?m)^[^#\n]*(?<![A-Za-z0-9_.{$])%b(?:=|[\"']?:[ \t]|[\"']?\r?\n[ \t]*value)" % re.escape(
        name.encode()
    )
    return re.search(assignment, data) is not None


def _is_url(name: str) -> bool:
    return name.endswith("_URL")


def _other_vendor(data: bytes, use: re.Match[bytes]) -> str:
    value = _VALUE.match(data, use.end())
    if not value or not re.match(rb"https?://", value["value"]):
        return ""
    target = classify(_text(value))
    return target.whose if target.kind in ("other", "unknown") else ""


def _text(value: re.Match[bytes]) -> str:
    return value["value"].decode("utf-8", "replace")


def _to_do(data: bytes, use: re.Match[bytes], value: re.Match[bytes] | None, new: str) -> str:
    line = data[data.rfind(b"\n", 0, use.start()) + 1 : use.start()]
    if line.lstrip().startswith(b"#"):
        return ""
    if _SECRET.search(line):
        return f"add the secret {new}, with a key from Pareta's dashboard"
    key = value["value"] if value and not _is_url(new) else b""
    if key and not key.startswith((b"pareta_sk_", b"$", b"{{", b"&", b"*")):
        return "put a key from Pareta's dashboard here (pareta_sk_…)"
    return ""
