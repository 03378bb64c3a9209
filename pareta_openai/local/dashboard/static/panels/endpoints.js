// The organisation's endpoints, their states, and moving them from one to another.

import { deploy, moveEndpoint } from "../actions.js";
import { html, nothing } from "../lit-html/lit-html.js";
import { repeat } from "../lit-html/directives/repeat.js";
import { now, set, state } from "../state.js";

// Which moves make a difference in which state.
const MOVES = [
  ["start", "Start", ["stopped", "failed", "cold"]],
  ["stop", "Stop", ["live", "starting", "failed", "cold"]],
  ["cool", "Make cold", ["live"]],
  ["fail", "Fail", ["live", "starting", "stopped", "cold"]],
];

export function endpoints() {
  return html`
    <section aria-labelledby="endpoints-title" class="panel endpoints">
      <header>
        <h2 id="endpoints-title">Endpoints <span class="count">${state.endpoints.length}</span></h2>
      </header>
      <ul class="rows">${repeat(state.endpoints, (one) => one.id, endpoint)}</ul>
      ${state.endpoints.length ? nothing : html`<p class="empty">None is deployed. <code>auto</code> answers all the same.</p>`}
      <details>
        <summary>Deploy an endpoint</summary>
        <form class="fields" @submit=${submit}>
          <div class="field">
            <label for="task">Task</label>
            <select id="task" name="task" @change=${(event) => set({ deployTask: event.target.value })}>
              ${state.choices.tasks.map((task) => html`<option>${task.id}</option>`)}
            </select>
          </div>
          <div class="field">
            <label for="model">Model</label>
            <select id="model" name="model">
              <option>recommended</option>
              ${chosenTask()?.models.map((model) => html`<option>${model}</option>`)}
            </select>
          </div>
          <div class="field">
            <label for="name">Name</label>
            <input id="name" name="name" placeholder="made from the task" pattern="[A-Za-z0-9][A-Za-z0-9._\\-]*"
              maxlength="63" autocomplete="off">
          </div>
          <div class="field">
            <label for="seconds">Seconds until live</label>
            <input id="seconds" name="seconds" type="number" min="0" step="any" placeholder="as the others">
          </div>
          <button class="main">Deploy</button>
        </form>
      </details>
    </section>
  `;
}

function endpoint(one) {
  return html`
    <li class="endpoint">
      <code class="id" title=${one.id}>${one.id}</code>
      <span class="status ${one.status}">${one.status}${left(one)}</span>
      <span class="muted what">${one.task} · ${one.model}${one.stage ? ` · ${one.stage}` : ""}</span>
      <span class="joined" role="group" aria-label="Change ${one.id}">
        ${MOVES.map(
          ([move, text, from]) => html`
            <button type="button" aria-disabled=${!from.includes(one.status)} aria-label="${text}: ${one.id}"
              @click=${() => from.includes(one.status) && moveEndpoint(one, move)}>${text}</button>
          `,
        )}
      </span>
      ${one.failure ? html`<p class="problem">${one.failure}</p>` : nothing}
    </li>
  `;
}

function left(one) {
  if (one.status !== "starting" || one.live_at === null) return "";
  const seconds = Math.ceil(one.live_at - now());
  return seconds > 0 ? `, ${seconds} s` : "";
}

function chosenTask() {
  const { tasks } = state.choices;
  return tasks.find((task) => task.id === state.deployTask) ?? tasks[0];
}

async function submit(event) {
  event.preventDefault();
  const fields = new FormData(event.target);
  await deploy(fields.get("task"), fields.get("model"), fields.get("name"), fields.get("seconds"));
}
