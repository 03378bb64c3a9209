// The API's routes, from the contract and from what this platform says of its own, each to be tried.

import { html, nothing, render } from "./lit-html/lit-html.js";
import { repeat } from "./lit-html/directives/repeat.js";
import { readable } from "./panels/bodies.js";
import { example, resolve, schemaTree, typeName } from "./schema.js";

// To begin with where the contract gives no example.
const BODIES = {
  createChatCompletion: { model: "auto", messages: [{ role: "user", content: "Hello" }] },
  deployEndpoint: { task: "contract-key-fields" },
  matchTask: { query: "read invoices" },
};
const METHODS = ["get", "post", "put", "delete"];
const state = { sections: [], key: "", tried: new Map(), text: "" };

async function start() {
  const [contract, own] = await Promise.all(["/dashboard/contract.json", "/openapi.json"].map(load));
  const served = new Set(operationsOf(own).map(nameOf));
  const operations = [
    ...operationsOf(contract).map((one) => ({ ...one, isServed: served.has(nameOf(one)) || one.isElsewhere })),
    ...operationsOf(own).filter((one) => !one.path.startsWith("/v1/")).map((one) => ({ ...one, isServed: true })),
  ];
  const tags = [...new Set(operations.map((one) => one.tag))];
  state.sections = tags.map((tag) => [tag, operations.filter((one) => one.tag === tag)]);
  draw();
  // The browser looked for it before it was there.
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

async function load(path) {
  return (await fetch(path)).json();
}

function operationsOf(root) {
  return Object.entries(root.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({
      root, path, method,
      tag: item[method].tags?.[0] ?? "Other",
      isElsewhere: Boolean(item.servers ?? item[method].servers),
      parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])].map((one) => resolve(root, one)),
      ...pick(item[method]),
    })),
  );
}

function pick({ operationId, summary, description, requestBody, responses }) {
  return { id: operationId, summary, description, requestBody, responses };
}

