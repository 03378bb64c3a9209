// The bar above everything: whose page it is, whether the platform answers, and its clock.

import { advanceClock, choose, createOrganisation } from "../actions.js";
import { day, duration, time } from "../format.js";
import { html, nothing } from "../lit-html/lit-html.js";
import { live } from "../lit-html/directives/live.js";
import { repeat } from "../lit-html/directives/repeat.js";
import { now, state } from "../state.js";

const CONNECTION = {
  connecting: "Connecting",
  open: "Live",
  lost: "The platform does not answer",
  locked: "Locked",
};
const STEPS = [
  ["+1 min", "minute", 60],
  ["+1 h", "hour", 3600],
  ["+1 day", "day", 86400],
];

export function top() {
  return html`
    <header class="top">
      <a class="name" href="/" aria-label="Pareta, local: the dashboard">
        <img src="/dashboard/icon.svg" alt="" width="20" height="20">
        <span>pareta</span><span class="muted">local</span>
      </a>
      <p class="connection ${state.connection}" role="status"><span>${CONNECTION[state.connection]}</span></p>
      <div class="who">
        <label class="hidden" for="organisation">Organisation</label>
        <select id="organisation" @change=${(event) => choose(event.target.value)}>
          ${repeat(
            state.organisations,
            (one) => one.id,
            (one) => html`
              <option value=${one.id} .selected=${live(one.id === state.organisationId)}>${one.id}</option>
            `,
          )}
        </select>
        <button type="button" @click=${() => document.getElementById("new-organisation").showModal()}>New…</button>
      </div>
      ${state.clock === null ? nothing : clock()}
      <a class="docs" href="/docs">API</a>
    </header>
    ${newOrganisation()}
  `;
}

function clock() {
  const { ahead } = state.clock;
  return html`
    <div class="clock" role="group" aria-label="The platform's clock">
      <time datetime=${new Date(now() * 1000).toISOString()} title=${day(now())}>${time(now())}</time>
      <span class="ahead" role="status">${ahead ? `${duration(ahead)} ahead` : nothing}</span>
      <span class="joined">
        ${STEPS.map(
          ([text, name, seconds]) => html`
            <button type="button" aria-label="Move the clock one ${name} on" @click=${() => advanceClock(seconds)}>
              ${text}
            </button>
          `,
        )}
      </span>
    </div>
  `;
}

function newOrganisation() {
  return html`
    <dialog id="new-organisation" aria-labelledby="new-organisation-title">
      <form method="dialog" @submit=${create}>
        <h2 id="new-organisation-title">New organisation</h2>
        <p class="muted">A tenant of its own: nobody else sees its endpoints, and it spends its own balance.</p>
        <div class="field">
          <label for="first-balance">Balance in dollars</label>
          <input id="first-balance" name="balance" type="number" min="0" max="1000000" step="0.000001" value="5" required>
        </div>
        <div class="field">
          <label for="first-task">First endpoint</label>
          <select id="first-task" name="task">
            <option value="">none</option>
            ${state.choices.tasks.map((task) => html`<option>${task.id}</option>`)}
          </select>
        </div>
        <div class="buttons">
          <button type="button" @click=${(event) => event.target.closest("dialog").close()}>Cancel</button>
          <button class="main">Create</button>
        </div>
      </form>
    </dialog>
  `;
}

function create(event) {
  const fields = new FormData(event.target);
  const task = fields.get("task");
  createOrganisation(Math.round(Number(fields.get("balance")) * 1e6), task ? [task] : []);
}
