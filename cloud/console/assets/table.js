// The states of an execution as a table, as AWS has one: a row for each time that a state was entered, those inside of a Map or Parallel state below
// their iteration or branch, each with its bar on the time axis.

import { html, useMemo, useRef, useState } from "./html.js";
import { now } from "./cloud.js";
import { useTicks } from "./live.js";
import { Badge } from "./parts.js";
import { Rows } from "./rows.js";
import { duration } from "./text.js";
import { joined, SHAPES, UNITS } from "./timeline.js";

const HEADINGS = ["Name", "Status", "Type, resource", "After", "Duration", "Timeline"];
const HOLDING = ["Map", "Parallel"];
const STATUSES = ["failed", "running", "waiting", "retrying", "caught", "aborted", "succeeded"];

/** What goes wrong comes first where there is much. */
const failedFirst = (parts) => (parts.length > 20 ? [...parts].sort((one, other) => (other.status === "failed") - (one.status === "failed")) : parts);

/** The rows that are shown: visits, and the iterations and branches of those that are open; or all visits that stand as is asked for and have such a
 * name, wherever they lie. */
function rowsOf(history, isOpen, { status, name }) {
  const wanted = name.trim().toLowerCase();
  const isWanted = (visit) => (!status || visit.status === status) && visit.state.toLowerCase().includes(wanted);
  if (status || wanted) return history.visits.filter(isWanted).map((visit) => ({ key: `v${visit.number}`, visit, level: 1, holds: false }));
  const rows = [];
  const add = (visits, level) => {
    for (const visit of visits) {
      const key = `v${visit.number}`;
      const holds = history.inside(visit).length > 0;
      rows.push({ key, visit, level, holds });
      if (!holds || !isOpen.has(key)) continue;
      for (const part of failedFirst(history.parts(visit))) {
        const partKey = `${key}/${part.number}`;
        rows.push({ key: partKey, part, level: level + 1, holds: true });
        if (isOpen.has(partKey)) add(part.visits, level + 2);
      }
    }
  };
  add(history.inside(null), 1);
  return rows;
}

/** The rows that must be open so that a visit is seen. */
function above(history, visit) {
  const keys = [];
  for (let each = visit; each && each.outer !== null; each = history.visits[each.outer]) {
    const outer = history.visits[each.outer];
    const part = history.parts(outer).find(({ visits }) => visits.includes(each));
    keys.push(`v${outer.number}`, `v${outer.number}/${part?.number}`);
  }
  return keys;
}

/** When a row began and ended, and the bars of it. */
function timesOf(history, { visit, part }, at) {
  if (visit) return { from: visit.from, to: history.end(visit, at), segments: history.segments(visit, at) };
  const from = Math.min(...part.visits.map((each) => each.from));
  const to = Math.max(...part.visits.map((each) => history.end(each, at)));
  return { from, to, segments: part.visits.flatMap((each) => history.segments(each, at)).sort((one, other) => one.from - other.from) };
}

function Row({ index, row, states, history, scale, at, isChosen, isOpen, choose, toggle }) {
  const { visit, part, level, holds } = row;
  const status = visit?.status ?? part.status;
  const { from, to, segments } = timesOf(history, row, at);
  const name = visit ? visit.state : part.words;
  return html`<tr key=${row.key} aria-rowindex=${index + 2} aria-level=${level} aria-expanded=${holds ? isOpen : null} aria-selected=${isChosen} class="${isChosen ? "selected" : ""} ${status.replace(" ", "-")}" onClick=${choose}>
    <td class="level-${Math.min(level, 9)}">${holds ? html`<button type="button" class="plain fold" tabindex="-1" aria-label="${isOpen ? "Close" : "Open"} ${name}" onClick=${(event) => {
      event.stopPropagation();
      toggle();
    }}>${isOpen ? "▾" : "▸"}</button>` : html`<span class="fold"></span>`}<bdi title=${name}>${name}</bdi>${visit?.outer !== null && level === 1 && visit?.iteration !== null && visit?.iteration !== undefined && html` <span class="faint">iteration ${visit.iteration}</span>`}</td>
    <td><${Badge} status=${status} /></td><td>${visit ? html`<${Does} state=${states.get(visit.state)} />` : html`<span class="faint">${part.visits.length} ${part.visits.length === 1 ? "state" : "states"}</span>`}</td><td>+${duration(from - history.from)}</td><td>${duration(to - from)}</td>
    <td><svg viewBox="0 0 ${UNITS} 16" preserveAspectRatio="none" aria-hidden="true">${joined(segments, scale).map(({ kind, begin, end }) => html`<rect class=${kind} x=${Math.min(begin, UNITS - 6)} y=${SHAPES[kind][0]} width=${Math.max(6, end - begin)} height=${SHAPES[kind][1]} />`)}</svg></td></tr>`;
}

