// The timeline of an execution: a bar for each state on a time axis. Waits and backoffs are told apart from work by their shape.

import { html, useMemo, useState } from "./html.js";
import { now } from "./cloud.js";
import { useTicks } from "./live.js";
import { clockTime, duration, utcTime } from "./text.js";

/** How many units the axis has: what is narrower is joined. */
export const UNITS = 1000;
const MINUTE_MS = 60_000;
/** How long a bar is at least. */
const SHORTEST = 3;
export const SHAPES = { work: [2, 12], token: [5, 6], wait: [6, 4], backoff: [7, 2] };
const WORDS = { work: "at work", wait: "waits", backoff: "backs off before a retry", token: "waits for somebody" };

/** Segments of one kind that touch or overlap on the axis are one. */
export function joined(segments, scale) {
  const found = {};
  for (const { kind, from, to } of segments) {
    const list = (found[kind] ??= []);
    // What took no time at the end of the axis is seen too.
    const begin = Math.min(scale(from), UNITS - SHORTEST);
    const end = Math.max(begin + SHORTEST, scale(to));
    const last = list.at(-1);
    if (last && begin <= last.end + 0.5) last.end = Math.max(last.end, end);
    else list.push({ begin, end });
  }
  return Object.entries(found).flatMap(([kind, list]) => list.map((part) => ({ kind, ...part })));
}

/** When something is at work that holds nothing else: stretches that neither touch nor overlap. */
function atWork(history, at) {
  const holding = new Set(history.visits.map((visit) => visit.outer));
  const leaves = history.visits.filter((visit) => !holding.has(visit.number));
  const work = leaves.flatMap((visit) => history.segments(visit, at)).filter((segment) => segment.kind === "work");
  const stretches = [];
  for (const { from, to } of work.sort((one, other) => one.from - other.from)) {
    const last = stretches.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else stretches.push({ from, to });
  }
  return stretches;
}

/** Where a moment is on the axis. Shortened, stretches in which all that goes on waits take a second and a little more. */
export function scaleOf(history, isShort, at) {
  const from = history.from;
  const to = Math.max(from + 1, history.until(at));
  if (!isShort) return (moment) => ((moment - from) / (to - from)) * UNITS;
  const cuts = [{ moment: from, place: 0 }];
  const cut = (moment, isWork) => {
    const last = cuts.at(-1);
    const length = Math.max(0, moment - last.moment);
    cuts.push({ moment, place: last.place + (isWork ? length : Math.min(length, 1000 + 100 * Math.log10(1 + length))) });
  };
  for (const stretch of atWork(history, at)) {
    cut(stretch.from, false);
    cut(stretch.to, true);
  }
  cut(to, false);
  const whole = cuts.at(-1).place || 1;
  return (moment) => {
    // The cut before it, by halves.
    let low = 0;
    let high = cuts.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (cuts[middle].moment <= moment) low = middle;
      else high = middle;
    }
    const share = (moment - cuts[low].moment) / (cuts[high].moment - cuts[low].moment || 1);
    return ((cuts[low].place + Math.min(1, Math.max(0, share)) * (cuts[high].place - cuts[low].place)) / whole) * UNITS;
  };
}

/** The bars of each state that was entered, and how long it was on. */
function lanesOf(history, scale, at) {
  const lanes = new Map();
  for (const { name } of history.states) {
    const visits = history.of(name);
    if (!visits.length) continue;
    const total = visits.reduce((sum, visit) => sum + history.end(visit, at) - visit.from, 0);
    lanes.set(name, { count: visits.length, total, parts: joined(visits.flatMap((visit) => history.segments(visit, at)), scale) });
  }
  return lanes;
}

function Row({ state, lane: { count, total, parts }, mark, isChosen, choose }) {
  const label = `${state.name}: ${count > 1 ? `${count} times, ` : ""}${duration(total)}, ${state.status}`;
  return html`<button type="button" class="lane ${state.status.replace(" ", "-")}" aria-pressed=${isChosen} aria-label=${label} title=${label} onClick=${choose}>
    <span class="lane-name"><bdi>${state.name}</bdi></span>
    <svg viewBox="0 0 ${UNITS} 16" preserveAspectRatio="none" aria-hidden="true">
      ${mark && html`<rect class="mark" x=${mark.begin} y="0" width=${mark.end - mark.begin} height="16" />`}
      ${parts.map(({ kind, begin, end }) => html`<rect class=${kind} x=${begin} y=${SHAPES[kind][0]} width=${end - begin} height=${SHAPES[kind][1]} />`)}
    </svg>
    <span class="lane-time">${duration(total)}</span>
  </button>`;
}

/** The same time axis for both: a bar for each state, or a row for each time that one was entered. */
export function Timeline({ history, chosen, choose, isShort, shorten, table: Table }) {
  const [isTable, setTable] = useState(false);
  const isOn = history.found.status === "RUNNING";
  useTicks(isOn, 1000);
  const at = now();
  const known = [history.events.length, history.visits.length, isShort, isOn ? at : 0];
  const scale = useMemo(() => scaleOf(history, isShort, at), known);
  const lanes = useMemo(() => lanesOf(history, scale, at), known);
  const mark = chosen && history.of(chosen.state).length > 1 ? { begin: scale(chosen.from), end: Math.max(scale(chosen.from) + 3, scale(history.end(chosen, at))) } : null;
  const length = history.until(at) - history.from;
  // Longer lengths of time take more room.
  const ticks = isShort ? [] : length < 10 ? [0, 1] : length > MINUTE_MS ? [0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1];
  return html`<section aria-label="Timeline">
    <div class="spread"><h2>Timeline</h2><div class="actions" role="group" aria-label="What has a row"><button type="button" class="quiet" aria-pressed=${!isTable} onClick=${() => setTable(false)}>A bar for each state</button><button type="button" class="quiet" aria-pressed=${isTable} onClick=${() => setTable(true)}>Table</button></div><label class="inline"><input type="checkbox" checked=${isShort} onChange=${(event) => shorten(event.target.checked)} /> Shorten waits</label></div>
    ${isTable ? html`<${Table} ...${{ history, chosen, choose, scale }} />` : html`<div class="lanes">
      ${history.states.filter((state) => lanes.has(state.name)).map((state) => {
        const isChosen = chosen?.state === state.name;
        return html`<${Row} key=${state.number} state=${state} lane=${lanes.get(state.name)} mark=${isChosen && mark} isChosen=${isChosen} choose=${() => choose(history.bestOf(state.name))} />`;
      })}
      <div class="lane axis" aria-hidden="true"><span class="lane-name">${clockTime(history.from)} <small>${utcTime(history.from) || "UTC"}</small></span>
        <span class="ticks">${ticks.map((share) => html`<span>+${duration(length * share)}</span>`)}${isShort && html`<span>waits are shortened</span><span>${duration(length)} in all</span>`}</span><span class="lane-time">in all</span></div>
    </div>`}
    <p class="legend faint" aria-hidden="true">${Object.entries(WORDS).map(([kind, words]) => html`<span><svg viewBox="0 0 24 16" width="24" height="16"><rect class=${kind} x="0" y=${SHAPES[kind][0]} width="24" height=${SHAPES[kind][1]} /></svg> ${words}</span>`)}</p>
  </section>`;
}
