// Parts of every view: statuses, moments, blocks of text, buttons, tables, pictures.

import { html, useEffect, useRef, useState } from "./html.js";
import { countdown, nameOf, pretty, withArns } from "./text.js";
import { now } from "./cloud.js";
import { useTicks } from "./live.js";

/** Where a view is: `#/word/argument?name=value`. */
export function to(word, argument, parameters) {
  const query = new URLSearchParams(parameters).toString();
  return `#/${word}/${encodeURIComponent(argument)}${query ? `?${query}` : ""}`;
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

/** A moment in the browser’s zone with UTC beside it. Milliseconds since 1970, or a text. */
export function Moment({ at }) {
  if (at === null || at === undefined) return html`<span>–</span>`;
  const date = new Date(at);
  const utc = date.toISOString();
  return html`<time datetime=${utc} title="${utc} (UTC)">${date.toLocaleString()}${isUtc() ? " UTC" : html` <small>${utc.slice(11, 19)} UTC</small>`}</time>`;
}

/** Seconds since 1970, as the API gives them. */
export const ApiMoment = ({ at }) => html`<${Moment} at=${at === null || at === undefined ? null : at * 1000} />`;

/** How long it is until a moment, by the cloud’s clock. */
export function Countdown({ until }) {
  useTicks(true);
  return html`<span class="count" role="timer">${countdown(Date.parse(until) - now())}</span>`;
}

/** JSON or another text that scrolls, for a keyboard too. Executions in it are links. */
export function Text({ name, text }) {
  const parts = withArns(pretty(text));
  const linked = parts.length > 200 ? parts.join("") : parts.map((part, at) => at % 2 ? html`<a href=${to(part.includes(":mapRun:") ? "map-run" : "execution", part)}>${part}</a>` : part);
  return html`<pre tabindex="0" role="region" aria-label=${name}>${linked}</pre>`;
}

export function Block({ name, text, level = 3 }) {
  return html`<section class="block"><div class="spread"><${`h${level}`} class="small">${name}<//><${Copy} text=${() => text} what=${name} /></div><${Text} name=${name} text=${text} /></section>`;
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

export function Table({ caption, headings, rows, empty }) {
  if (!rows.length) return html`<p class="faint">${empty}</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${caption}><table>
    <caption class="unseen">${caption}</caption>
    <thead><tr>${headings.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
    <tbody>${rows.map((cells) => html`<tr key=${cells.key}>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}

/** The picture of a state machine. It is made of escaped text by this very cloud, and read as XML. */
export function Picture({ svg, ready }) {
  const root = useRef();
  useEffect(() => {
    const read = new DOMParser().parseFromString(svg, "image/svg+xml");
    const key = document.activeElement?.dataset?.state;
    const had = root.current.contains(document.activeElement);
    root.current.replaceChildren(document.importNode(read.documentElement, true));
    ready?.(root.current);
    if (had && key) root.current.querySelector(`[data-state="${key}"]`)?.focus({ preventScroll: true });
  }, [svg]);
  return html`<div class="picture" tabindex="0" role="region" aria-label="Graph" ref=${root}></div>`;
}

export const Field = ({ label, children, ...attributes }) => html`<label ...${attributes}><span>${label}</span>${children}</label>`;

/** Saves a picture: as SVG with its style sheet, or drawn as PNG by the browser. */
export async function savePicture(root, name, format) {
  const drawn = root.querySelector("svg").cloneNode(true);
  const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
  style.textContent = await (await fetch("graph.css")).text();
  drawn.prepend(style);
  drawn.querySelectorAll("[tabindex]").forEach((group) => ["tabindex", "role", "aria-pressed"].forEach((attribute) => group.removeAttribute(attribute)));
  const svg = new Blob([new XMLSerializer().serializeToString(drawn)], { type: "image/svg+xml" });
  if (format === "svg") return save(`${name}.svg`, svg);
  const [, , width, height] = drawn.getAttribute("viewBox").split(" ").map(Number);
  const image = new Image();
  image.src = URL.createObjectURL(svg);
  await image.decode();
  const canvas = document.createElement("canvas");
  // Twice as sharp, as far as browsers draw.
  const scale = Math.min(2, 8192 / Math.max(width, height));
  canvas.width = width * scale;
  canvas.height = height * scale;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((done) => canvas.toBlob((png) => done(save(`${name}.png`, png)), "image/png"));
}
