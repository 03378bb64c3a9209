"""The ASGI application: routes, what a refusal looks like over HTTP, and the middleware around them."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from fastapi.utils import generate_unique_id
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from . import dashboard, errors
from .access import Access
from .dashboard import choices
from .fault_injection import FaultInjection, api_caller, storage_caller
from .middleware import BodyLimit, Envelope, KnownHost, SameOrigin
from .operations import operations, operations_at
from .request_logging import LogRequests
from .routes import admin, auto, chat, endpoints, evals, local, media, metrics, requests, retrieval, storage, tasks
from .routes.dependencies import AdminRequired
from .server import Server
from .short_way import ShortWay
from .state import State

_LARGEST_BODY = 64 << 20
_CHAT = "/v1/chat/completions"
_LARGEST_UPLOAD = 4 << 30

_STATUSES: dict[type[errors.Refusal], int] = {
    errors.NotAcceptable: 400,
    errors.UnknownKey: 401,
    errors.OutOfCredit: 402,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.EndpointNotReady: 503,
}

_DESCRIPTION = """Pareta's HTTP API on this machine. There is no model behind it: answers are made up from the
request, and prices and qualities are invented."""


def create_app(state: State, access: Access, server: Server, *, storage_port: int) -> ASGIApp:
    """The API itself, for `server`. `storage_port` is where `create_storage` answers."""
    app = _create(state, "Pareta, local")
    app.state.storage_port = storage_port
    app.state.access = access
    app.state.server = server
    has_endpoints = state.generation.has_endpoints
    for router in (
        chat.router,
        *((endpoints.router, metrics.router) if has_endpoints else ()),
        tasks.router,
        *((tasks.leaderboards,) if has_endpoints else ()),
        evals.router,
        *((auto.router, retrieval.router, media.router, evals.newer) if state.generation.has_newer else ()),
    ):
        app.include_router(router, prefix="/v1")
    app.include_router(local.router)
    for section in (admin, requests, choices):
        app.include_router(section.router, dependencies=[AdminRequired])
    app.include_router(dashboard.router)
    quick = ShortWay(app, _CHAT, chat.create_chat_completion, refuse=_refused, fail=_failed)
    faulty = FaultInjection(quick, state, api_caller)
    return _around(state, access, BodyLimit(faulty, _LARGEST_BODY, {"/v1/eval-sets": _LARGEST_UPLOAD}))


def create_storage(state: State, access: Access) -> ASGIApp:
    """What takes large documents, and is to be served at an origin of its own."""
    app = _create(state, "Pareta's storage, local")
    app.include_router(storage.router)
    return _around(state, access, BodyLimit(FaultInjection(app, state, storage_caller), _LARGEST_UPLOAD, {}))


def _create(state: State, title: str) -> FastAPI:
    app = FastAPI(
        title=title,
        description=_DESCRIPTION,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
    )
    app.state.platform = state
    app.add_exception_handler(errors.Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(404, _no_route)
    app.add_exception_handler(405, _no_method)
    app.add_exception_handler(Exception, _failed)
    return app


def _operation_id(route: APIRoute) -> str:
    """The contract's, where the route is one of its."""
    for operation in operations().values():
        if operation.template == route.path_format and operation.method in (route.methods or ()):
            return operation.id
    return generate_unique_id(route)


def _around(state: State, access: Access, app: ASGIApp) -> ASGIApp:
    return Envelope(LogRequests(KnownHost(SameOrigin(app), access), state.requests), state.now)


async def _refused(_: Request, error: Exception) -> JSONResponse:
    headers = {}
    if isinstance(error, errors.UnknownKey):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, errors.EndpointNotReady):
        headers["Retry-After"] = str(error.retry_after)
    status = next(status for kind, status in _STATUSES.items() if isinstance(error, kind))
    return JSONResponse({"detail": str(error)}, status_code=status, headers=headers)


async def _malformed(_: Request, error: Exception) -> JSONResponse:
    """FastAPI's form without `input`, which would send a large or unprintable body back."""
    assert isinstance(error, RequestValidationError)
    detail = [{key: item[key] for key in ("loc", "msg", "type")} for item in error.errors()]
    return JSONResponse({"detail": detail}, status_code=422)


async def _no_route(request: Request, _: Exception) -> JSONResponse:
    detail = f"No route {request.method} {request.url.path}."
    if not request.url.path.startswith("/v1/"):
        detail += " Every route of the API is below /v1."
    return JSONResponse({"detail": detail}, status_code=404)


async def _no_method(request: Request, error: Exception) -> JSONResponse:
    """The router names the methods of one route only, where a path has several."""
    assert isinstance(error, HTTPException)
    generation = request.app.state.platform.generation
    found = [operation.method for operation in operations_at(request.url.path) if generation.serves(operation)]
    allowed = ", ".join(found) or (error.headers or {}).get("Allow", "")
    detail = f"{request.method} is not for {request.url.path}, which takes {allowed}."
    return JSONResponse({"detail": detail}, status_code=405, headers={"Allow": allowed})


async def _failed(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": f"The local platform failed: {type(error).__name__}."}, status_code=500)
