"""Model aliases: where they come from, and which calls they hold for."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openai
import pytest
from pydantic import BaseModel

import pareta_openai
from pareta_openai import ParetaError, UnknownModelError, aliases
from pareta_openai.local import LocalPlatform, Organisation
from tests.support import MESSAGES, ScriptedServer, collect, json_answer, settle

pytestmark = pytest.mark.anyio

KEY = "pareta_sk_aliases_0123456789"


def upper(name: str) -> str | None:
    """An alias for names that begin with `my-`."""
    return f"ep_{name[3:]}" if name.startswith("my-") else None


async def sent_for(client: Any, script: ScriptedServer, name: str) -> str:
    """What the platform is asked for where the code says `name`."""
    await settle(client.chat.completions.create(model=name, messages=MESSAGES))
    model: str = script.received[-1].json["model"]
    return model


@pytest.mark.parametrize(
    ("model_aliases", "sent"),
    [
        ({"gpt-4o": "ep_one"}, {"gpt-4o": "ep_one", "gpt-4o-mini": "gpt-4o-mini", "ep_two": "ep_two"}),
        ({"ep_two": "ep_three"}, {"ep_two": "ep_three"}),
        (upper, {"my-model": "ep_model", "gpt-4o": "gpt-4o", "ep_two": "ep_two"}),
        ({"gpt-4o": "ep_one", "*": upper}, {"gpt-4o": "ep_one", "my-model": "ep_model", "o3": "o3"}),
        (
            {"gpt-4o": "ep_one", "*": "ep_rest"},
            {"gpt-4o": "ep_one", "o3-mini": "ep_rest", "chatgpt-4o-latest": "ep_rest", "ep_two": "ep_two"},
        ),
    ],
    ids=["mapping", "any name", "callable", "callable for the rest", "default"],
)
async def test_a_name_is_sent_as_its_alias(
    build: Callable[..., Any], script: ScriptedServer, model_aliases: Any, sent: dict[str, str]
) -> None:
    client = build(api_key=KEY, base_url=script.base_url, model_aliases=model_aliases)
    woken = pickle.loads(pickle.dumps(client.with_options(pickle_api_key=True)))
    for each in (client, client.with_options(timeout=5), woken):
        assert {name: await sent_for(each, script, name) for name in sent} == sent
    await settle(woken.close())


@pytest.mark.parametrize(
    "name",
    [
        "gpt-4o",
        "gpt-5.1",
        "o1",
        "o3-mini",
        "chatgpt-4o-latest",
        "ft:gpt-4o:acme::1",
        "text-embedding-3-small",
        "dall-e-3",
        "whisper-1",
        "tts-1-hd",
        "davinci-002",
        "sora-2",
    ],
)
def test_names_of_openais_models_are_known(name: str) -> None:
    assert aliases.is_openai_model(name)


@pytest.mark.parametrize(
    "name", ["ep_gpt-4o", "contract-kie-1", "auto", "o1x", "adaptive-1", "claude-sonnet-4-5", "text-kie-1"]
)
def test_other_names_are_not_taken_for_openais(name: str) -> None:
    assert not aliases.is_openai_model(name)


async def test_a_callable_that_gives_no_name_is_an_error(scripted: Any, script: ScriptedServer) -> None:
    client = scripted.with_options(model_aliases=lambda _: 7)
    with pytest.raises(TypeError, match=r"asked for 'my-model' and gave 7"):
        await settle(client.chat.completions.create(model="my-model", messages=MESSAGES))
    assert not script.received


async def test_only_the_rest_may_have_a_callable(build: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match=r"model_aliases: 'gpt-4o'"):
        build(api_key=KEY, model_aliases={"gpt-4o": upper})


class Invoice(BaseModel):
    total: str


async def call_every_way(client: Any) -> None:
    chat = client.chat.completions
    completions = chat if hasattr(chat, "parse") else client.beta.chat.completions
    plain = {"model": "gpt-4o", "messages": MESSAGES}
    await settle(chat.create(**plain))
    await collect(await settle(chat.create(**plain, stream=True)))
    await settle(completions.parse(**plain, response_format=Invoice))
    manager = completions.stream(**plain)
    if hasattr(manager, "__aenter__"):
        async with manager as stream:
            await stream.get_final_completion()
    else:
        with manager as stream:
            stream.get_final_completion()
    await settle(chat.with_raw_response.create(**plain))
    await settle(chat.create(model="ignored", messages=MESSAGES, extra_body={"model": "gpt-4o"}))


async def test_an_alias_holds_in_every_kind_of_call(client: Any, organisation: Organisation, endpoint: str) -> None:
    for _ in range(6):
        organisation.reply('{"total": "54.00"}')
    await call_every_way(client.with_options(model_aliases={"gpt-4o": endpoint}))
    organisation.assert_replies_used()


async def test_an_alias_holds_beside_files(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer({"created": 1, "data": []}))
    client = scripted.with_options(model_aliases={"dall-e-2": "ep_pictures"})
    await settle(client.images.edit(model="dall-e-2", image=b"PNG", prompt="blue"))
    assert b"ep_pictures" in script.received[0].body
    assert b"dall-e-2" not in script.received[0].body


async def test_the_control_plane_is_sent_names_as_they_are(scripted: Any, script: ScriptedServer) -> None:
    client = scripted.with_options(model_aliases={"gpt-5.1": "ep_wrong", "*": "ep_wrong"})
    script.answer(json_answer({"run_id": "r", "status": "queued"}))
    await settle(client.evals.runs.create(eval_set="es", models=["gpt-5.1"], frontier=["o3-mini"]))
    assert script.received[-1].json["candidate_model_ids"] == ["gpt-5.1", "o3-mini"]
    script.answer(json_answer({"object": "list", "data": []}))
    await collect(await settle(client.models.list()))
    await settle(client.post("/playground/frontier", cast_to=object, body={"model": "gpt-5.1"}))
    assert script.received[-1].json == {"model": "gpt-5.1"}


async def test_an_openai_model_without_an_alias_lists_endpoints_and_the_line_to_add(
    client: Any, endpoint: str, organisation: Organisation
) -> None:
    for ask in (client.chat.completions.create, client.chat.completions.with_raw_response.create):
        for stream in (False, True):
            with pytest.raises(UnknownModelError) as caught:
                await settle(ask(model="gpt-4o-mini", messages=MESSAGES, stream=stream))
            text = str(caught.value)
            assert "gpt-4o-mini is a model of OpenAI's" in text
            assert endpoint in text
            assert f'model_aliases={{"gpt-4o-mini": "{endpoint}"}}' in text
            assert f"PARETA_MODEL_ALIASES=gpt-4o-mini={endpoint}" in text
            assert f'"gpt-4o-mini" = "{endpoint}"' in text
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, openai.NotFoundError)
    assert caught.value.status_code == 404
    assert organisation.balance_micro_usd == 5_000_000


async def test_without_a_live_endpoint_it_says_how_to_get_one(
    build: Callable[..., Any], platform: LocalPlatform
) -> None:
    client = build(api_key=platform.create_organisation().api_key, base_url=platform.base_url)
    with pytest.raises(ValueError, match=r"No endpoint is live: client\.endpoints\.deploy"):
        await settle(client.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES))


async def test_where_the_endpoints_cannot_be_listed_it_says_how_to_list_them(
    scripted: Any, script: ScriptedServer
) -> None:
    script.answer(json_answer({"detail": "no such model"}, 404), json_answer({"detail": "no"}, 403))
    with pytest.raises(ValueError, match=r"client\.models\.list\(\) has your endpoints"):
        await settle(scripted.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES))


async def test_another_unknown_name_is_the_platforms_404(client: Any) -> None:
    with pytest.raises(pareta_openai.NotFoundError) as caught:
        await settle(client.chat.completions.create(model="ep_none", messages=MESSAGES))
    assert not isinstance(caught.value, ValueError)


async def test_an_endpoint_may_be_called_as_a_model_of_openais(
    build: Callable[..., Any], platform: LocalPlatform
) -> None:
    organisation = platform.create_organisation()
    organisation.deploy("news-summaries", name="gpt-4o-mini", deploy_seconds=0)
    client = build(api_key=organisation.api_key, base_url=platform.base_url)
    answer = await settle(client.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES))
    assert answer.model == "gpt-4o-mini"


async def test_a_vendors_model_may_be_called_where_the_platform_does(client: Any) -> None:
    answer = await settle(
        client.post("/playground/frontier", cast_to=object, body={"model": "gpt-5.1", "messages": MESSAGES})
    )
    assert answer["model"] == "gpt-5.1"


def test_the_variable_has_a_default_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARETA_MODEL_ALIASES", "gpt-4o=ep_one,*=ep_rest")
    assert aliases.find_model_aliases(None) == {"gpt-4o": "ep_one", "*": "ep_rest"}
    assert aliases.to_variable({"gpt-4o": "ep_one", "*": "ep_rest"}) == "gpt-4o=ep_one,*=ep_rest"


@pytest.mark.parametrize("name", ["a,b", "a=b", " a"])
def test_what_the_variable_cannot_hold_is_refused(name: str) -> None:
    with pytest.raises(ParetaError, match="PARETA_MODEL_ALIASES"):
        aliases.to_variable({name: "ep"})


CONFIG = '[tool.pareta.model-aliases]\n"gpt-4o-mini" = "ep_config"\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a pyproject.toml, and in it the working directory."""
    (tmp_path / "pyproject.toml").write_text(CONFIG, encoding="utf-8")
    inner = tmp_path / "src" / "app"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    return tmp_path


