// The live log. New requests come in at the top; while one is open to be read, they wait.

import { openRequest } from "../actions.js";
import { bytes, count, milliseconds, money, time } from "../format.js";
import { html, nothing } from "../lit-html/lit-html.js";
import { repeat } from "../lit-html/directives/repeat.js";
import { changed, set, state } from "../state.js";
import { completionText, readable } from "./bodies.js";

const SHOWN = 200;

export function requests() {
  const found = matching();
  const shown = found.filter((request) => request.number <= state.shownUpTo).slice(0, SHOWN);
  const waiting = found.filter((request) => request.number > state.shownUpTo).length;
  const { filter } = state;
  return html`
    <section id="requests" aria-labelledby="requests-title" class="panel requests" tabindex="-1">
      <header>
        <h2 id="requests-title">Requests <span class="count">${found.length}</span></h2>
        <form class="line" role="search" aria-label="Requests" @submit=${(event) => event.preventDefault()}>
          <label class="hidden" for="filter">Show only requests with</label>
          <input id="filter" type="search" placeholder="Filter" .value=${filter.text}
            @input=${(event) => narrow({ text: event.target.value })}>
          <label><input type="checkbox" .checked=${filter.problems}
            @change=${(event) => narrow({ problems: event.target.checked })}> Problems</label>
          <label><input type="checkbox" .checked=${filter.everyone}
            @change=${(event) => narrow({ everyone: event.target.checked })}> All organisations</label>
          <button type="button" aria-pressed=${state.isPaused} @click=${pause}>Pause</button>
          <button type="button" @click=${clear}>Clear</button>
        </form>
      </header>
      ${waiting
        ? html`<button type="button" class="waiting" @click=${showWaiting}>${count(waiting, "new request")}</button>`
        : nothing}
      <div class="columns" aria-hidden="true">
        <span>Time</span><span>Status</span><span>Request</span><span>Model</span><span>Tokens</span><span>Cost</span>
        <span>Took</span>
      </div>
      <ol class="log" @keydown=${move} aria-label="Requests, the newest first">
        ${repeat(shown, (request) => request.id, (request, i) => row(request, i))}
      </ol>
      ${shown.length ? nothing : html`<p class="empty">${state.requests.size ? "None of the requests fits." : waitingText()}</p>`}
    </section>
  `;
}

function waitingText() {
  return html`Waiting for the first call to <code>${location.origin}/v1</code>. Mint a key and send one.`;
}

function matching() {
  const { text, problems, everyone } = state.filter;
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return [...state.requests.values()]
    .filter((request) => everyone || request.organisation === state.organisationId)
    .filter((request) => !problems || isProblem(request))
    .filter((request) => {
      const said = [request.method, request.path, request.operation, request.model, request.status, request.problem,
        request.fault, request.organisation, request.id, request.idempotency_key].join(" ").toLowerCase();
      return words.every((word) => said.includes(word));
    })
    .sort((a, b) => b.number - a.number);
}

function isProblem({ state, status, fault }) {
  return state === "cut" || status >= 400 || fault !== null;
}

function row(request, i) {
  const isOpen = state.bodies.has(request.id);
  // One stop for the tab key; from there the arrows.
  const isStop = state.rowId === request.id || (i === 0 && !state.requests.has(state.rowId));
  return html`
    <li class=${isOpen ? "open" : ""}>
      <button type="button" class="row" tabindex=${isStop ? 0 : -1} aria-expanded=${isOpen}
        aria-controls="request-${request.number}" data-id=${request.id} @click=${() => toggle(request.id)}
        @focus=${() => set({ rowId: request.id })}>
        <span class="time">${time(request.at)}</span>
        ${badge(request)}
        <span class="what"><b>${request.method}</b> ${request.path}${
          request.organisation && request.organisation !== state.organisationId
            ? html` <span class="muted">${request.organisation}</span>`
            : nothing
        }</span>
        <span class="model" title=${request.model ?? ""}>${request.model ?? ""}</span>
        <span class="tokens">${tokens(request)}</span>
        <span class="cost">${request.micro_usd === null ? "" : money(request.micro_usd)}</span>
        <span class="took">${milliseconds(request.total_milliseconds)}</span>
        ${request.problem || request.fault
          ? html`
              <span class="more">
                ${request.fault ? html`<span class="chip">${request.fault}</span>` : nothing}
                <span class="problem">${request.problem}</span>
              </span>
            `
          : nothing}
      </button>
      ${isOpen ? details(request) : nothing}
    </li>
  `;
}

