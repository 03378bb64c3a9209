// The page: what stands where.

import { start, unlock } from "./actions.js";
import { html, nothing, render } from "./lit-html/lit-html.js";
import { balance } from "./panels/balance.js";
import { endpoints } from "./panels/endpoints.js";
import { evals } from "./panels/evals.js";
import { faults } from "./panels/faults.js";
import { keys } from "./panels/keys.js";
import { requests } from "./panels/requests.js";
import { top } from "./panels/top.js";
import { changed, onChange, set, state } from "./state.js";

function page() {
  if (state.connection === "locked") return locked();
  return html`
    ${top()}
    <main>
      <h1 class="hidden">The local Pareta platform</h1>
      ${notice()}
      <div class="side">${balance()} ${keys()} ${endpoints()} ${faults()}</div>
      <div class="work">${requests()} ${evals()}</div>
    </main>
  `;
}

function notice() {
  const { text, isProblem } = state.notice ?? {};
  return html`
    <div class="notice ${isProblem ? "bad" : ""}" role=${isProblem ? "alert" : "status"} ?hidden=${!text}>
      <p>${text}</p>
      <button type="button" class="quiet" aria-label="Dismiss" @click=${() => set({ notice: null })}>×</button>
    </div>
  `;
}

function locked() {
  const submit = (event) => {
    event.preventDefault();
    unlock(new FormData(event.target).get("token"));
  };
  return html`
    <main class="locked">
      <form class="panel" @submit=${submit}>
        <h1>Pareta, local</h1>
        <p>This platform asks for the admin token that it was started with.</p>
        <div class="field">
          <label for="token">Admin token</label>
          <input id="token" name="token" type="password" autocomplete="off" required autofocus>
        </div>
        <p class="problem" role="alert">${state.tokenWasWrong ? "That is not its token." : nothing}</p>
        <button class="main">Open</button>
      </form>
    </main>
  `;
}

const root = document.getElementById("page");
onChange(() => render(page(), root));
new ResizeObserver(() => set({ chartWidth: document.querySelector(".evals")?.clientWidth - 32 || 0 })).observe(root);
// The clock goes on by itself.
setInterval(() => document.hidden || changed(), 1000);
changed();
start();
