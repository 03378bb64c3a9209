"""The dashboard: a page for the browser, from files of the package alone."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fastapi import APIRouter, Response

from pareta_openai.local.errors import NotFound
from pareta_openai.local.operations import contract_text

router: APIRouter = APIRouter(include_in_schema=False)

_KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

# Nothing from elsewhere, nothing in the page's own text that runs, and no string that becomes HTML but lit-html's
# templates, which are constants.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


@router.get("/")
async def show_dashboard() -> Response:
    return _answer("page.html")


@router.get("/docs")
async def show_reference() -> Response:
    """In place of FastAPI's own page, which takes its files from elsewhere."""
    return _answer("reference.html")


@router.get("/dashboard/contract.json")
async def send_contract() -> Response:
    return Response(contract_text(), media_type="application/json", headers=_HEADERS)


@router.get("/dashboard/{name:path}")
async def send_file(name: str) -> Response:
    return _answer(name)


def _answer(name: str) -> Response:
    file = _files().get(name)
    if file is None:
        raise NotFound(f"No file {name!r} of the dashboard.")
    return Response(file.read_bytes(), media_type=_KINDS[file.suffix], headers=_HEADERS)


@cache
def _files() -> dict[str, Path]:
    """What there is, by its name: a path from a request is looked up here, and goes nowhere else."""
    folder = Path(__file__).parent / "static"
    return {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.suffix in _KINDS}
