// Faults to switch on, and off again.

import { armFault, clearFaults, disarmFault } from "../actions.js";
import { count } from "../format.js";
import { html, nothing } from "../lit-html/lit-html.js";
import { live } from "../lit-html/directives/live.js";
import { set, state } from "../state.js";

export function faults() {
  const { choices } = state;
  return html`
    <section aria-labelledby="faults-title" class="panel faults">
      <header>
        <h2 id="faults-title" tabindex="-1">Faults <span class="count">${state.faults.length}</span></h2>
        <button type="button" class="quiet" aria-disabled=${!state.faults.length} @click=${clear}>Switch all off</button>
      </header>
      <ul class="rows">
        ${state.faults.map(
          ({ fault, on, times, number, probability = 1, seed, ...its }) => html`
            <li class="fault">
              <code>${call(fault, its)}</code>
              <button type="button" class="quiet" aria-label="Switch off ${call(fault, its)}" @click=${() => switchOff(number)}>
                Off
              </button>
              <span class="muted">
                ${on === "*" ? "any operation" : on} · ${times === null ? "every time" : count(times, "time")}${
                  probability < 1 ? ` · with probability ${probability}, seed ${seed}` : nothing
                }
              </span>
            </li>
          `,
        )}
      </ul>
      ${state.faults.length ? nothing : html`<p class="empty">The platform behaves.</p>`}
      <form class="fields" @submit=${submit}>
        <div class="field wide">
          <label for="fault">Fault</label>
          <select id="fault" @change=${(event) => set({ faultJson: JSON.stringify(choices.faults[event.target.value].fault) })}>
            ${choices.faults.map((preset, i) => html`<option value=${i}>${preset.label}</option>`)}
          </select>
        </div>
        <div class="field">
          <label for="on">Operation</label>
          <select id="on" name="on">
            <option value="*">any that fits</option>
            ${choices.operations.map((id) => html`<option>${id}</option>`)}
          </select>
        </div>
        <div class="field">
          <label for="times">Times</label>
          <input id="times" name="times" type="number" min="1" value="1" placeholder="every time">
        </div>
        <div class="field">
          <label for="probability">Probability</label>
          <input id="probability" name="probability" type="number" min="0.01" max="1" step="0.01" value="1" required>
        </div>
        <div class="field wide">
          <label for="json">As JSON</label>
          <input id="json" name="json" class="code" required spellcheck="false" autocomplete="off"
            .value=${live(state.faultJson ?? JSON.stringify(choices.faults[0]?.fault ?? {}))}
            @input=${(event) => set({ faultJson: event.target.value })}>
        </div>
        <button class="main">Switch on</button>
      </form>
    </section>
  `;
}

function call(name, its) {
  const parts = Object.entries(its).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `${name}(${parts.join(", ")})`;
}

function submit(event) {
  event.preventDefault();
  const fields = new FormData(event.target);
  let fault;
  try {
    fault = JSON.parse(fields.get("json"));
  } catch {
    set({ notice: { text: "The fault is not JSON.", isProblem: true } });
    return;
  }
  const times = fields.get("times") ? Number(fields.get("times")) : null;
  armFault({ probability: Number(fields.get("probability")), ...fault }, fields.get("on"), times);
}

async function switchOff(number) {
  await disarmFault(number);
  // The button that had the focus is gone.
  document.getElementById("faults-title").focus();
}

async function clear() {
  if (state.faults.length) await clearFaults();
}
