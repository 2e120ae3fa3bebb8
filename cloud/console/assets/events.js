// All events of an execution: as many rows as there are, of which those are drawn that are seen.

import { html, useEffect, useRef, useState } from "./html.js";
import { Text } from "./parts.js";
import { duration } from "./text.js";

const ROW_PX = 30;
const AROUND = 12;

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
    ${entries.length ? entries.map(([name, value]) => html`<section class="block"><h4 class="small">${name}</h4><${Text} name="${name} of event ${event.id}" text=${typeof value === "string" ? value : JSON.stringify(value)} /></section>`) : html`<p class="faint">It has no details.</p>`}</div>`;
}

export function Events({ history, data, chosen, choose }) {
  const box = useRef();
  const [scroll, setScroll] = useState({ top: 0, height: 400 });
  const [selected, select] = useState(null);
  const [isOwn, setOwn] = useState(false);
  const newest = isOwn && chosen ? chosen.events : history.events;
  const rows = newest.length;
  const at = (index) => newest[rows - 1 - index];
  const first = Math.max(0, Math.floor(scroll.top / ROW_PX) - AROUND);
  const last = Math.min(rows, Math.ceil((scroll.top + scroll.height) / ROW_PX) + AROUND);
  const look = () => setScroll({ top: box.current.scrollTop, height: box.current.clientHeight });
  useEffect(look, []);
  const open = (event) => {
    select(event);
    if (event.visit !== undefined) choose(history.visits[event.visit]);
  };
  const move = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !rows) return;
    event.preventDefault();
    const index = selected ? newest.findLastIndex((each) => each.id === selected.id) : rows;
    const next = newest[Math.min(rows - 1, Math.max(0, index - step))];
    open(next);
    const y = (rows - 1 - newest.indexOf(next)) * ROW_PX;
    if (y < box.current.scrollTop || y > box.current.scrollTop + box.current.clientHeight - 2 * ROW_PX) box.current.scrollTop = y - 3 * ROW_PX;
  };
  const shown = [];
  for (let index = first; index < last; index += 1) {
    const event = at(index);
    const name = event.state ?? history.visits[event.visit]?.state;
    shown.push(html`<tr key=${event.id} aria-rowindex=${index + 2} class=${event.id === selected?.id ? "selected" : event.visit !== undefined && event.visit === chosen?.number ? "own" : ""} onClick=${() => open(event)}>
      <td>${event.id}</td><td><button type="button" class="plain" tabindex="-1" aria-expanded=${event.id === selected?.id}>${event.type}</button></td><td><bdi>${name ?? ""}</bdi></td><td>${event.error ?? ""}</td><td title="${new Date(event.at).toISOString()} (UTC)">+${duration(event.at - history.from)}</td></tr>`);
  }
  return html`<section aria-label="Events">
    <div class="spread"><h2>Events (${history.events.length})</h2><label class="inline"><input type="checkbox" checked=${isOwn} onChange=${(event) => setOwn(event.target.checked)} /> Of the chosen state only</label></div>
    <div class="scroll rows" tabindex="0" role="region" aria-label="Events, the newest first; arrow keys choose" ref=${box} onScroll=${look} onKeyDown=${move}>
      <table aria-rowcount=${rows + 1}><caption class="unseen">Events, the newest first</caption>
        <thead><tr>${["Number", "Type", "State", "Error", "After"].map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
        <tbody><tr aria-hidden="true" style=${{ height: `${first * ROW_PX}px` }}></tr>${shown}<tr aria-hidden="true" style=${{ height: `${(rows - last) * ROW_PX}px` }}></tr></tbody></table>
    </div>
    ${selected && html`<${Details} key=${selected.id} event=${selected} data=${data} />`}
  </section>`;
}
