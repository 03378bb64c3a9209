// What buttons do, and keeping the page as the platform is.

import { Refused, call, route, useToken, watch } from "./api.js";
import { money } from "./format.js";
import { changed, organisation, set, state } from "./state.js";

const REFRESH_MILLISECONDS = 2000;
const SOON_MILLISECONDS = 150;
const KEPT_REQUESTS = 500;
const KEPT_BALANCES = 120;
const ANNOUNCED_AFTER_MILLISECONDS = 700;

let refreshing = null;
let timer = null;
let announcing = null;
let isWatching = false;
let areRunsOld = true;

/** Does it, tells what came of it, and shows what has changed with it. */
export async function act(doing, done) {
  try {
    const value = await doing();
    if (done) set({ notice: { text: done, isProblem: false } });
    else set({ notice: null });
    await refresh();
    return value;
  } catch (error) {
    failed(error);
  }
}

function failed(error) {
  if (error instanceof Refused && error.status === 401) {
    set({ connection: "locked", tokenWasWrong: sessionStorage.getItem("pareta-admin-token") !== null });
  } else if (error instanceof Refused) {
    set({ notice: { text: error.message, isProblem: true } });
  } else {
    set({ connection: "lost" });
  }
}

export async function unlock(token) {
  useToken(token);
  set({ connection: "connecting" });
  await start();
}

export async function start() {
  try {
    set({ choices: await call("GET", route`/choices`) });
  } catch (error) {
    failed(error);
    if (state.connection !== "locked") setTimeout(start, 1000);
    return;
  }
  if (!isWatching) {
    isWatching = true;
    watch(route`/requests`, { onEvent: heard, onOpen: opened, onLost: failed });
    setInterval(() => document.hidden || refresh(), REFRESH_MILLISECONDS);
    document.addEventListener("visibilitychange", () => document.hidden || refresh());
  }
  await refresh();
}

function opened() {
  areRunsOld = true;
  set({ connection: "open" });
  refreshSoon();
}

function heard(name, data) {
  if (name === "log" && data.id !== state.logId) {
    state.requests.clear();
    state.bodies.clear();
    set({ logId: data.id, shownUpTo: Infinity });
  }
  if (name !== "request") return;
  state.requests.set(data.id, data);
  if (state.requests.size > KEPT_REQUESTS) {
    const [oldest] = state.requests.keys();
    state.requests.delete(oldest);
    state.bodies.delete(oldest);
  }
  if (state.bodies.has(data.id)) loadBodies(data.id);
  if (data.operation?.includes("Eval")) areRunsOld = true;
  changed();
  refreshSoon();
}

function refreshSoon() {
  timer ??= setTimeout(() => {
    timer = null;
    if (!document.hidden) refresh();
  }, SOON_MILLISECONDS);
}

/** One at a time; who asks meanwhile gets one that begins after that. */
export async function refresh() {
  if (state.connection === "locked") return;
  while (refreshing) await refreshing;
  refreshing = load().catch(failed);
  await refreshing;
  refreshing = null;
}

async function load() {
  const [organisations, clock] = await Promise.all([
    call("GET", route`/organisations`),
    call("GET", route`/clock`),
  ]);
  const known = organisations.some((one) => one.id === state.organisationId);
  const id = known ? state.organisationId : (organisations[0]?.id ?? null);
  const moved = state.clock?.ahead !== clock.ahead_seconds;
  if (id !== state.organisationId) leave(id);
  set({
    connection: state.connection === "lost" ? "open" : state.connection,
    organisations,
    clock: { offset: clock.now - Date.now() / 1000, ahead: clock.ahead_seconds },
  });
  if (id === null) return;
  noteBalance();
  const isUnderWay = state.runs.some((run) => !["completed", "failed"].includes(run.run.status));
  const wantsRuns = areRunsOld || isUnderWay || moved;
  areRunsOld = false;
  const [endpoints, faults, runs] = await Promise.all([
    call("GET", route`/organisations/${id}/endpoints`),
    call("GET", route`/organisations/${id}/faults`),
    wantsRuns ? call("GET", route`/organisations/${id}/eval-runs`) : state.runs,
  ]);
  if (id === state.organisationId) set({ endpoints, faults: faults.faults, runs });
}

