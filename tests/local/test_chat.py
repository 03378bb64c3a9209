from __future__ import annotations

import json
import math

import pytest

ENDPOINT = "ep_contract_key_fields_1"


def test_a_completion_has_openais_shape(call):
    answer = call.chat("Who signs?", model=ENDPOINT)
    completion = answer.json()
    assert answer.status == 200
    assert set(completion) == {"id", "object", "created", "model", "choices", "usage"}
    assert completion["object"] == "chat.completion"
    assert completion["id"] == "chatcmpl-" + answer.headers["x-request-id"]
    assert completion["model"] == ENDPOINT
    [choice] = completion["choices"]
    assert set(choice) == {"index", "message", "logprobs", "finish_reason", "stop_reason"}
    assert choice["message"]["role"] == "assistant"
    assert choice["finish_reason"] == "stop"
    usage = completion["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


def test_the_answer_names_the_task_and_quotes_the_last_user_message(call):
    content = call.chat("Who signs?", model=ENDPOINT).json()["choices"][0]["message"]["content"]
    assert "contract-key-fields" in content
    assert "Who signs?" in content


def test_a_stream_is_framed_exactly_as_vllm_frames_it(call):
    answer = call.chat("hi", model=ENDPOINT, stream=True, max_tokens=2)
    created = json.loads(answer.body.split(b"\n")[0].removeprefix(b"data: "))["created"]
    head = (
        f'{{"id":"chatcmpl-{answer.headers["x-request-id"]}","object":"chat.completion.chunk",'
        f'"created":{created},"model":"{ENDPOINT}","choices":[{{"index":0,"delta":'
    )
    expected = "".join(
        f'data: {head}{delta},"logprobs":null,"finish_reason":{reason}}}]}}\n\n'
        for delta, reason in (
            ('{"role":"assistant","content":""}', "null"),
            ('{"content":"[con"}', "null"),
            ('{"content":"trac"}', "null"),
            ('{"content":""}', '"length","stop_reason":null'),
        )
    )
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.body.decode() == expected + "data: [DONE]\n\n"


def chunks(answer):
    *frames, done, rest = answer.body.decode().split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    return [json.loads(frame.removeprefix("data: ")) for frame in frames]


def test_a_stream_ends_with_usage_where_it_is_asked_for(call):
    plain = call.chat("hi", model=ENDPOINT).json()
    *pieces, last = chunks(call.chat("hi", model=ENDPOINT, stream=True, stream_options={"include_usage": True}))
    assert last["choices"] == []
    assert last["usage"] == plain["usage"]
    assert all("usage" not in piece for piece in pieces)


def test_the_pieces_of_a_stream_are_the_plain_answer(call):
    plain = call.chat("naïve 🙂 text", model=ENDPOINT, n=2).json()
    texts = {0: "", 1: ""}
    for chunk in chunks(call.chat("naïve 🙂 text", model=ENDPOINT, n=2, stream=True)):
        [choice] = chunk["choices"]
        texts[choice["index"]] += choice["delta"]["content"]
    assert list(texts.values()) == [choice["message"]["content"] for choice in plain["choices"]]


def test_the_choices_of_a_stream_take_turns(call):
    places = [
        chunk["choices"][0]["index"] for chunk in chunks(call.chat(model=ENDPOINT, n=2, max_tokens=3, stream=True))
    ]
    assert places == [0, 1] * 5


def test_fields_that_openai_does_not_have_pass_through(call):
    answer = call.chat(
        model=ENDPOINT, top_k=3, repetition_penalty=1.1, guided_json={}, chat_template_kwargs={"thinking": False}
    )
    assert answer.status == 200


def test_an_alias_that_the_organisation_has_live_can_be_called(call):
    answer = call.chat(model="contract-kie-1")
    assert answer.status == 200
    assert answer.json()["model"] == "contract-kie-1"


def test_auto_answers_from_a_live_endpoint(call):
    assert call.chat(model="auto").json()["model"] == ENDPOINT


def test_auto_answers_without_any_endpoint(platform, caller):
    organisation = platform.create_organisation()
    answer = caller(platform.base_url, organisation.api_key).chat(model="auto")
    assert answer.status == 200
    assert answer.json()["model"] == "auto"
    assert organisation.spent_micro_usd == int(answer.headers["X-Pareta-Billed"]) > 0


@pytest.mark.parametrize(
    ("model", "hint"),
    [
        ("nobody", "GET /v1/models"),
        ("Qwen/Qwen3-8B", "Hugging Face"),
        ("contract-kie-2", "contract-key-fields"),
        ("gpt-5.1", "vendor"),
    ],
)
def test_a_model_that_cannot_be_called_is_404_with_a_reason(call, model, hint):
    answer = call.chat(model=model)
    assert answer.status == 404
    assert hint in answer.detail


def test_the_recommended_system_prompt_applies_only_where_there_is_no_system_message(call):
    def prompt_tokens(*roles):
        messages = [{"role": role, "content": "four"} for role in roles]
        body = {"model": ENDPOINT, "messages": messages}
        return call("POST", "/v1/chat/completions", body).json()["usage"]["prompt_tokens"]

    record = call("GET", f"/v1/endpoints/{ENDPOINT}").json()
    recommended = -(-len(record["recommendedSystemPrompt"]) // 4)
    assert prompt_tokens("user") == 1 + recommended
    assert prompt_tokens("system", "user") == 2
    assert prompt_tokens("developer", "user") == 2


def test_content_parts_are_read_as_text_and_blobs(call):
    parts = [{"type": "text", "text": "look"}, {"type": "image_url", "image_url": {"url": "data:,"}}]
    messages = [{"role": "system", "content": ""}, {"role": "user", "content": parts}]
    answer = call("POST", "/v1/chat/completions", {"model": ENDPOINT, "messages": messages}).json()
    assert answer["usage"]["prompt_tokens"] == 1 + 256
    assert "look" in answer["choices"][0]["message"]["content"]


def test_a_json_schema_is_answered_with_json_that_fits_it(call):
    schema = {"type": "object", "properties": {"parties": {"type": "array", "items": {"type": "string"}}}}
    wanted = {"type": "json_schema", "json_schema": {"name": "contract", "schema": schema}}
    content = call.chat(model=ENDPOINT, response_format=wanted).json()["choices"][0]["message"]["content"]
    assert json.loads(content) == {"parties": ["parties"]}


def test_a_json_schema_that_nothing_fits_is_400_and_not_billed(call, organisation):
    wanted = {"type": "json_schema", "json_schema": {"name": "endless", "schema": {"$ref": "#"}}}
    answer = call.chat(model=ENDPOINT, response_format=wanted)
    assert answer.status == 400
    assert "JSON schema" in answer.detail
    assert organisation.ledger() == []


SCHEMA = {"type": "object", "properties": {"total": {"type": "number"}}, "required": ["total"]}


@pytest.mark.parametrize(
    "fields",
    [
        {"guided_json": SCHEMA},
        {"guided_json": json.dumps(SCHEMA)},
        {"structured_outputs": {"json": SCHEMA}},
        {"structured_outputs": {"json": json.dumps(SCHEMA)}},
    ],
)
def test_vllms_own_ways_to_ask_for_json_are_taken(call, fields):
    content = call.chat(model=ENDPOINT, **fields).json()["choices"][0]["message"]["content"]
    assert json.loads(content) == {"total": 0}


@pytest.mark.parametrize("fields", [{"guided_choice": ["a", "b"]}, {"structured_outputs": {"choice": ["a", "b"]}}])
def test_vllms_own_ways_to_ask_for_a_choice_are_taken(call, fields):
    assert call.chat(model=ENDPOINT, **fields).json()["choices"][0]["message"]["content"] == "a"


def test_ignore_eos_goes_on_to_the_last_token(call):
    answer = call.chat(model=ENDPOINT, max_tokens=500, ignore_eos=True).json()
    assert answer["usage"]["completion_tokens"] == 500


def logprobs_of(token, alternatives):
    [said, *others] = alternatives or [token]
    assert said["token"] == token["token"]
    assert said["token"] not in [other["token"] for other in others]
    assert all(bytes(entry["bytes"]).decode() == entry["token"] for entry in (token, said, *others))
    ranked = [entry["logprob"] for entry in (said, *others)]
    assert ranked == sorted(ranked, reverse=True)
    assert sum(math.exp(logprob) for logprob in ranked) <= 1
    return len(alternatives)


@pytest.mark.parametrize("wanted", [None, 0, 1, 5])
def test_each_token_has_its_logprob_and_its_alternatives(call, wanted):
    fields = {"logprobs": True} if wanted is None else {"logprobs": True, "top_logprobs": wanted}
    [choice] = call.chat("naïve 🙂", model=ENDPOINT, **fields).json()["choices"]
    tokens = choice["logprobs"]["content"]
    assert "".join(token["token"] for token in tokens) == choice["message"]["content"]
    assert {logprobs_of(token, token["top_logprobs"]) for token in tokens} == {wanted or 0}


def test_each_chunk_has_the_logprobs_of_its_token(call):
    first, *pieces, last = chunks(call.chat(model=ENDPOINT, logprobs=True, top_logprobs=2, stream=True))
    assert first["choices"][0]["logprobs"] is last["choices"][0]["logprobs"] is None
    for piece in pieces:
        [choice] = piece["choices"]
        [token] = choice["logprobs"]["content"]
        assert token["token"] == choice["delta"]["content"]
        assert logprobs_of(token, token["top_logprobs"]) == 2


TOOLS = [
    {"type": "function", "function": {"name": name, "description": "…", "parameters": SCHEMA}}
    for name in ("add_total", "get_total")
]


def named(name):
    return {"type": "function", "function": {"name": name}}


def allowed(mode, *names):
    return {"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": [named(name) for name in names]}}


@pytest.mark.parametrize(
    ("tool_choice", "names", "finish_reason"),
    [
        (None, ["add_total"], "tool_calls"),
        ("auto", ["add_total"], "tool_calls"),
        ("required", ["add_total"], "tool_calls"),
        (named("get_total"), ["get_total"], "stop"),
        (allowed("auto", "get_total"), ["get_total"], "tool_calls"),
        (allowed("required", "get_total"), ["get_total"], "tool_calls"),
        ("none", [], "stop"),
    ],
)
def test_tool_choice_is_honoured(call, tool_choice, names, finish_reason):
    fields = {} if tool_choice is None else {"tool_choice": tool_choice}
    [choice] = call.chat(model=ENDPOINT, tools=TOOLS, **fields).json()["choices"]
    calls = choice["message"].get("tool_calls", [])
    assert [(called["type"], called["function"]["name"]) for called in calls] == [("function", name) for name in names]
    assert all(json.loads(called["function"]["arguments"]) == {"total": 0} for called in calls)
    assert (choice["message"]["content"] is None) == bool(names)
    assert choice["finish_reason"] == finish_reason


def test_a_tool_call_is_streamed_as_vllm_streams_it(call):
    [plain] = call.chat("add total, get total", model=ENDPOINT, tools=TOOLS).json()["choices"]
    first, *pieces, last = chunks(call.chat("add total, get total", model=ENDPOINT, tools=TOOLS, stream=True))
    assert first["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert (last["choices"][0]["delta"], last["choices"][0]["finish_reason"]) == ({}, "tool_calls")
    calls = []
    for piece in pieces:
        [delta] = piece["choices"][0]["delta"]["tool_calls"]
        if "id" in delta:
            assert delta["index"] == len(calls)
            assert set(delta["function"]) == {"name"}
            calls.append({key: delta[key] for key in ("id", "type", "function")} | {"arguments": ""})
        else:
            assert set(delta) == {"index", "function"}
            calls[delta["index"]]["arguments"] += delta["function"]["arguments"]
    for told in calls:
        told["function"]["arguments"] = told.pop("arguments")
    assert calls == plain["message"]["tool_calls"]
    assert len(calls) == 2


def test_parallel_calls_can_be_refused(call):
    answer = call.chat("add total, get total", model=ENDPOINT, tools=TOOLS, parallel_tool_calls=False).json()
    assert len(answer["choices"][0]["message"]["tool_calls"]) == 1


@pytest.mark.parametrize(
    ("fields", "status", "hint"),
    [
        ({"tool_choice": "required"}, 400, "no tools"),
        ({"tool_choice": "auto"}, 400, "no tools"),
        ({"tools": TOOLS, "tool_choice": named("nobody")}, 400, "nobody"),
        ({"tools": TOOLS, "tool_choice": allowed("auto", "nobody")}, 400, "nobody"),
        ({"tools": TOOLS, "tool_choice": "sometimes"}, 422, "tool_choice"),
        ({"tools": [{"type": "wish"}]}, 422, "tools"),
        ({"tools": [{"type": "function", "function": {"name": ""}}]}, 422, "name"),
        ({"tools": [{"type": "function", "function": {"name": "f", "parameters": {"$ref": "#"}}}]}, 400, "JSON schema"),
        ({"top_logprobs": 2}, 422, "logprobs"),
        ({"logprobs": True, "top_logprobs": 21}, 422, "top_logprobs"),
        ({"guided_choice": []}, 422, "guided_choice"),
        ({"guided_json": "{"}, 422, "guided_json"),
        ({"min_tokens": 10**9}, 400, "131072"),
    ],
)
def test_what_makes_no_sense_is_refused_and_not_billed(call, organisation, fields, status, hint):
    answer = call.chat(model=ENDPOINT, **fields)
    assert answer.status == status
    assert hint in str(answer.detail)
    assert organisation.ledger() == []


@pytest.mark.parametrize("status", ["stopped", "starting"])
def test_an_endpoint_that_is_not_live_is_503_and_says_when_to_come_back(slow_platform, caller, status):
    organisation = slow_platform.create_organisation(endpoints=("contract-key-fields",))
    call = caller(slow_platform.base_url, organisation.api_key)
    call("POST", f"/v1/endpoints/{ENDPOINT}/stop")
    if status == "starting":
        call("POST", f"/v1/endpoints/{ENDPOINT}/start")
    for model in (ENDPOINT, "contract-kie-1"):
        answer = call.chat(model=model)
        assert answer.status == 503
        assert ENDPOINT in answer.detail
        assert status in answer.detail
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert organisation.ledger() == []


def test_models_are_the_live_endpoints(call):
    call.deploy("invoice-extraction", name="invoices")
    call("POST", f"/v1/endpoints/{ENDPOINT}/stop")
    listed = call("GET", "/v1/models").json()
    [model] = listed["data"]
    assert listed["object"] == "list"
    assert set(model) == {"id", "object", "owned_by", "created"}
    assert (model["id"], model["object"]) == ("invoices", "model")
    assert model["owned_by"].startswith("pareta")
    assert "no model" in model["owned_by"]
