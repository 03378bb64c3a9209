// Quality against cost: a point a candidate, its 95 % interval, and the line of those that no other beats.

import { html, nothing, svg } from "../lit-html/lit-html.js";

const HEIGHT = 280;
const LEFT = 44;
const RIGHT = 16;
const TOP = 20;
const BOTTOM = 40;
const LABEL_HEIGHT = 14;
const LETTER_WIDTH = 6.6;

export function scatter(results, width) {
  const points = results.filter((result) => result.quality_mean !== null && result.mean_cost_micro_usd !== null);
  if (!points.length || !width) return nothing;
  const x = costScale(points.map((point) => point.mean_cost_micro_usd), LEFT, width - RIGHT);
  const y = qualityScale(points, HEIGHT - BOTTOM, TOP);
  const placed = points.map((point) => ({
    ...point,
    x: x.at(point.mean_cost_micro_usd),
    y: y.at(point.quality_mean),
    high: y.at(point.quality_ci_high ?? point.quality_mean),
    low: y.at(point.quality_ci_low ?? point.quality_mean),
  }));
  return html`
    <svg class="scatter" width=${width} height=${HEIGHT} viewBox="0 0 ${width} ${HEIGHT}" role="img"
      aria-label="Quality against cost of ${points.length} candidates. The table below has the figures.">
      ${y.ticks.map(
        (value) => svg`
          <line class="grid" x1=${LEFT} x2=${width - RIGHT} y1=${y.at(value)} y2=${y.at(value)}></line>
          <text class="tick" x=${LEFT - 8} y=${y.at(value) + 4} text-anchor="end">${value.toFixed(y.digits)}</text>
        `,
      )}
      ${x.ticks.map(
        (value) => svg`
          <text class="tick" x=${x.at(value)} y=${HEIGHT - BOTTOM + 18} text-anchor="middle">${dollars(value)}</text>
          <line class="mark" x1=${x.at(value)} x2=${x.at(value)} y1=${HEIGHT - BOTTOM} y2=${HEIGHT - BOTTOM + 4}></line>
        `,
      )}
      <line class="axis" x1=${LEFT} x2=${width - RIGHT} y1=${HEIGHT - BOTTOM} y2=${HEIGHT - BOTTOM}></line>
      <text class="tick" x=${width - RIGHT} y=${HEIGHT - 6} text-anchor="end">cost of 1 000 requests →</text>
      <text class="tick" x="4" y=${HEIGHT - 6}>↑ quality</text>
      <path class="front" d=${steps(front(placed), width - RIGHT)}></path>
      ${placed.map(mark)} ${labels(placed, width).map(label)}
    </svg>
  `;
}

function mark({ model_id, kind, x, y, high, low }) {
  const shape =
    kind === "frontier"
      ? svg`<path d="M${x} ${y - 6}L${x + 6} ${y}L${x} ${y + 6}L${x - 6} ${y}Z"></path>`
      : svg`<circle cx=${x} cy=${y} r="5"></circle>`;
  return svg`
    <g class="point ${kind}">
      <title>${model_id}</title>
      <path class="interval" d="M${x} ${low}V${high}M${x - 4} ${high}H${x + 4}M${x - 4} ${low}H${x + 4}"></path>
      ${shape}
    </g>
  `;
}

function label({ model_id, x, y, anchor }) {
  return svg`<text class="label" x=${x} y=${y} text-anchor=${anchor}>${model_id}</text>`;
}

/** Beside its point, where it covers the least of the other points and labels. */
function labels(points, width) {
  const taken = points.map(({ x, y }) => ({ left: x - 7, right: x + 7, top: y - 7, bottom: y + 7 }));
  return points.map((point) => {
    const length = point.model_id.length * LETTER_WIDTH;
    const places = [-5, 13, 4].flatMap((down) => [
      { x: point.x + 10, y: point.y + down, anchor: "start", left: point.x + 10 },
      { x: point.x - 10, y: point.y + down, anchor: "end", left: point.x - 10 - length },
    ]);
    for (const place of places) {
      place.right = place.left + length;
      place.top = place.y - LABEL_HEIGHT + 3;
      place.bottom = place.y + 3;
      place.covers = taken.reduce((sum, other) => sum + overlap(place, other), 0);
      if (place.left < LEFT || place.right > width) place.covers += 1e6;
    }
    const best = places.reduce((a, b) => (b.covers < a.covers ? b : a));
    taken.push(best);
    return { ...best, model_id: point.model_id };
  });
}

function overlap(a, b) {
  const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return across > 0 && down > 0 ? across * down : 0;
}

/** Those that are better than every cheaper one. */
function front(points) {
  const best = [];
  for (const point of [...points].sort((a, b) => a.x - b.x || a.y - b.y)) {
    if (!best.length || point.y < best.at(-1).y) best.push(point);
  }
  return best;
}

function steps(points, end) {
  return points.map((point, i) => (i ? `H${point.x}V${point.y}` : `M${point.x} ${point.y}`)).join("") + `H${end}`;
}

/** Logarithmic where the dearest costs many times what the cheapest does. */
function costScale(costs, from, to) {
  const positive = costs.filter((cost) => cost > 0);
  const lowest = Math.min(...positive);
  const highest = Math.max(...costs, 1);
  if (positive.length === costs.length && highest / lowest > 8) {
    const start = Math.log10(lowest) - 0.15;
    const end = Math.log10(highest) + 0.15;
    const ticks = [];
    for (let power = Math.floor(start); power <= end; power += 1) {
      for (const step of [1, 3]) {
        const value = step * 10 ** power;
        if (Math.log10(value) >= start && Math.log10(value) <= end) ticks.push(value);
      }
    }
    return { ticks, at: (cost) => from + ((Math.log10(cost) - start) / (end - start)) * (to - from) };
  }
  const step = niceStep(highest / 4);
  const end = highest * 1.15;
  const ticks = Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step);
  return { ticks, at: (cost) => from + (cost / end) * (to - from) };
}

function qualityScale(points, bottom, top) {
  const lows = points.map((point) => point.quality_ci_low ?? point.quality_mean);
  const highs = points.map((point) => point.quality_ci_high ?? point.quality_mean);
  const span = Math.max(...highs) - Math.min(...lows);
  const step = niceStep(Math.max(span, 0.02) / 4);
  const start = Math.max(0, Math.floor(Math.min(...lows) / step - 0.2) * step);
  const end = Math.min(1, Math.ceil(Math.max(...highs) / step + 0.2) * step);
  const ticks = [];
  for (let value = start; value <= end + step / 1000; value += step) ticks.push(value);
  const digits = Math.max(1, Math.ceil(-Math.log10(step)));
  return { ticks, digits, at: (value) => bottom - ((value - start) / (end - start)) * (bottom - top) };
}

/** 1, 2 or 5 times a power of ten, and not less than `value`. */
function niceStep(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value * 0.999);
}

/** Of 1 000 requests that cost so many micro-USD each. */
function dollars(microUsd) {
  const value = microUsd / 1000;
  return `$${value >= 1 || value === 0 ? Number(value.toFixed(2)) : Number(value.toPrecision(2))}`;
}
