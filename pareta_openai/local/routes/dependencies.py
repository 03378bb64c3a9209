"""What routes ask for: the platform's state, and who is calling."""

from __future__ import annotations

import hmac
from typing import Annotated, Any, cast

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from pareta_openai.local.errors import UnknownKey
from pareta_openai.local.metering import Meter
from pareta_openai.local.state import State

_bearer = HTTPBearer(auto_error=False, description="A key that starts with pareta_sk_.")
_admin_bearer = HTTPBearer(
    auto_error=False, scheme_name="AdminToken", description="What the platform was started with; none on loopback."
)


async def _state(request: Request) -> State:
    return cast(State, request.app.state.platform)


async def _organisation(
    request: Request,
    state: Annotated[State, Depends(_state)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> str:
    if credentials is None:
        raise UnknownKey("No API key. Send it as Authorization: Bearer pareta_sk_….")
    organisation = state.organisations.authenticate(credentials.credentials)
    # For the request log.
    request.state.organisation = organisation
    return organisation


async def _admin(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_admin_bearer)]
) -> None:
    token: str | None = request.app.state.access.admin_token
    said = "" if credentials is None else credentials.credentials
    if token is not None and not hmac.compare_digest(said.encode(), token.encode()):
        raise UnknownKey("This route needs the platform's admin token, sent as Authorization: Bearer ….")


async def _storage_url(request: Request) -> str:
    if request.app.state.access.is_loopback:
        # Another name than the API's: a client that sends its key along is found out.
        name = "localhost"
    else:
        name = request.url.netloc.removesuffix(f":{request.url.port}")
    return f"http://{name}:{request.app.state.storage_port}"


async def _request_id(request: Request) -> str:
    return cast(str, request.state.request_id)


CurrentState = Annotated[State, Depends(_state)]
Organisation = Annotated[str, Depends(_organisation)]
"""The id of the calling organisation; asking for it is what makes a route need a key."""
KeyRequired: Any = Depends(_organisation)
AdminRequired: Any = Depends(_admin)
StorageUrl = Annotated[str, Depends(_storage_url)]
RequestId = Annotated[str, Depends(_request_id)]
IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key")]


async def _meter(
    state: CurrentState, organisation: Organisation, request_id: RequestId, idempotency_key: IdempotencyKey = None
) -> Meter:
    return Meter(state, organisation, request_id, idempotency_key)


RequestMeter = Annotated[Meter, Depends(_meter)]
"""What this request is billed with."""
