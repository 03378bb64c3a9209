// What there is to spend, how it falls, and topping it up.

import { topUp } from "../actions.js";
import { money, moneyParts } from "../format.js";
import { html, nothing, svg } from "../lit-html/lit-html.js";
import { organisation, state } from "../state.js";

const WIDTH = 160;
const HEIGHT = 36;

export function balance() {
  const account = organisation();
  if (!account) return nothing;
  const [figure, rest] = moneyParts(account.balance_micro_usd);
  const isSpent = account.balance_micro_usd <= 0;
  return html`
    <section aria-labelledby="balance-title" class="panel balance ${isSpent ? "spent" : ""}">
      <h2 id="balance-title">Balance</h2>
      <div class="figure">
        <p id="balance"><span>${figure}</span><small>${rest}</small></p>
        ${sparkline(state.balances)}
      </div>
      <p class="muted">
        ${isSpent ? html`<strong>Out of credit:</strong> calls are answered with 402. ` : nothing}
        ${money(account.spent_micro_usd)} spent of ${money(account.topped_up_micro_usd)}
      </p>
      <form class="line" @submit=${submit}>
        <label class="hidden" for="amount">Amount in dollars</label>
        <span class="dollars"><input id="amount" name="amount" type="number" min="0.000001" step="0.000001" max="1000000"
          value="1" required></span>
        <button class="main">Top up</button>
      </form>
      <p class="hidden" aria-live="polite">${state.announced}</p>
    </section>
  `;
}

function submit(event) {
  event.preventDefault();
  topUp(Math.round(Number(new FormData(event.target).get("amount")) * 1e6));
}

/** Each change of the balance is a step. */
function sparkline(balances) {
  if (balances.length < 2) return nothing;
  const highest = Math.max(...balances);
  const lowest = Math.min(0, ...balances);
  const across = (i) => ((i / balances.length) * WIDTH).toFixed(1);
  const up = (value) => (2 + (1 - (value - lowest) / (highest - lowest || 1)) * (HEIGHT - 4)).toFixed(1);
  const steps = balances.map((value, i) => `${i ? "V" : "M0 "}${up(value)}H${across(i + 1)}`).join("");
  return svg`
    <svg class="sparkline" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
      <path class="area" d="${steps}V${HEIGHT}H0Z"></path>
      <path class="edge" d=${steps}></path>
    </svg>
  `;
}
