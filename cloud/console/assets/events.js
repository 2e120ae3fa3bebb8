// All events of an execution: by type, state and time.

import { html, useEffect, useMemo, useRef, useState } from "./html.js";
import { Field, Moment, Text } from "./parts.js";
import { Rows } from "./rows.js";
import { duration } from "./text.js";

function Details({ event, data }) {
  const [found, set] = useState(null);
  useEffect(() => {
    let isGone = false;
    data.of([event.id]).then((known) => isGone || set(known.get(event.id)), (error) => isGone || set({ problem: error.message }));
    return () => {
      isGone = true;
    };
  }, [event.id]);
  if (!found) return null;
  const entries = Object.entries(found);
  return html`<div class="card" role="region" aria-label="Event ${event.id}"><h3>${event.id} · ${event.type}</h3>
    <p class="faint"><${Moment} at=${event.at} exact />${event.previous > 0 && ` · after event ${event.previous}`}</p>
    ${entries.length ? entries.map(([name, value]) => html`<section class="block"><h4 class="small">${name}</h4><${Text} name="${name} of event ${event.id}" text=${typeof value === "string" ? value : JSON.stringify(value)} more=${() => data.whole(event.id, name)} /></section>`) : html`<p class="faint">It has no details.</p>`}</div>`;
}

/** The state of an event: the one that it names, or of the visit that it belongs to. */
const stateOf = (history, event) => event.state ?? history.visits[event.visit]?.state ?? "";

/** What may be chosen, in the order of letters, after what stands for all. */
const options = (values, all) => html`<option value="">${all}</option>${[...values].filter(Boolean).sort().map((value) => html`<option value=${value}>${value}</option>`)}`;

/** A moment as a field for date and time has it, in the browser’s zone. */
const moment = (text) => (text ? new Date(text).getTime() : null);

function Filter({ history, filter, set }) {
  const types = useMemo(() => new Set(history.events.map((event) => event.type)), [history.events.length]);
  const names = useMemo(() => new Set(history.visits.map((visit) => visit.state)), [history.visits.length]);
  const field = (name) => ({ value: filter[name], onInput: (event) => set({ ...filter, [name]: event.target.value }) });
  return html`<div class="filters"><${Field} label="Type"><select ...${field("type")}>${options(types, "all types")}<option value="error">all that tell of an error</option></select><//>
    <${Field} label="State"><select ...${field("state")}>${options(names, "all states")}</select><//>
    <${Field} label="From"><input type="datetime-local" step="0.001" ...${field("from")} /><//><${Field} label="Until"><input type="datetime-local" step="0.001" ...${field("to")} /><//></div>`;
}

const ALL = { type: "", state: "", from: "", to: "" };

function matching(history, { type, state, from, to }) {
  if (!type && !state && !from && !to) return history.events;
  const begin = moment(from) ?? -Infinity;
  const end = moment(to) ?? Infinity;
  const isOfType = (event) => !type || event.type === type || (type === "error" && event.error !== undefined);
  return history.events.filter((event) => isOfType(event) && (!state || stateOf(history, event) === state) && event.at >= begin && event.at <= end);
}

export function Events({ history, data, chosen, choose }) {
  const box = useRef();
  const [selected, select] = useState(null);
  const [isOwn, setOwn] = useState(false);
  const [isFiltering, setFiltering] = useState(false);
  const [filter, setFilter] = useState(ALL);
  const found = useMemo(() => matching(history, filter), [history.events.length, ...Object.values(filter)]);
  const newest = isOwn && chosen ? found.filter((event) => event.visit === chosen.number) : found;
  const rows = newest.length;
  const at = (index) => newest[rows - 1 - index];
  const open = (event) => {
    select(event);
    if (event.visit !== undefined) choose(history.visits[event.visit]);
  };
  const keys = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !rows) return undefined;
    const index = selected ? newest.findLastIndex((each) => each.id === selected.id) : rows;
    const next = newest[Math.min(rows - 1, Math.max(0, index - step))];
    open(next);
    return rows - 1 - newest.indexOf(next);
  };
  const row = (index) => {
    const event = at(index);
    return html`<tr key=${event.id} aria-rowindex=${index + 2} class=${event.id === selected?.id ? "selected" : event.visit !== undefined && event.visit === chosen?.number ? "own" : ""} onClick=${() => open(event)}>
      <td>${event.id}</td><td><button type="button" class="plain" tabindex="-1" aria-expanded=${event.id === selected?.id}>${event.type}</button></td><td><bdi>${stateOf(history, event)}</bdi></td><td>${event.error ?? html`<span class="faint">${event.resource ?? ""}</span>`}</td><td>+${duration(event.at - history.from)}</td><td><${Moment} at=${event.at} exact /></td></tr>`;
  };
  const isAll = found === history.events;
  return html`<section class="beside-all" aria-label="Events">
    <div class="spread"><h2>Events (${isAll ? history.events.length : `${found.length} of ${history.events.length}`})</h2><label class="inline"><input type="checkbox" checked=${isOwn} onChange=${(event) => setOwn(event.target.checked)} /> Of the chosen state only</label></div>
    <details onToggle=${(event) => setFiltering(event.target.open)}><summary>Filter</summary>${isFiltering && html`<${Filter} history=${history} filter=${filter} set=${setFilter} />`}${!isAll && html`<button type="button" onClick=${() => setFilter(ALL)}>Show all</button>`}</details>
    <${Rows} ...${{ box, count: rows, row, keys }} label="Events, the newest first; arrow keys choose" caption="Events, the newest first" headings=${["Number", "Type", "State", "Error, resource", "After", "Date and time"]} kind="events" />
    ${selected && html`<${Details} key=${selected.id} event=${selected} data=${data} />`}
  </section>`;
}
