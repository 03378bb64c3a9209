// Figures as people read them.

/** Dollars from micro-USD, to the last one: `$4.999800`, or `$5.00` where nothing is behind the cents. */
export function money(microUsd) {
  const [whole, digits] = moneyParts(microUsd);
  return whole + digits;
}

/** The same in two, so that the page can set the small change smaller. */
export function moneyParts(microUsd) {
  const sign = microUsd < 0 ? "−" : "";
  const units = Math.abs(microUsd);
  const dollars = Math.floor(units / 1e6).toLocaleString("en-US");
  const digits = String(units % 1e6).padStart(6, "0");
  return [`${sign}$${dollars}.${digits.slice(0, 2)}`, digits.endsWith("0000") ? "" : digits.slice(2)];
}

export function milliseconds(value) {
  if (value === null) return "";
  if (value < 10) return `${value.toFixed(1)} ms`;
  return value < 10_000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}

export function bytes(count) {
  if (count < 1024) return `${count} B`;
  return count < 1 << 20 ? `${(count / 1024).toFixed(1)} KiB` : `${(count / (1 << 20)).toFixed(1)} MiB`;
}

export function count(value, one, many = `${one}s`) {
  return `${value.toLocaleString("en-US")} ${value === 1 ? one : many}`;
}

const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric" });

/** `seconds` since the epoch. */
export const time = (seconds) => TIME.format(seconds * 1000);
export const day = (seconds) => DAY.format(seconds * 1000);

/** The time, and the day where it is another one than `now` is in. */
export function moment(seconds, now) {
  return day(seconds) === day(now) ? time(seconds) : `${day(seconds)}, ${time(seconds)}`;
}

/** `2 days 3 h 5 min`. */
export function duration(seconds) {
  const minutes = Math.round(seconds / 60);
  const parts = [
    [Math.floor(minutes / 1440), (n) => count(n, "day")],
    [Math.floor(minutes / 60) % 24, (n) => `${n} h`],
    [minutes % 60, (n) => `${n} min`],
  ];
  return parts.filter(([n]) => n).map(([n, say]) => say(n)).join(" ") || `${Math.round(seconds)} s`;
}

export function quality(value) {
  return value === null ? "–" : value.toFixed(3);
}