function badge({ state, status, retry_after }) {
  if (state === "open") return html`<span class="badge">${status ?? ""} …</span>`;
  if (state === "cut") return html`<span class="badge bad">${status ?? ""} cut</span>`;
  const kind = status >= 500 ? "bad" : status >= 400 ? "poor" : "good";
  return html`<span class="badge ${kind}" title=${retry_after ? `Retry-After: ${retry_after}` : ""}>${status}</span>`;
}

function tokens({ prompt_tokens, completion_tokens }) {
  return prompt_tokens || completion_tokens ? `${prompt_tokens} → ${completion_tokens}` : "";
}

function details(request) {
  const whole = state.bodies.get(request.id);
  const facts = [
    ["Request id", request.id],
    ["Operation", request.operation],
    ["Organisation", request.organisation],
    ["Idempotency-Key", request.idempotency_key],
    ["Retry-After", request.retry_after],
    ["Fault", request.fault],
    ["First byte", milliseconds(request.first_byte_milliseconds)],
    ["Whole answer", milliseconds(request.total_milliseconds)],
    ["Billed", request.micro_usd === null ? "nothing" : `${money(request.micro_usd)} to ${request.model}`],
    ["A frontier model's price", request.frontier_micro_usd === null ? null : money(request.frontier_micro_usd)],
  ];
  return html`
    <div class="details" id="request-${request.number}">
      <dl>
        ${facts.map(([name, value]) => (value ? html`<div><dt>${name}</dt><dd>${value}</dd></div>` : nothing))}
      </dl>
      ${whole?.lost ? html`<p class="problem">${whole.lost}</p>` : nothing}
      ${whole?.request ? bodies(whole) : nothing}
    </div>
  `;
}

function bodies({ request, response }) {
  const said = completionText(response);
  return html`
    <div class="bodies">
      ${body("Request", request)}
      <div>
        ${said ? html`<h4>Reply</h4><pre tabindex="0" aria-label="Reply" class="reply">${said}</pre>` : nothing}
        ${body("Response", response)}
      </div>
    </div>
  `;
}

function body(name, { content_type, bytes: size, is_whole, text }) {
  if (!size) return nothing;
  return html`
    <div class="body">
      <h4>${name} <span class="muted">${content_type} ${bytes(size)}${is_whole ? "" : ", the beginning of it"}</span></h4>
      ${text ? html`<pre tabindex="0" aria-label="${name} body">${readable(content_type, text)}</pre>` : nothing}
    </div>
  `;
}

function toggle(id) {
  if (state.bodies.has(id)) {
    state.bodies.delete(id);
    hold();
  } else {
    openRequest(id);
    hold();
  }
}

/** New requests wait while the log is paused, or something in it is being read. */
function hold() {
  const isHeld = state.isPaused || state.bodies.size > 0;
  if (!isHeld) state.shownUpTo = Infinity;
  else if (state.shownUpTo === Infinity) state.shownUpTo = newest();
  changed();
}

function newest() {
  return Math.max(0, ...[...state.requests.values()].map((request) => request.number));
}

function pause() {
  state.isPaused = !state.isPaused;
  hold();
}

function showWaiting() {
  state.shownUpTo = newest();
  changed();
  document.getElementById("requests").focus();
}

function clear() {
  state.requests.clear();
  state.bodies.clear();
  hold();
}

function narrow(values) {
  set({ filter: { ...state.filter, ...values } });
}

function move(event) {
  const rows = [...event.currentTarget.querySelectorAll(".row")];
  const at = rows.indexOf(event.target);
  if (at < 0) return;
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  rows[Math.min(Math.max(to, 0), rows.length - 1)].focus();
}
