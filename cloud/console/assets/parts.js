// Parts of every view: statuses, moments, blocks of text, buttons, tables.

import { html, useEffect, useRef, useState } from "./html.js";
import { countdown, cutFrom, isCut, nameOf, pretty, withArns } from "./text.js";
import { named, now, shownPlace } from "./cloud.js";
import { useTicks } from "./live.js";

/** Where a view is: `#/word/argument?name=value`; in the account and region that are shown, unless others are named. An ARN says where it is. */
export function to(word, argument = "", { account, region, ...parameters } = {}) {
  const place = argument.startsWith("arn:") ? {} : region ? named({ account, region }) : shownPlace();
  const query = new URLSearchParams({ ...place, ...parameters }).toString();
  return `#/${word}${argument && `/${encodeURIComponent(argument)}`}${query ? `?${query}` : ""}`;
}

export const Link = ({ href, children }) => html`<a href=${href}><bdi>${children}</bdi></a>`;
export const MachineLink = ({ arn }) => html`<${Link} href=${to("machine", arn)}>${nameOf(arn)}<//>`;
export const ExecutionLink = ({ arn, name }) => html`<${Link} href=${to("execution", arn)}>${name ?? nameOf(arn)}<//>`;

const SIGNS = {
  RUNNING: "▶", SUCCEEDED: "✓", FAILED: "✗", TIMED_OUT: "✗", ABORTED: "▪",
  running: "▶", waiting: "◷", retrying: "↻", succeeded: "✓", caught: "!", failed: "✗", aborted: "▪", "not reached": "·",
};

/** A status: a sign, a word and a colour. */
export function Badge({ status, words }) {
  const kind = status === "TIMED_OUT" ? "failed" : status.toLowerCase().replace(" ", "-");
  const text = words ?? status.toLowerCase().replace("_", " ");
  return html`<span class="badge ${kind}"><span aria-hidden="true">${SIGNS[status] ?? "?"} </span>${text}</span>`;
}

const isUtc = () => new Date().getTimezoneOffset() === 0;
/** Made once: a formatter of dates takes longer to make than a page of rows to draw. */
const dates = new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "medium" });

/** A moment in the browser’s zone with UTC beside it. Milliseconds since 1970, or a text. */
export function Moment({ at }) {
  if (at === null || at === undefined) return html`<span>–</span>`;
  const date = new Date(at);
  const utc = date.toISOString();
  return html`<time datetime=${utc} title="${utc} (UTC)">${dates.format(date)}${isUtc() ? " UTC" : html` <small>${utc.slice(11, 19)} UTC</small>`}</time>`;
}

/** Seconds since 1970, as the API gives them. */
export const ApiMoment = ({ at }) => html`<${Moment} at=${at === null || at === undefined ? null : at * 1000} />`;

/** How long it is until a moment, by the cloud’s clock. */
export function Countdown({ until }) {
  useTicks(true);
  return html`<span class="count" role="timer">${countdown(Date.parse(until) - now())}</span>`;
}

/** JSON or another text that scrolls, for a keyboard too. Executions in it are links. `more` gives all of a text that was cut. */
export function Text({ name, text, more }) {
  const [whole, setWhole] = useState(null);
  const size = !whole && more && cutFrom(text);
  const parts = withArns(pretty(whole ?? text));
  const linked = parts.length > 200 ? parts.join("") : parts.map((part, at) => at % 2 ? html`<a href=${to(part.includes(":mapRun:") ? "map-run" : "execution", part)}>${part}</a>` : part);
  return html`<pre tabindex="0" role="region" aria-label=${name}>${linked}</pre>${size && html`<${Button} class="quiet" act=${async () => setWhole(await more())}>Show all ${size} bytes<//>`}`;
}

export function Block({ name, text, more, level = 3 }) {
  const copied = async () => (more && isCut(text) ? more() : text);
  return html`<section class="block"><div class="spread"><${`h${level}`} class="small">${name}<//><${Copy} text=${copied} what=${name} /></div><${Text} name=${name} text=${text} more=${more} /></section>`;
}

/** Tells a screen reader. */
export function say(text) {
  const said = document.getElementById("said");
  if (said.textContent !== text) said.textContent = text;
}

export const Problem = ({ text }) => text ? html`<p class="problem" role="alert">${text}</p>` : null;

/** A button that does something once, and says why where it can’t. */
export function Button({ act, children, ...attributes }) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const click = async () => {
    setBusy(true);
    setProblem("");
    try {
      await act();
    } catch (error) {
      setProblem(error.message);
    } finally {
      setBusy(false);
    }
  };
  return html`<button type="button" aria-disabled=${isBusy} onClick=${() => isBusy || click()} ...${attributes}>${children}</button><${Problem} text=${problem} />`;
}

/** What opens below a button; Escape, or a press elsewhere, closes it. What it has is there once it is open. */
export function Menu({ name, kind = "", children }) {
  const root = useRef();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const away = (event) => root.current?.open && !root.current.contains(event.target) && (root.current.open = false);
    addEventListener("pointerdown", away);
    return () => removeEventListener("pointerdown", away);
  }, []);
  const close = (event) => {
    if (event.key !== "Escape" || !root.current.open) return;
    root.current.open = false;
    root.current.querySelector("summary").focus();
  };
  return html`<details class="menu ${kind}" ref=${root} onToggle=${(event) => setOpen(event.target.open)} onKeyDown=${close}><summary>${name}</summary><div class="card">${isOpen && children}</div></details>`;
}

/** Copies a text. */
export function Copy({ text, what, children }) {
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    const timer = isDone && setTimeout(() => setDone(false), 2000);
    return () => clearTimeout(timer);
  }, [isDone]);
  const copy = async () => {
    await navigator.clipboard.writeText(await text());
    setDone(true);
    say(`${what} is copied.`);
  };
  return html`<${Button} act=${copy} class=${children ? "" : "quiet"} aria-label=${children ? null : `Copy: ${what}`}>${isDone ? "Copied" : children ?? "Copy"}<//>`;
}

/** Has the browser save a file. */
export function save(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export function Table({ caption, headings, rows, empty, class: kind = "" }) {
  if (!rows.length) return html`<p class="faint">${empty}</p>`;
  return html`<div class="scroll ${kind}" tabindex="0" role="region" aria-label=${caption}><table>
    <caption class="unseen">${caption}</caption>
    <thead><tr>${headings.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
    <tbody>${rows.map((cells) => html`<tr key=${cells.key}>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}

export const Field = ({ label, children, ...attributes }) => html`<label ...${attributes}><span>${label}</span>${children}</label>`;