function noteBalance() {
  const balance = organisation().balance_micro_usd;
  if (state.balances.at(-1) === balance) return;
  state.balances = [...state.balances, balance].slice(-KEPT_BALANCES);
  // A screen reader is told when it has come to rest, not of each call.
  clearTimeout(announcing);
  announcing = setTimeout(() => {
    const words = balance > 0 ? `Balance ${money(balance)}` : `Out of credit: the balance is ${money(balance)}`;
    set({ announced: words });
  }, ANNOUNCED_AFTER_MILLISECONDS);
}

export function choose(id) {
  sessionStorage.setItem("pareta-organisation", id);
  leave(id);
  return refresh();
}

/** For another organisation: nothing of this one's is to be seen any more. */
function leave(id) {
  areRunsOld = true;
  set({ organisationId: id, endpoints: [], faults: [], runs: [], runId: null, balances: [], minted: null });
}

export function createOrganisation(microUsd, tasks) {
  return act(async () => {
    const { id, api_key } = await call("POST", route`/organisations`, { balance_micro_usd: microUsd, endpoints: tasks });
    await choose(id);
    set({ minted: { api_key, organisationId: id, answer: null } });
  }, "The organisation is there, with a key of its own.");
}

export function mint() {
  const id = state.organisationId;
  return act(async () => {
    const { api_key } = await call("POST", route`/organisations/${id}/keys`);
    set({ minted: { api_key, organisationId: id, answer: null } });
  });
}

export function revoke(key) {
  return act(
    () => call("DELETE", route`/organisations/${state.organisationId}/keys/${key.id}`),
    `The key that ends in ${key.last_four} opens nothing any more.`,
  );
}

/** One call to the API with the key that was just minted, as a program would make it. */
export async function tryKey() {
  const minted = state.minted;
  let answer;
  try {
    const body = { model: "auto", messages: [{ role: "user", content: "Hello from the dashboard." }] };
    const key = { Authorization: `Bearer ${minted.api_key}` };
    const completion = await call("POST", "/v1/chat/completions", body, key);
    answer = { status: 200, text: completion.choices[0].message.content };
  } catch (error) {
    answer = { status: error.status ?? null, text: error.message };
  }
  if (state.minted === minted) set({ minted: { ...minted, answer } });
  await refresh();
}

export function topUp(microUsd) {
  return act(
    () => call("POST", route`/organisations/${state.organisationId}/top-ups`, { micro_usd: microUsd }),
    `${money(microUsd)} topped up.`,
  );
}

/** `name` and `seconds` may be empty. */
export function deploy(task, model, name, seconds) {
  const path = route`/organisations/${state.organisationId}/endpoints`;
  const more = { ...(name && { name }), ...(seconds && { deploy_seconds: Number(seconds) }) };
  return act(() => call("POST", path, { task, model, ...more }));
}

/** `move` is start, stop, cool or fail. */
export function moveEndpoint(endpoint, move) {
  return act(() => call("POST", route`/organisations/${state.organisationId}/endpoints/${endpoint.id}/${move}`));
}

export function armFault(fault, on, times) {
  return act(() => call("POST", route`/organisations/${state.organisationId}/faults`, { ...fault, on, times }));
}

export function disarmFault(number) {
  return act(() => call("DELETE", route`/organisations/${state.organisationId}/faults/${number}`));
}

export function clearFaults() {
  return act(() => call("DELETE", route`/organisations/${state.organisationId}/faults`));
}

export function advanceClock(seconds) {
  return act(() => call("POST", route`/clock`, { advance_seconds: seconds }));
}

export async function openRequest(id) {
  state.bodies.set(id, null);
  changed();
  await loadBodies(id);
  requestAnimationFrame(() => document.querySelector(`[data-id="${id}"]`)?.parentElement.scrollIntoView({ block: "nearest" }));
}

async function loadBodies(id) {
  try {
    const request = await call("GET", route`/requests/${id}`);
    if (state.bodies.has(id)) state.bodies.set(id, request);
  } catch (error) {
    if (error instanceof Refused && error.status !== 401) state.bodies.set(id, { lost: error.message });
    else failed(error);
  }
  changed();
}
