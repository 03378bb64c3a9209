"""Where these tests take place: the platform, an organisation of the test's own, clients of the test's kind."""

from __future__ import annotations

from typing import Any

from pareta_openai import AsyncOpenAI, OpenAI
from pareta_openai.local import LocalPlatform, Organisation, faults
from tests.support import MESSAGES, settle


class Setting:
    silent_after_two_events = faults.header(faults.stall(after_events=2))
    """Headers for a stream that has no end."""

    def __init__(self, platform: LocalPlatform, organisation: Organisation, kind: str) -> None:
        self.url = platform.base_url
        self.organisation = organisation
        self.endpoint = organisation.endpoints[0]
        self.kind = kind

    def client(self) -> Any:
        client_class = OpenAI if self.kind == "sync" else AsyncOpenAI
        return client_class(api_key=self.organisation.api_key, base_url=self.url, max_retries=0)

    async def chat(self, client: Any, **more: Any) -> Any:
        return await settle(client.chat.completions.create(model=self.endpoint, messages=MESSAGES, **more))

    async def open(self, client: Any, what: str) -> Any:
        """A stream of chunks (``chat``) or of a deploy's events, which has no end and is silent after two."""
        headers = self.silent_after_two_events
        if what == "chat":
            return await self.chat(client, stream=True, extra_headers=headers)
        return await settle(client.endpoints.deploy(task="invoice-extraction", extra_headers=headers))
