// Parts of every view: statuses, moments, blocks of text, buttons, tables.

import { html, useEffect, useRef, useState } from "./html.js";
import { clockTime, countdown, cutFrom, dayOf, isCut, isUtc, machineOf, nameOf, pretty, withArns } from "./text.js";
import { named, now, shownPlace } from "./cloud.js";
import { useTicks } from "./live.js";

/** Where a view is: `#/word/argument?name=value`; in the account and region that are shown, unless others are named. An ARN says where it is. */
export function to(word, argument = "", { account, region, ...parameters } = {}) {
  const place = argument.startsWith("arn:") ? {} : region ? named({ account, region }) : shownPlace();
  const query = new URLSearchParams({ ...place, ...parameters }).toString();
  return `#/${word}${argument && `/${encodeURIComponent(argument)}`}${query ? `?${query}` : ""}`;
}

export const Link = ({ href, children }) => html`<a href=${href}><bdi>${children}</bdi></a>`;
/** The state machine of whatever has this ARN. */
export const MachineLink = ({ arn }) => html`<${Link} href=${to("machine", machineOf(arn))}>${nameOf(machineOf(arn))}<//>`;
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

/** A moment in the browser’s zone with UTC beside it: milliseconds since 1970, or a text. `exact` tells the milliseconds. */
export function Moment({ at, exact = false }) {
  if (at === null || at === undefined) return html`<span>–</span>`;
  const date = new Date(at);
  const utc = date.toISOString();
  const beside = date.getDate() === date.getUTCDate() ? utc.slice(11, 19) : utc.slice(0, 19).replace("T", " ");
  return html`<time datetime=${utc} title="${utc} (UTC)">${dayOf(date)}, ${clockTime(date).slice(0, exact ? 12 : 8)}${isUtc(date) ? " UTC" : html` <small>${beside} UTC</small>`}</time>`;
}

/** Seconds since 1970, as the API gives them. */
export const ApiMoment = ({ at, exact }) => html`<${Moment} at=${at === null || at === undefined ? null : at * 1000} exact=${exact} />`;

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

/** An ARN that can be copied. */
export const Arn = ({ arn, what }) => html`<span class="arn"><bdi>${arn}</bdi> <${Copy} text=${() => arn} what=${what} /></span>`;

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

/** Many columns are stacked in a narrow window: each cell has its heading then. Roles stay those of a table. `after` follows the rows. */
export function Table({ caption, headings, rows, empty, class: kind = "", after }) {
  if (!rows.length) return html`<p class="faint">${empty}</p>`;
  return html`<div class="scroll ${kind} ${headings.length > 2 ? "stack" : ""}" tabindex="0" role="region" aria-label=${caption}><table role="table">
    <caption class="unseen">${caption}</caption>
    <thead role="rowgroup"><tr role="row">${headings.map((heading) => html`<th scope="col" role="columnheader">${heading}</th>`)}</tr></thead>
    <tbody role="rowgroup">${rows.map((cells) => html`<tr role="row" key=${cells.key}>${cells.map((cell, at) => html`<td role="cell" data-heading=${headings[at]}>${cell}</td>`)}</tr>`)}</tbody>
  </table>${after}</div>`;
}

/** What something is: names, each with what it is; what is none is left out. */
export const Facts = ({ facts }) => html`<dl class="facts">${facts.filter(([, value]) => value !== null && value !== undefined && value !== false && value !== "").map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

export const Field = ({ label, children, ...attributes }) => html`<label ...${attributes}><span>${label}</span>${children}</label>`;
