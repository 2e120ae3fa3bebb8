// The iterations of a Map state, or the branches of a Parallel state: what went into each, and what came out.

import { html, useEffect, useState } from "./html.js";
import { Difference } from "./differences.js";
import { exitOf } from "./history.js";
import { Badge, Block } from "./parts.js";

function Part({ history, data, part, choose }) {
  const [found, set] = useState(null);
  const first = part.visits[0];
  const last = part.visits.at(-1);
  const exit = exitOf(last);
  useEffect(() => {
    let isGone = false;
    const ids = [first.events[0].id, exit].filter(Boolean);
    data.of(ids).then((known) => isGone || set({ input: known.get(ids[0])?.input, output: known.get(exit)?.output }), () => {});
    return () => {
      isGone = true;
    };
  }, [first.number, exit]);
  return html`<p><${Badge} status=${part.status} /> ${part.visits.map((visit, at) => html`${at > 0 && " → "}<button type="button" class="plain" onClick=${() => choose(visit)}><bdi>${visit.state}</bdi></button>`)}</p>
    ${found?.input !== undefined && html`<${Block} name="What it was given" text=${found.input} more=${() => data.whole(first.events[0].id, "input")} />`}
    ${found?.output !== undefined && html`<h3 class="small">What it gave, compared with that</h3><${Difference} name="What it gave" before=${found.input ?? ""} after=${found.output} />`}`;
}

export function Parts({ history, data, visit, choose }) {
  const [number, setNumber] = useState(null);
  const parts = history.parts(visit);
  if (!parts.length) return null;
  const failed = parts.filter((part) => part.status === "failed");
  const at = Math.max(0, number === null ? parts.indexOf(failed[0] ?? parts[0]) : parts.findIndex((part) => part.number === number));
  const part = parts[at];
  const step = (by) => setNumber(parts[Math.min(parts.length - 1, Math.max(0, at + by))].number);
  const what = part.words.split(" ")[0];
  const many = what === "Branch" ? "Branches" : "Iterations";
  return html`<details><summary>${many} (${parts.length}${failed.length > 0 && `, ${failed.length} failed`})</summary>
    <p class="actions" role="group" aria-label="Which ${what.toLowerCase()}">
      <button type="button" aria-label="The ${what.toLowerCase()} before" aria-disabled=${at === 0} onClick=${() => step(-1)}>‹</button>
      <label class="inline">${what} <input type="number" class="short" min="0" value=${part.number} onChange=${(event) => setNumber(Number(event.target.value))} /></label>
      <button type="button" aria-label="The ${what.toLowerCase()} after" aria-disabled=${at === parts.length - 1} onClick=${() => step(1)}>›</button>
      ${failed.length > 0 && html`<button type="button" onClick=${() => setNumber(failed[(failed.indexOf(part) + 1) % failed.length].number)}>Next of ${failed.length} that failed</button>`}</p>
    <${Part} key=${part.number} ...${{ history, data, part, choose }} /></details>`;
}
