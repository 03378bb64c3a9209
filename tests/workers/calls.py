"""What the tests have other processes do, which import it by its name."""

from __future__ import annotations

import asyncio
import base64
import os
from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch

import pareta_openai

PARENTS_KEY = "pareta_sk_Vb4kWn7cZr2hXs9e"
"""Of the clients that the parent sends; the workers have another."""

MESSAGES: list[Any] = [{"role": "user", "content": "Invoice 2041, Hansen Tools, 54.00 EUR"}]


def environment(base_url: str, api_key: str) -> AbstractContextManager[Any]:
    """For the processes that are started within it."""
    return patch.dict(os.environ, PARETA_BASE_URL=base_url, PARETA_API_KEY=api_key)


# In the worker.


def ask(client_name: str, endpoint: str) -> dict[str, Any]:
    """Ask with a client of the worker's own."""
    return ask_with(getattr(pareta_openai, client_name)(), endpoint)


def ask_with(client: Any, endpoint: str) -> dict[str, Any]:
    """Ask with a client that was sent to the worker; what it is there, and what it was answered."""
    return {
        "pid": os.getpid(),
        "client": type(client),
        "timeout": client.timeout,
        "max_retries": client.max_retries,
        "completion": asyncio.run(_ask_async(client, endpoint)) if _is_async(client) else _ask(client, endpoint),
    }


def _is_async(client: Any) -> bool:
    return isinstance(client, pareta_openai.AsyncOpenAI)


def _ask(client: Any, endpoint: str) -> Any:
    with client:
        return client.chat.completions.create(model=endpoint, messages=MESSAGES)


async def _ask_async(client: Any, endpoint: str) -> Any:
    async with client:
        return await client.chat.completions.create(model=endpoint, messages=MESSAGES)


# In the parent.


def check_answer(answer: dict[str, Any], client: Any = None) -> None:
    """That another process was answered, by a client like `client` where that was sent."""
    assert answer["pid"] != os.getpid()
    if client is not None:
        assert answer["client"] is type(client)
        assert (answer["timeout"], answer["max_retries"]) == (client.timeout, client.max_retries)
    completion = answer["completion"]
    assert isinstance(completion, pareta_openai.ChatCompletion)
    assert completion.choices[0].message.content
    assert completion.billed_micro_usd
    assert completion.savings_factor


def check_out_of_credit(error: Any, base_url: str) -> None:
    """That a 402 has arrived with all that it had, but for the key."""
    assert isinstance(error, pareta_openai.InsufficientCreditsError)
    assert error.status_code == error.response.status_code == 402
    assert error.body == error.response.json()
    assert error.detail == error.body["detail"]
    assert error.detail.rstrip(".") in error.message
    assert error.message in str(error)
    assert "dashboard" in error.hint
    assert error.retry_after is None
    assert error.request_id == error.response.headers["x-request-id"] != ""
    assert str(error.request.url) == f"{base_url}/v1/chat/completions"
    assert error.request.headers["idempotency-key"]
    assert "authorization" not in error.request.headers
    assert "authorization" not in error.response.request.headers


def shows(data: bytes, key: str, *, run: int = 5) -> bool:
    """Whether `data` has `run` characters on end of what is secret in `key`, or in base64 all of them."""
    secret = key.rpartition("_")[2]
    plain = {secret[start : start + run].encode() for start in range(len(secret) - run + 1)}
    # Base64 of the secret's inside, wherever in a group of three the secret begins.
    encoded = {base64.b64encode(b"?" * offset + secret.encode())[4:-4] for offset in range(3)}
    urlsafe = {base64.urlsafe_b64encode(b"?" * offset + secret.encode())[4:-4] for offset in range(3)}
    return any(part in data for part in plain | encoded | urlsafe)