@pytest.mark.usefixtures("project")
async def test_the_config_is_read_only_where_that_is_asked_for(build: Callable[..., Any]) -> None:
    client_class = type(build(api_key=KEY))
    assert client_class(api_key=KEY).model_aliases == {}
    assert client_class.from_env(api_key=KEY).model_aliases == {}
    assert client_class.from_env(api_key=KEY, config=True).model_aliases == {"gpt-4o-mini": "ep_config"}


@pytest.mark.usefixtures("project")
async def test_argument_and_variable_win_over_the_config(
    build: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client_class = type(build(api_key=KEY))
    assert client_class.from_env(api_key=KEY, config=True, model_aliases={"a": "b"}).model_aliases == {"a": "b"}
    monkeypatch.setenv("PARETA_MODEL_ALIASES", "c=d")
    assert client_class.from_env(api_key=KEY, config=True).model_aliases == {"c": "d"}


def test_the_nearest_config_counts(project: Path) -> None:
    assert aliases.read_config() == {"gpt-4o-mini": "ep_config"}
    (project / "src" / "pyproject.toml").write_text('[project]\nname = "inner"\n', encoding="utf-8")
    assert aliases.read_config() == {}
    assert aliases.read_config(project) == {"gpt-4o-mini": "ep_config"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[tool.pareta.model-aliases", "cannot be read"),
        ('[tool.pareta]\nmodel-aliases = "gpt-4o"', "belong lines such as"),
        ("[tool.pareta.model-aliases]\ngpt-4o = 7", "belong lines such as"),
        ("tool.pareta = 7 # model-aliases", "belong lines such as"),
    ],
)
def test_a_config_that_cannot_be_used_is_named(project: Path, text: str, words: str) -> None:
    file = project / "pyproject.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ParetaError, match=words) as caught:
        aliases.read_config()
    assert str(file) in str(caught.value)


def test_on_python_3_10_a_missing_reader_is_named(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("tomllib", "tomli"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ParetaError, match=r"pip install 'pareta-openai\[config\]'"):
        aliases.read_config()
    (project / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    assert aliases.read_config() == {}