/** What a state is, and what it calls, waits for, or goes over. */
function Does({ state }) {
  const words = [state?.type, state?.detail].filter(Boolean).join(" · ");
  return html`<span title=${words}>${state?.type ?? ""}${state?.detail && html`<span class="faint"> · <bdi>${state.detail}</bdi></span>`}</span>`;
}

export function StateTable({ history, chosen, choose, scale }) {
  const box = useRef();
  const isOn = history.found.status === "RUNNING";
  useTicks(isOn, 1000);
  const at = now();
  const [open, setOpen] = useState(() => new Set(chosen ? above(history, chosen) : []));
  const [picked, pick] = useState(null);
  const [filter, only] = useState({ status: "", name: "" });
  const rows = useMemo(() => rowsOf(history, open, filter), [history.events.length, history.visits.length, open, filter]);
  const states = useMemo(() => new Map(history.states.map((state) => [state.name, state])), [history.states]);
  const toggle = (key, wanted) => {
    const next = new Set(open);
    if (wanted ?? !next.has(key)) next.add(key);
    else next.delete(key);
    setOpen(next);
  };
  const take = (row) => {
    pick(row.key);
    if (row.visit) choose(row.visit);
  };
  const chosenKey = picked?.includes("/") ? picked : chosen ? `v${chosen.number}` : null;
  const keys = (event) => {
    const index = rows.findIndex((row) => row.key === chosenKey);
    const row = rows[index];
    if (["ArrowRight", "ArrowLeft", "Enter", " "].includes(event.key) && row?.holds) {
      toggle(row.key, { ArrowRight: true, ArrowLeft: false }[event.key]);
      return index;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !rows.length) return undefined;
    const next = Math.min(rows.length - 1, Math.max(0, index + step));
    take(rows[next]);
    return next;
  };
  const row = (index) => html`<${Row} key=${rows[index].key} ...${{ index, row: rows[index], states, history, scale, at }} isChosen=${rows[index].key === chosenKey} isOpen=${open.has(rows[index].key)} choose=${() => take(rows[index])} toggle=${() => toggle(rows[index].key)} />`;
  const all = () => setOpen(new Set(history.visits.filter((visit) => HOLDING.includes(states.get(visit.state)?.type)).flatMap((visit) => [`v${visit.number}`, ...history.parts(visit).map((part) => `v${visit.number}/${part.number}`)])));
  return html`<div class="actions"><label class="inline">Show <select aria-label="Which states" value=${filter.status} onChange=${(event) => only({ ...filter, status: event.target.value })}><option value="">all, nested</option>${STATUSES.map((each) => html`<option value=${each}>${each}</option>`)}</select></label><label class="inline">Name has <input type="search" class="medium" value=${filter.name} onInput=${(event) => only({ ...filter, name: event.target.value })} /></label><span class="faint" role="status">${filter.status || filter.name.trim() ? `${rows.length} found` : ""}</span><button type="button" class="quiet" onClick=${all}>Open all</button><button type="button" class="quiet" onClick=${() => setOpen(new Set())}>Close all</button></div>
    <${Rows} ...${{ box, count: rows.length, row, keys }} kind="states" role="treegrid" label="States, in the order of their entry; arrow keys choose, open and close" caption="States" headings=${HEADINGS} />`;
}