/** The same for a route, whatever the parameters in its path are called. */
const nameOf = ({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, "{}")}`;

function page() {
  const words = state.text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (one) => words.every((word) => `${one.method} ${one.path} ${one.id} ${one.summary}`.toLowerCase().includes(word));
  const sections = state.sections
    .map(([tag, operations]) => [tag, operations.filter(fits)])
    .filter(([, operations]) => operations.length);
  return html`
    <header class="top">
      <a class="name" href="/" aria-label="Pareta, local: the dashboard">
        <img src="/dashboard/icon.svg" alt="" width="20" height="20">
        <span>pareta</span><span class="muted">local</span>
      </a>
      <form class="line reference-tools" @submit=${(event) => event.preventDefault()}>
        <label class="hidden" for="find">Find a route</label>
        <input id="find" type="search" placeholder="Find a route" @input=${(event) => set({ text: event.target.value })}>
        <label class="hidden" for="key">Key to try them with</label>
        <input id="key" type="password" autocomplete="off" placeholder="Key to try them with"
          @input=${(event) => set({ key: event.target.value })}>
      </form>
      <a class="docs" href="/">Dashboard</a>
    </header>
    <main class="reference">
      <nav aria-label="Routes">
        ${sections.map(
          ([tag, operations]) => html`
            <h2>${tag}</h2>
            <ul>
              ${operations.map((one) => html`<li><a href="#${one.id}">${one.summary}</a></li>`)}
            </ul>
          `,
        )}
      </nav>
      <div class="work">
        <h1 class="hidden">Pareta's API</h1>
        ${sections.map(
          ([tag, operations]) => html`
            <h2 class="section">${tag}</h2>
            ${repeat(operations, (one) => one.id, operation)}
          `,
        )}
      </div>
    </main>
  `;
}

function operation(one) {
  const { root, method, path, id, summary, description, parameters, requestBody, responses, isServed } = one;
  const content = requestBody && Object.entries(resolve(root, requestBody).content ?? {});
  return html`
    <article class="panel operation" id=${id} aria-label=${summary}>
      <header>
        <h3><span class="badge method ${method}">${method.toUpperCase()}</span> <code>${path}</code></h3>
        <span class="muted">${summary}</span>
      </header>
      ${isServed ? nothing : html`<p class="problem">This platform does not have it.</p>`}
      ${description ? html`<p>${prose(description)}</p>` : nothing}
      ${parameters.length
        ? html`<h4>Parameters</h4>
            <dl class="schema">
              ${parameters.map(
                ({ name, in: where, required, schema, description: said }) => html`
                  <div>
                    <dt><code>${name}</code> <span class="muted">${typeName(root, schema)}, in the ${where}${
                      required ? ", required" : ""
                    }</span></dt>
                    ${said ? html`<dd>${prose(said)}</dd>` : nothing}
                  </div>
                `,
              )}
            </dl>`
        : nothing}
      ${content?.map(([kind, { schema }]) => html`<h4>Body <span class="muted">${kind}</span></h4>${schemaTree(root, schema, prose)}`)}
      <h4>Answers</h4>
      ${Object.entries(responses).map(([status, answer]) => response(root, status, resolve(root, answer)))}
      ${isServed && !one.isElsewhere ? tryIt(one, content) : nothing}
    </article>
  `;
}

function response(root, status, { description, content = {}, headers = {} }) {
  const kinds = Object.entries(content);
  const kind = status.startsWith("2") ? "good" : status.startsWith("5") ? "bad" : "poor";
  return html`
    <details class="answer">
      <summary><span class="badge ${kind}">${status}</span> <span>${prose(description ?? "")}</span></summary>
      ${Object.keys(headers).length
        ? html`<p class="muted">Headers: ${Object.keys(headers).map((name, i) => html`${i ? ", " : ""}<code>${name}</code>`)}</p>`
        : nothing}
      ${kinds.map(
        ([type, { schema, itemSchema }]) => html`
          <p class="muted">${type}${itemSchema ? ", each event:" : ""}</p>
          ${itemSchema ?? schema ? schemaTree(root, itemSchema ?? schema, prose) : nothing}
        `,
      )}
    </details>
  `;
}

function tryIt(one, content) {
  const json = content?.find(([kind]) => kind === "application/json")?.[1];
  const tried = state.tried.get(one.id);
  if (content && !json) return nothing;
  const inPath = one.parameters.filter(({ in: where }) => where === "path" || where === "query");
  return html`
    <details class="answer">
      <summary>Try it</summary>
      <form class="fields" @submit=${(event) => send(event, one)}>
        ${inPath.map(
          ({ name, in: where, required }) => html`
            <div class="field">
              <label for="${one.id}-${name}">${name}</label>
              <input id="${one.id}-${name}" name="${where} ${name}" ?required=${required} autocomplete="off" class="code">
            </div>
          `,
        )}
        ${json
          ? html`<div class="field wide">
              <label for="${one.id}-body">Body</label>
              <textarea id="${one.id}-body" name="body" class="code" rows="8" spellcheck="false"
                .value=${JSON.stringify(BODIES[one.id] ?? example(one.root, json.schema), null, 2)}></textarea>
            </div>`
          : nothing}
        <button class="main">Send</button>
      </form>
      <div role="status">
        ${tried
          ? html`<p><span class="badge ${tried.status < 400 ? "good" : "bad"}">${tried.status}</span>
                <span class="muted">${tried.took}</span></p>
              <pre tabindex="0" aria-label="Answer">${tried.text}</pre>`
          : nothing}
      </div>
    </details>
  `;
}

async function send(event, one) {
  event.preventDefault();
  const fields = new FormData(event.target);
  const query = new URLSearchParams();
  for (const [name, value] of fields) if (name.startsWith("query ") && value) query.append(name.slice(6), value);
  const path = one.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(fields.get(`path ${name}`)));
  const began = performance.now();
  const tell = (values) => {
    state.tried.set(one.id, { took: `${Math.round(performance.now() - began)} ms`, ...values });
    draw();
  };
  try {
    const answer = await fetch(query.size ? `${path}?${query}` : path, {
      method: one.method.toUpperCase(),
      headers: {
        ...(state.key && { Authorization: `Bearer ${state.key}` }),
        ...(fields.has("body") && { "Content-Type": "application/json" }),
      },
      body: fields.get("body") ?? undefined,
    });
    const kind = answer.headers.get("Content-Type") ?? "";
    // The live log never ends: what comes at first is shown.
    const text = kind.startsWith("text/event-stream") ? await firstOf(answer.body) : await answer.text();
    tell({ status: answer.status, text: readable(kind, text) });
  } catch (error) {
    tell({ status: "failed", text: String(error) });
  }
}

async function firstOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  const late = new Promise((done) => setTimeout(done, 2000, { done: true }));
  let text = "";
  for (;;) {
    const { value, done } = await Promise.race([reader.read(), late]);
    if (done) break;
    text += value;
  }
  reader.cancel();
  return text;
}

/** Text with `code` in it. */
function prose(text) {
  return text.split(/(`+)(.+?)\1/gs).map((part, i) => (i % 3 === 2 ? html`<code>${part}</code>` : i % 3 ? nothing : part));
}

function set(values) {
  Object.assign(state, values);
  draw();
}

function draw() {
  render(page(), document.getElementById("page"));
}

start().catch(() => render(html`<main><p role="alert">The platform does not answer.</p></main>`, document.getElementById("page")));
