// The platform's admin routes, and its live log. On loopback no token is needed.

const TOKEN = "pareta-admin-token";

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export function useToken(token) {
  sessionStorage.setItem(TOKEN, token);
}

function headers(more) {
  const token = sessionStorage.getItem(TOKEN);
  return token ? { Authorization: `Bearer ${token}`, ...more } : more;
}

/** What the platform answers. Throws `Refused` with its words, and `TypeError` where it does not answer. */
export async function call(method, path, body, more = {}) {
  const answer = await fetch(path, {
    method,
    headers: headers(body === undefined ? more : { "Content-Type": "application/json", ...more }),
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok) throw new Refused(answer.status, await words(answer));
  return answer.status === 204 ? null : answer.json();
}

/** A path whose parts are safe, whatever is in them: route`/organisations/${id}`. */
export function route(fixed, ...parts) {
  return "/_local" + fixed.map((text, i) => text + (i < parts.length ? encodeURIComponent(parts[i]) : "")).join("");
}

async function words(answer) {
  try {
    const { detail, error } = await answer.json();
    if (Array.isArray(detail)) return detail.map((item) => `${item.loc.at(-1)}: ${item.msg}`).join("; ");
    return String(detail ?? error?.message ?? answer.statusText);
  } catch {
    return `The platform answered ${answer.status}.`;
  }
}

/**
 * Server-Sent Events for as long as the page lives, taken up again where they broke off.
 *
 * Not an EventSource: that could send no token.
 */
export async function watch(path, { onEvent, onOpen, onLost }) {
  let place = "";
  for (;;) {
    try {
      const answer = await fetch(path, { headers: headers(place ? { "Last-Event-ID": place } : {}) });
      if (!answer.ok) throw new Refused(answer.status, await words(answer));
      onOpen();
      for await (const event of events(answer.body)) {
        place = event.id ?? place;
        onEvent(event.event, JSON.parse(event.data));
      }
      onLost(null);
    } catch (error) {
      onLost(error);
    }
    await new Promise((done) => setTimeout(done, 1000));
  }
}

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const frames = (rest + value).split("\n\n");
    rest = frames.pop();
    for (const frame of frames) {
      const event = {};
      for (const line of frame.split("\n")) {
        const colon = line.indexOf(": ");
        if (colon > 0) event[line.slice(0, colon)] = line.slice(colon + 2);
      }
      if (event.data) yield event;
    }
  }
}
