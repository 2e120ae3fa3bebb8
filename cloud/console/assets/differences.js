// What changed from one JSON value to another, line by line.

import { html } from "./html.js";
import { parsed, pretty } from "./text.js";

/** Texts with more lines are shown as they are: comparing takes time as their product. */
const MOST_LINES = 600;

const LONG = /\d{16}/;

/** Lines with what became of them: ` ` stays, `-` goes, `+` comes. */
export function difference(before, after) {
  const old = pretty(before).split("\n");
  const young = pretty(after).split("\n");
  if (old.length > MOST_LINES || young.length > MOST_LINES) return young.map((line) => [" ", line]);
  // A comma comes and goes with the line that follows.
  const isSame = (one, other) => old[one].replace(/,$/, "") === young[other].replace(/,$/, "");
  // How many lines the rests of both have in common.
  const common = Array.from({ length: old.length + 1 }, () => new Uint16Array(young.length + 1));
  for (let one = old.length - 1; one >= 0; one -= 1) {
    for (let other = young.length - 1; other >= 0; other -= 1) {
      common[one][other] = isSame(one, other) ? common[one + 1][other + 1] + 1 : Math.max(common[one + 1][other], common[one][other + 1]);
    }
  }
  const found = [];
  let one = 0;
  let other = 0;
  while (one < old.length || other < young.length) {
    if (one < old.length && other < young.length && isSame(one, other)) {
      found.push([" ", young[other]]);
      one += 1;
      other += 1;
    } else if (one < old.length && (other >= young.length || common[one + 1][other] >= common[one][other + 1])) {
      found.push(["-", old[one]]);
      one += 1;
    } else {
      found.push(["+", young[other]]);
      other += 1;
    }
  }
  return found;
}

/** Whether two texts are the same JSON, however it is written. */
export function isUnchanged(before, after) {
  if (difference(before, after).every(([sign]) => sign === " ")) return true;
  const one = parsed(before);
  // Numbers with so many digits are not told apart once they are read.
  return one !== undefined && !LONG.test(before) && !LONG.test(after) && JSON.stringify(one) === JSON.stringify(parsed(after));
}

export function Difference({ name, before, after }) {
  const lines = difference(before, after);
  const tags = { "+": "ins", "-": "del", " ": "span" };
  return html`<pre class="difference" tabindex="0" role="region" aria-label=${name}>${lines.map(([sign, line]) => html`<${tags[sign]}>${sign === "-" ? "−" : sign} ${line}${"\n"}<//>`)}</pre>`;
}
