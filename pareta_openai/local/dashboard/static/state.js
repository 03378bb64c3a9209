// What the page knows, and drawing it anew when that has changed.

export const state = {
  connection: "connecting", // then "open", "lost" or "locked": a token is needed
  tokenWasWrong: false,
  notice: null, // {text, isProblem}
  choices: { tasks: [], operations: [], faults: [] },
  organisations: [],
  organisationId: sessionStorage.getItem("pareta-organisation"),
  clock: null, // {offset, ahead}: seconds to add to this machine's time
  endpoints: [],
  faults: [],
  runs: [],
  runId: null,
  chartWidth: 0,
  balances: [], // of this organisation, as they were seen
  announced: "", // to screen readers
  minted: null, // {api_key, organisationId, answer}
  deployTask: null, // the one chosen, whose models are offered
  faultJson: null, // as it was edited
  logId: null, // another one in each run of the platform
  requests: new Map(), // by their ids, in the order in which they came
  bodies: new Map(), // of the requests that are open; null until they are there
  rowId: null, // of the request that the keyboard is at
  isPaused: false,
  shownUpTo: Infinity, // the newest request on the page while it is held
  filter: { text: "", problems: false, everyone: true },
};

let draw = () => {};
let isDue = false;

export function onChange(drawn) {
  draw = drawn;
}

/** Draws once, however often it is called before. */
export function changed() {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    draw();
  });
}

export function set(values) {
  Object.assign(state, values);
  changed();
}

export function organisation() {
  return state.organisations.find((one) => one.id === state.organisationId);
}

/** Now, by the platform's clock. */
export function now() {
  return Date.now() / 1000 + (state.clock?.offset ?? 0);
}
