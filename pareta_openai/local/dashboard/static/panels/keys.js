// Minting and revoking keys. A key is on the page once, and gone with it.

import { mint, revoke, tryKey } from "../actions.js";
import { moment } from "../format.js";
import { html, nothing } from "../lit-html/lit-html.js";
import { repeat } from "../lit-html/directives/repeat.js";
import { now, organisation, set, state } from "../state.js";

export function keys() {
  const { keys = [] } = organisation() ?? {};
  return html`
    <section aria-labelledby="keys-title" class="panel keys">
      <header>
        <h2 id="keys-title" tabindex="-1">Keys <span class="count">${keys.length}</span></h2>
        <button type="button" id="mint" @click=${mintOne}>Mint a key</button>
      </header>
      ${state.minted?.organisationId === state.organisationId ? minted(state.minted) : nothing}
      <ul class="rows">
        ${repeat(
          keys,
          (key) => key.id,
          (key) => html`
            <li>
              <code>…${key.last_four ?? "????"}</code>
              <span class="muted">${moment(key.created_at, now())}</span>
              <button type="button" class="quiet bad" aria-label="Revoke the key that ends in ${key.last_four}"
                @click=${() => revokeOne(key)}>Revoke</button>
            </li>
          `,
        )}
      </ul>
      ${keys.length ? nothing : html`<p class="empty">No key: nobody can call as this organisation.</p>`}
    </section>
  `;
}

async function mintOne() {
  await mint();
  requestAnimationFrame(() => document.getElementById("new-key")?.focus());
}

async function revokeOne(key) {
  await revoke(key);
  // The button that had the focus is gone.
  document.getElementById("keys-title").focus();
}

function minted({ api_key, answer }) {
  return html`
    <div class="minted" role="group" aria-label="A key just minted">
      <p>The new key. It is shown this once.</p>
      <div class="line">
        <input id="new-key" class="code" readonly aria-label="New key" .value=${api_key}
          @focus=${(event) => event.target.select()}>
        <button type="button" @click=${copy}>Copy</button>
      </div>
      <pre tabindex="0" aria-label="For a shell">export PARETA_BASE_URL=${location.origin}
export PARETA_API_KEY=${api_key}</pre>
      <div class="buttons">
        <button type="button" class="main" @click=${tryKey}>Send a call with it</button>
        <button type="button" @click=${done}>Done</button>
      </div>
      <p id="try" role="status">
        ${answer
          ? html`<span class="badge ${answer.status === 200 ? "good" : "bad"}">${answer.status ?? "failed"}</span>
              ${answer.text}`
          : nothing}
      </p>
    </div>
  `;
}

function done() {
  set({ minted: null });
  document.getElementById("mint").focus();
}

function copy(event) {
  document.getElementById("new-key").select();
  // The clipboard's newer way is only there for https and loopback.
  document.execCommand("copy");
  event.currentTarget.textContent = "Copied";
  event.currentTarget.focus();
}
