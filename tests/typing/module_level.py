"""`import pareta_openai as openai`, as checkers see it. Never run."""

from __future__ import annotations

import openai as openais
from typing_extensions import assert_type

import pareta_openai as openai
from pareta_openai import NOT_GIVEN, AsyncClient, AzureOpenAI, BaseModel, Client, RateLimitError, Timeout

openai.api_key = "pareta_sk_x"
openai.base_url = "https://api.pareta.ai"
openai.timeout = Timeout(5)
openai.default_headers = {"x-mine": "1"}
openai.model_aliases = {"gpt-4o-mini": "ep_one"}

answer = openai.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "Hello"}])
assert_type(answer, openai.ChatCompletion)
assert_type(answer.billed_micro_usd, int | None)
assert_type(len(openai.models.list()), int)
assert_type(openai.endpoints.deploy(task="t", wait=True), openai.Endpoint)
assert_type(openai.embeddings.create(model="m", input="text").data[0].embedding, list[float])
assert_type(Client(), openai.OpenAI)
assert_type(AsyncClient(), openai.AsyncOpenAI)

error: openais.RateLimitError | None = None
if isinstance(error, RateLimitError):
    assert_type(error.hint, str)

theirs: type[openais.AzureOpenAI] = AzureOpenAI
message: openai.types.chat.ChatCompletionMessageParam = {"role": "user", "content": "Hello"}
usage: openai.types.CompletionUsage | None = answer.usage
not_given: openais.NotGiven = NOT_GIVEN


class Mine(BaseModel): ...
