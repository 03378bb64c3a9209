// With npm's openai on Node: all that the platform has of OpenAI's API.

import assert from "node:assert/strict";
import OpenAI, { toFile } from "openai";
import { VERSION } from "openai/version";

const MODEL = "ep_invoice_kie";
const messages = [{ role: "user", content: "Invoice 2041, Hansen Tools, 54.00 EUR" }];
const tools = [
  {
    type: "function",
    function: {
      name: "book_invoice",
      parameters: { type: "object", properties: { total: { type: "number" } }, required: ["total"] },
    },
  },
];

async function chat(client) {
  const create = (more) => client.chat.completions.create({ model: MODEL, messages, ...more });
  const whole = await create({ temperature: 0, top_k: 5 });
  const text = whole.choices[0].message.content;
  assert.ok(text);
  assert.ok(whole._request_id);
  assert.equal(whole.usage.total_tokens, whole.usage.prompt_tokens + whole.usage.completion_tokens);
  assert.equal((await create({ max_tokens: 2 })).choices[0].finish_reason, "length");
  assert.equal((await create({ n: 3 })).choices.length, 3);
  const told = (await create({ logprobs: true, top_logprobs: 2 })).choices[0].logprobs;
  assert.equal(told.content[0].top_logprobs[0].token, told.content[0].token);
  const [call] = (await create({ tools, tool_choice: "required" })).choices[0].message.tool_calls;
  assert.equal(call.function.name, "book_invoice");
  assert.ok("total" in JSON.parse(call.function.arguments));
  const json = await create({ response_format: { type: "json_object" } });
  assert.ok(JSON.parse(json.choices[0].message.content));
  return whole;
}

async function streams(client, whole) {
  const text = whole.choices[0].message.content;
  let said = "";
  let usage = null;
  const stream = await client.chat.completions.create({
    model: MODEL,
    messages,
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const chunk of stream) {
    said += chunk.choices[0]?.delta?.content ?? "";
    usage = chunk.usage ?? usage;
  }
  assert.equal(said, text);
  assert.deepEqual(usage, whole.usage);
  const runner = client.chat.completions.stream({ model: MODEL, messages });
  assert.equal(await runner.finalContent(), text);
  const schema = {
    type: "object",
    properties: { vendor: { type: "string" }, total: { type: "number" } },
    required: ["vendor", "total"],
    additionalProperties: false,
  };
  const parsed = await client.chat.completions.parse({
    model: MODEL,
    messages,
    response_format: { type: "json_schema", json_schema: { name: "invoice", schema, strict: true } },
  });
  assert.equal(typeof JSON.parse(parsed.choices[0].message.content).total, "number");
}

async function theRest(client) {
  const { data, response } = await client.chat.completions.create({ model: MODEL, messages }).withResponse();
  assert.ok(Number(response.headers.get("x-pareta-billed")) > 0);
  assert.ok(data.choices[0].message.content);
  const ids = [];
  for await (const model of client.models.list()) ids.push(model.id);
  assert.ok(ids.includes(MODEL));
  const embeddings = await client.embeddings.create({ model: "text-embedding-3-small", input: ["one", "two"] });
  assert.deepEqual(embeddings.data.map((item) => item.embedding.length), [1024, 1024]);
  const drawn = await client.images.generate({ prompt: "a fox", size: "1024x1024" });
  const png = Buffer.from(drawn.data[0].b64_json, "base64");
  const image = await toFile(png, "fox.png", { type: "image/png" });
  const edited = await client.images.edit({ image, prompt: "with a red scarf" });
  assert.equal(Buffer.from(edited.data[0].b64_json, "base64").subarray(1, 4).toString(), "PNG");
  const answers = await Promise.all([1, 2, 3].map(() => client.chat.completions.create({ model: MODEL, messages })));
  assert.equal(new Set(answers.map((answer) => answer.id)).size, 3);
}

async function refusals(client) {
  const refused = (who, more, status) =>
    assert.rejects(who.chat.completions.create({ model: MODEL, messages, ...more }), (error) => {
      assert.ok(error instanceof OpenAI.APIError);
      assert.equal(error.status, status);
      assert.ok(error.requestID);
      return true;
    });
  await refused(client, { model: "absent" }, 404);
  await refused(client, { messages: [] }, 422);
  await refused(client.withOptions({ apiKey: "pareta_sk_of_nobody" }), {}, 401);
  await refused(client.withOptions({ apiKey: process.env.EMPTY_API_KEY }), { model: "auto" }, 402);
}

await new OpenAI().models.list();
const client = new OpenAI({ maxRetries: 0 });
await streams(client, await chat(client));
await theRest(client);
await refusals(client);
console.log("done with openai", VERSION);
