// Eval runs, each with its picture: quality against cost.

import { count, money, quality } from "../format.js";
import { html, nothing } from "../lit-html/lit-html.js";
import { live } from "../lit-html/directives/live.js";
import { repeat } from "../lit-html/directives/repeat.js";
import { set, state } from "../state.js";
import { scatter } from "./scatter.js";

export function evals() {
  const chosen = state.runs.find(({ run }) => run.id === state.runId) ?? state.runs.at(-1);
  return html`
    <section aria-labelledby="evals-title" class="panel evals">
      <header>
        <h2 id="evals-title">Eval runs <span class="count">${state.runs.length}</span></h2>
        ${chosen ? picker(chosen.run.id) : nothing}
      </header>
      ${chosen ? one(chosen) : html`<p class="empty">None was started. <code>client.evals.runs.create(…)</code> starts one.</p>`}
    </section>
  `;
}

function picker(id) {
  return html`
    <label class="hidden" for="run">Eval run</label>
    <select id="run" @change=${(event) => set({ runId: event.target.value })}>
      ${repeat(
        [...state.runs].reverse(),
        ({ run }) => run.id,
        ({ run }) => html`<option value=${run.id} .selected=${live(run.id === id)}>${run.id}, ${run.status}</option>`,
      )}
    </select>
  `;
}

function one({ run, results }) {
  return html`
    <p class="muted run">
      <span class="status ${run.status}">${run.status}</span>
      <code>${run.eval_set_id}</code>
      ${run.total_cost_micro_usd === null ? nothing : html`<span>${money(run.total_cost_micro_usd)}</span>`}
      ${run.simulated ? html`<span>the candidates' answers are simulated</span>` : nothing}
    </p>
    ${run.error_detail ? html`<p class="problem">${run.error_detail}</p>` : nothing}
    ${results.length ? picture(results) : nothing}
  `;
}

function picture(results) {
  return html`
    <div class="picture">${scatter(results, state.chartWidth)}</div>
    <div class="scroll" tabindex="0" role="region" aria-label="Results of the eval run">
      <table>
        <thead>
          <tr><th scope="col">Candidate</th><th scope="col">Quality</th><th scope="col">95 % interval</th>
            <th scope="col">Cost a request</th><th scope="col">Rows</th></tr>
        </thead>
        <tbody>
          ${repeat(
            [...results].sort((a, b) => (b.quality_mean ?? -1) - (a.quality_mean ?? -1)),
            (result) => result.model_id,
            (result) => html`
              <tr>
                <th scope="row"><span class="dot ${result.kind}"></span>${result.model_id}</th>
                <td>${quality(result.quality_mean)}</td>
                <td>${quality(result.quality_ci_low)} to ${quality(result.quality_ci_high)}</td>
                <td>${result.mean_cost_micro_usd === null ? "–" : money(result.mean_cost_micro_usd)}</td>
                <td>${result.n_succeeded}${result.error_count
                  ? html`, <span class="problem">${count(result.error_count, "error")}</span>` : nothing}</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}
