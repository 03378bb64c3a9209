"""openai's public names as type checkers see them under `pareta_openai`: those of openai 3.54.0.

Never imported at run time, when `pareta_openai` serves whatever the installed openai has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import openai
from openai import (
    DEFAULT_CONNECTION_LIMITS as DEFAULT_CONNECTION_LIMITS,
)
from openai import (
    DEFAULT_MAX_RETRIES as DEFAULT_MAX_RETRIES,
)
from openai import (
    DEFAULT_TIMEOUT as DEFAULT_TIMEOUT,
)
from openai import (
    NOT_GIVEN as NOT_GIVEN,
)
from openai import (
    VERSION as VERSION,
)
from openai import (
    APIResponse as APIResponse,
)
from openai import (
    AssistantEventHandler as AssistantEventHandler,
)
from openai import (
    AsyncAPIResponse as AsyncAPIResponse,
)
from openai import (
    AsyncAssistantEventHandler as AsyncAssistantEventHandler,
)
from openai import (
    AsyncAzureOpenAI as AsyncAzureOpenAI,
)
from openai import (
    AsyncBedrockOpenAI as AsyncBedrockOpenAI,
)
from openai import (
    AsyncComputerDriver as AsyncComputerDriver,
)
from openai import (
    AsyncComputerToolset as AsyncComputerToolset,
)
from openai import (
    AsyncStream as AsyncStream,
)
from openai import (
    AzureOpenAI as AzureOpenAI,
)
from openai import (
    BaseModel as BaseModel,
)
from openai import (
    BedrockOpenAI as BedrockOpenAI,
)
from openai import (
    ComputerDriver as ComputerDriver,
)
from openai import (
    ComputerToolset as ComputerToolset,
)
from openai import (
    ContentFilterFinishReasonError as ContentFilterFinishReasonError,
)
from openai import (
    DataResidency as DataResidency,
)
from openai import (
    DefaultAioHttpClient as DefaultAioHttpClient,
)
from openai import (
    DefaultAsyncHttpx2Client as DefaultAsyncHttpx2Client,
)
from openai import (
    DefaultAsyncHttpxClient as DefaultAsyncHttpxClient,
)
from openai import (
    DefaultHttpx2Client as DefaultHttpx2Client,
)
from openai import (
    DefaultHttpxClient as DefaultHttpxClient,
)
from openai import (
    HttpxBinaryResponseContent as HttpxBinaryResponseContent,
)
from openai import (
    InvalidWebhookSignatureError as InvalidWebhookSignatureError,
)
from openai import (
    LengthFinishReasonError as LengthFinishReasonError,
)
from openai import (
    NoneType as NoneType,
)
from openai import (
    NotGiven as NotGiven,
)
from openai import (
    OAuthError as OAuthError,
)
from openai import (
    Omit as Omit,
)
from openai import (
    OpenAIError as OpenAIError,
)
from openai import (
    ProxiesTypes as ProxiesTypes,
)
from openai import (
    ReconnectingEvent as ReconnectingEvent,
)
from openai import (
    ReconnectingOverrides as ReconnectingOverrides,
)
from openai import (
    RequestOptions as RequestOptions,
)
from openai import (
    Stream as Stream,
)
from openai import (
    Timeout as Timeout,
)
from openai import (
    Transport as Transport,
)
from openai import (
    WebSocketConnectionClosedError as WebSocketConnectionClosedError,
)
from openai import (
    WebSocketQueueFullError as WebSocketQueueFullError,
)
from openai import (
    admin as admin,
)
from openai import (
    audio as audio,
)
from openai import auth as auth
from openai import (
    batches as batches,
)
from openai import (
    beta as beta,
)
from openai import (
    completions as completions,
)
from openai import (
    containers as containers,
)
from openai import (
    content_provenance_checks as content_provenance_checks,
)
from openai import (
    conversations as conversations,
)
from openai import (
    decisions as decisions,
)
from openai import (
    file_from_path as file_from_path,
)
from openai import (
    files as files,
)
from openai import (
    fine_tuning as fine_tuning,
)
from openai import (
    images as images,
)
from openai import lib as lib
from openai import (
    live as live,
)
from openai import (
    moderations as moderations,
)
from openai import (
    not_given as not_given,
)
from openai import (
    omit as omit,
)
from openai import providers as providers
from openai import (
    pydantic_function_tool as pydantic_function_tool,
)
from openai import (
    pydantic_responses_function_tool as pydantic_responses_function_tool,
)
from openai import (
    realtime as realtime,
)
from openai import (
    responses as responses,
)
from openai import (
    safety as safety,
)
from openai import (
    skills as skills,
)
from openai import (
    uploads as uploads,
)
from openai import (
    vector_stores as vector_stores,
)
from openai import version as version
from openai import (
    videos as videos,
)
from openai import (
    webhooks as webhooks,
)

from .aliases import AskedForTheRest, ModelAliases
from .going_over import WentOver
from .resources.chat import Chat
from .resources.embeddings import Embeddings
from .resources.endpoints import Endpoints
from .resources.evals import Evals
from .resources.models import Models
from .resources.tasks import Tasks
from .shadowing import Shadow

chat: Chat
embeddings: Embeddings
endpoints: Endpoints
evals: Evals
models: Models
tasks: Tasks

api_key: str | Callable[[], str] | None
base_url: str | None
organization: str | None
project: str | None
webhook_secret: str | None
timeout: float | openai.Timeout | None
max_retries: int
default_headers: Mapping[str, str] | None
default_query: Mapping[str, object] | None
http_client: openai.DefaultHttpxClient | None

model_aliases: ModelAliases | AskedForTheRest | None
on_not_ready: Literal["raise", "start"]
not_ready_timeout: float
pickle_api_key: bool
call_timeout: float | None
allow_unsupported: bool
fallback: openai.OpenAI | Callable[[], openai.OpenAI] | None
fallback_on: type[Exception] | tuple[type[Exception], ...]
fallback_models: Mapping[str, str] | None
on_fallback: Callable[[WentOver], object] | None
share: float | None
share_key: str | Callable[[Mapping[str, Any]], str | None] | None
shadow: bool | Shadow
