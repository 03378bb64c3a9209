"""Where key, base URL and model aliases come from, and what is refused before anything is sent."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from pareta_openai import AsyncOpenAI, OpenAI, ParetaError

KEY = "pareta_sk_test_0123456789"
CLIENTS = [OpenAI, AsyncOpenAI]

pytestmark = pytest.mark.parametrize("client_class", CLIENTS)


def test_key_and_url_come_from_the_environment(client_class: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARETA_API_KEY", KEY)
    monkeypatch.setenv("PARETA_BASE_URL", "https://api-staging.pareta.ai")
    for client in (client_class(), client_class.from_env()):
        assert client.api_key == KEY
        assert str(client.base_url) == "https://api-staging.pareta.ai/v1/"


def test_arguments_win_over_the_environment(client_class: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARETA_API_KEY", "pareta_sk_from_environment")
    monkeypatch.setenv("PARETA_BASE_URL", "https://api-staging.pareta.ai")
    client = client_class.from_env(api_key=KEY, base_url="http://localhost:8000")
    assert (client.api_key, str(client.base_url)) == (KEY, "http://localhost:8000/v1/")


def test_production_is_the_default(client_class: Any) -> None:
    assert str(client_class(api_key=KEY).base_url) == "https://api.pareta.ai/v1/"


@pytest.mark.parametrize("given", ["https://host", "https://host/", "https://host/v1", "https://host/v1/"])
def test_either_spelling_of_the_base_url_works(client_class: Any, given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARETA_BASE_URL", given)
    assert str(client_class(api_key=KEY).base_url) == "https://host/v1/"
    assert str(client_class(api_key=KEY, base_url=given).base_url) == "https://host/v1/"


def test_a_path_in_front_of_v1_is_kept(client_class: Any) -> None:
    assert str(client_class(api_key=KEY, base_url="https://host/pareta").base_url) == "https://host/pareta/v1/"


def test_an_empty_base_url_variable_counts_as_unset(client_class: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARETA_BASE_URL", "")
    assert str(client_class(api_key=KEY).base_url) == "https://api.pareta.ai/v1/"


def test_no_key_says_what_to_set(client_class: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai")
    with pytest.raises(ParetaError, match="set PARETA_API_KEY, or pass api_key="):
        client_class()


def test_an_empty_key_is_refused_and_its_source_named(client_class: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ParetaError, match=r"^api_key is empty"):
        client_class(api_key="")
    monkeypatch.setenv("PARETA_API_KEY", "")
    with pytest.raises(ParetaError, match=r"^PARETA_API_KEY is empty"):
        client_class()


@pytest.mark.parametrize("key", ["pareta_sk_abc\ndef", "pareta_sk_abc\n", "pareta_sk_ abc", "pareta_sk_äbc"])
def test_a_key_that_no_header_can_carry_is_refused_unseen(client_class: Any, key: str) -> None:
    with pytest.raises(ParetaError, match="line break") as caught:
        client_class(api_key=key)
    assert "pareta_sk_ab" not in str(caught.value)
    assert "def" not in str(caught.value)


def test_an_openai_secret_is_refused_unseen(client_class: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ParetaError, match="OpenAI secret") as caught:
        client_class(api_key="sk-proj-canary")
    assert "canary" not in str(caught.value)
    monkeypatch.setenv("PARETA_API_KEY", "sk-proj-canary")
    with pytest.raises(ParetaError, match=r"^PARETA_API_KEY starts with sk-"):
        client_class()


def test_an_openai_secret_cannot_be_assigned_or_copied_in_later(client_class: Any) -> None:
    client = client_class(api_key=KEY)
    with pytest.raises(ParetaError, match="OpenAI secret"):
        client.api_key = "sk-proj-canary"
    with pytest.raises(ParetaError, match="OpenAI secret"):
        client.with_options(api_key="sk-proj-canary")
    assert client.api_key == KEY


def test_a_key_of_another_type_is_refused(client_class: Any) -> None:
    with pytest.raises(ParetaError, match="api_key must be a string, not bytes"):
        client_class(api_key=b"pareta_sk_abc")


@pytest.mark.parametrize("url", ["api.pareta.ai", "api.pareta.ai/v1", "//api.pareta.ai", "ftp://api.pareta.ai", ""])
def test_a_base_url_without_a_scheme_is_refused(client_class: Any, url: str) -> None:
    with pytest.raises(ParetaError, match=r"^base_url must start with http:// or https://"):
        client_class(api_key=KEY, base_url=url)


@pytest.mark.parametrize("url", ["https://", "https:///v1", "http://host:port", "http://[::1"])
def test_a_base_url_without_a_usable_host_is_refused(client_class: Any, url: str) -> None:
    with pytest.raises(ParetaError, match=r"^base_url must"):
        client_class(api_key=KEY, base_url=url)


def test_a_password_in_a_refused_url_is_not_shown(client_class: Any) -> None:
    with pytest.raises(ParetaError) as caught:
        client_class(api_key=KEY, base_url="user:canary@host")
    assert "canary" not in str(caught.value)


def test_an_unknown_argument_is_named_with_the_one_that_was_meant(client_class: Any) -> None:
    with pytest.raises(TypeError, match=r"no argument 'max_retry'.*Did you mean max_retries\?"):
        client_class(api_key=KEY, max_retry=3)


def test_settings_errors_are_openai_errors_too(client_class: Any) -> None:
    with pytest.raises(openai.OpenAIError):
        client_class()


def test_model_aliases_come_from_the_environment(client_class: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARETA_MODEL_ALIASES", " gpt-4o-mini = ep_one , gpt-4o=ep_two,")
    assert client_class(api_key=KEY).model_aliases == {"gpt-4o-mini": "ep_one", "gpt-4o": "ep_two"}
    assert client_class(api_key=KEY, model_aliases={"a": "b"}).model_aliases == {"a": "b"}


@pytest.mark.parametrize("text", ["gpt-4o-mini", "=ep_one", "gpt-4o="])
def test_a_malformed_alias_variable_is_refused(client_class: Any, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARETA_MODEL_ALIASES", text)
    with pytest.raises(ParetaError, match="PARETA_MODEL_ALIASES: cannot read"):
        client_class(api_key=KEY)


@pytest.mark.parametrize("aliases", [{"a": ""}, {"": "b"}, {"a": None}, {1: "b"}])
def test_a_malformed_alias_argument_is_refused(client_class: Any, aliases: Any) -> None:
    with pytest.raises(ValueError, match="model_aliases"):
        client_class(api_key=KEY, model_aliases=aliases)
