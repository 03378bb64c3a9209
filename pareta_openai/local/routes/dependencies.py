"""What routes ask for: the platform's state, and who is calling."""

from __future__ import annotations

import hmac
from typing import Annotated, Any, cast

from fastapi import Depends, Header, Request
from fastapi.security import HTTPBearer

from pareta_openai.local.access import Access
from pareta_openai.local.errors import UnknownKey
from pareta_openai.local.metering import Meter
from pareta_openai.local.state import State


# Read from the request here, and not by further dependencies: each of them costs a call a twentieth of its time.
class _ApiKey(HTTPBearer):
    """The id of the organisation that the key opens."""

    async def __call__(self, request: Request) -> str:  # type: ignore[override]
        credentials = await super().__call__(request)
        if credentials is None:
            raise UnknownKey("No API key. Send it as Authorization: Bearer pareta_sk_….")
        organisation = _platform(request).organisations.authenticate(credentials.credentials)
        # For the request log.
        request.state.organisation = organisation
        return organisation


class _Meter(_ApiKey):
    async def __call__(self, request: Request) -> Meter:  # type: ignore[override]
        organisation = await super().__call__(request)
        key = request.headers.get("idempotency-key")
        return Meter(_platform(request), organisation, request.state.request_id, key)


class _AdminToken(HTTPBearer):
    async def __call__(self, request: Request) -> None:  # type: ignore[override]
        token: str | None = request.app.state.access.admin_token
        if token is None:
            return
        credentials = await super().__call__(request)
        if credentials is None or not hmac.compare_digest(credentials.credentials.encode(), token.encode()):
            raise UnknownKey("This route needs the platform's admin token, sent as Authorization: Bearer ….")


def _platform(request: Request) -> State:
    return cast(State, request.app.state.platform)


async def _state(request: Request) -> State:
    return _platform(request)


_api_key = _ApiKey(auto_error=False, scheme_name="HTTPBearer", description="A key that starts with pareta_sk_.")
meter_of = _Meter(auto_error=False, scheme_name="HTTPBearer", description="A key that starts with pareta_sk_.")
_admin_token = _AdminToken(
    auto_error=False, scheme_name="AdminToken", description="What the platform was started with; none on loopback."
)


async def _storage_url(request: Request) -> str:
    access: Access = request.app.state.access
    name = request.url.netloc.removesuffix(f":{request.url.port}")
    if access.is_loopback:
        # Another name than the API was called by: a client that sends its key along is found out.
        address = f"[{access.host}]" if ":" in access.host else access.host
        name = address if name == "localhost" else "localhost"
    return f"http://{name}:{request.app.state.storage_port}"


async def _request_id(request: Request) -> str:
    return cast(str, request.state.request_id)


CurrentState = Annotated[State, Depends(_state)]
Organisation = Annotated[str, Depends(_api_key)]
"""The id of the calling organisation; asking for it is what makes a route need a key."""
KeyRequired: Any = Depends(_api_key)
AdminRequired: Any = Depends(_admin_token)
StorageUrl = Annotated[str, Depends(_storage_url)]
RequestId = Annotated[str, Depends(_request_id)]
RequestMeter = Annotated[Meter, Depends(meter_of)]
"""What this request is billed with, by whom and as which one."""
IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key")]
