"""What frameworks call the arguments that carry key, URL and model to an OpenAI-compatible server."""

from __future__ import annotations

from typing import NamedTuple


class Carrier(NamedTuple):
    """A class or function that talks to OpenAI by itself."""

    keys: tuple[str, ...]
    """Names of the argument for the key; the first is written where there is none yet."""
    urls: tuple[str, ...]
    models: tuple[str, ...]
    position: int | None = None
    """Where the model stands without a name."""


_LANGCHAIN = Carrier(("api_key", "openai_api_key"), ("base_url", "openai_api_base"), ("model", "model_name"))
_HAYSTACK = Carrier(("api_key",), ("api_base_url",), ("model",))

CARRIERS = {
    "crewai.LLM": Carrier(("api_key",), ("base_url", "api_base"), ("model",), 0),
    "dspy.LM": Carrier(("api_key",), ("api_base",), ("model",), 0),
    "haystack.components.embedders.OpenAIDocumentEmbedder": _HAYSTACK,
    "haystack.components.embedders.OpenAITextEmbedder": _HAYSTACK,
    "haystack.components.generators.OpenAIGenerator": _HAYSTACK,
    "haystack.components.generators.chat.OpenAIChatGenerator": _HAYSTACK,
    "langchain.chat_models.ChatOpenAI": _LANGCHAIN,
    "langchain_community.chat_models.ChatOpenAI": _LANGCHAIN,
    "langchain_openai.ChatOpenAI": _LANGCHAIN,
    "langchain_openai.OpenAIEmbeddings": _LANGCHAIN,
    "langchain_openai.chat_models.ChatOpenAI": _LANGCHAIN,
    "langchain_openai.chat_models.base.ChatOpenAI": _LANGCHAIN,
    "langchain_openai.embeddings.OpenAIEmbeddings": _LANGCHAIN,
    "pydantic_ai.providers.openai.OpenAIProvider": Carrier(("api_key",), ("base_url",), ()),
}
"""By origin: those that take all three as arguments, and a model of any name."""

CLIENT_ARGUMENTS = ("async_client", "client", "http_client", "openai_client", "root_client")
"""What takes a client that is made elsewhere: with it, key and URL are the client's."""
