"""Whose API a base URL is."""

from __future__ import annotations

import pytest

from pareta_openai.migrate.base_urls import classify, named_after


@pytest.mark.parametrize(
    ("url", "kind", "whose"),
    [
        ("https://api.openai.com/v1", "openai", "OpenAI"),
        ("https://eu.api.openai.com/v1/", "openai", "OpenAI"),
        ("api.openai.com", "openai", "OpenAI"),
        ("https://contoso.openai.azure.com/openai/v1", "azure", "Azure OpenAI"),
        ("https://api.pareta.ai", "pareta", "Pareta"),
        ("https://api-staging.pareta.ai/v1", "pareta", "Pareta"),
        ("http://127.0.0.1:8484/v1", "pareta", "Pareta"),
        ("http://localhost:11434/v1", "other", "Ollama"),
        ("http://localhost:{}/v1", "other", "a server of your own"),
        ("http://[::1]:8000/v1", "other", "a server of your own"),
        ("http://192.168.1.7:8000", "other", "a server of your own"),
        ("http://vllm:8000/v1", "other", "a server of your own"),
        ("https://models.inference.ai.azure.com", "other", "GitHub Models"),
        ("https://openrouter.ai/api/v1", "other", "OpenRouter"),
        ("https://{}.example.com/v1", "unknown", "a host that is filled in at run time"),
        ("https://{}/v1", "unknown", "a host that is filled in at run time"),
        ("https://notopenai.com/v1", "other", "notopenai.com"),
        ("https://api.openai.com.example.org/v1", "other", "api.openai.com.example.org"),
    ],
)
def test_a_url_is_whose_host_it_names(url: str, kind: str, whose: str) -> None:
    assert classify(url) == (kind, whose)


@pytest.mark.parametrize(
    ("name", "whose"),
    [
        ("OPENAI_BASE_URL", "OpenAI"),
        ("openaiApiKey", "OpenAI"),
        ("AZURE_OPENAI_ENDPOINT", "Azure OpenAI"),
        ("PARETA_BASE_URL", "Pareta"),
        ("OLLAMA_HOST", "Ollama"),
        ("settings.open_router_url", "OpenRouter"),
        ("OPENAI_COMPATIBLE_URL", None),
        ("LLM_BASE_URL", None),
    ],
)
def test_a_variables_name_tells_a_vendor_or_none(name: str, whose: str | None) -> None:
    found = named_after(name)
    assert (found.whose if found else None) == whose
