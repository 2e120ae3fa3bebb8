// A table with as many rows as there are, of which those are drawn that are seen; arrow keys choose one.

import { html, useEffect, useState } from "./html.js";

export const ROW_PX = 30;
const AROUND = 12;

/** Has a row be seen. */
function reveal(box, index) {
  const y = index * ROW_PX;
  if (y < box.scrollTop || y > box.scrollTop + box.clientHeight - 2 * ROW_PX) box.scrollTop = y - 3 * ROW_PX;
}

/** `row` draws the row of an index; `keys` takes a key and may give the index of the row that is chosen then. */
export function Rows({ box, label, caption, headings, count, row, keys, kind = "", role }) {
  const [scroll, setScroll] = useState({ top: 0, height: 400 });
  const first = Math.max(0, Math.min(count, Math.floor(scroll.top / ROW_PX)) - AROUND);
  const last = Math.min(count, Math.ceil((scroll.top + scroll.height) / ROW_PX) + AROUND);
  const look = () => setScroll({ top: box.current.scrollTop, height: box.current.clientHeight });
  useEffect(look, []);
  const press = (event) => {
    const index = keys(event);
    if (index === undefined) return;
    event.preventDefault();
    reveal(box.current, index);
  };
  const shown = [];
  for (let index = first; index < last; index += 1) shown.push(row(index));
  return html`<div class="scroll rows ${kind}" tabindex="0" role="region" aria-label=${label} ref=${box} onScroll=${look} onKeyDown=${press}>
    <table role=${role} aria-rowcount=${count + 1}><caption class="unseen">${caption}</caption>
      <thead><tr>${headings.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
      <tbody><tr aria-hidden="true" style=${{ height: `${first * ROW_PX}px` }}></tr>${shown}<tr aria-hidden="true" style=${{ height: `${(count - last) * ROW_PX}px` }}></tr></tbody></table>
  </div>`;
}
