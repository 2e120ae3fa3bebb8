// Elements of the page. Whatever comes from a workflow, a function or a person is set as text, never as markup.

// What steers a display or turns the direction of writing is shown as a sign of its own.
const DECEPTIVE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

export function shown(text) {
  return String(text ?? "").replace(DECEPTIVE, "\ufffd");
}

/** An element with attributes (those that begin with `on` are listeners) and children: elements, or texts. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : shown(value));
  }
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : shown(child));
  }
  return element;
}

/** A text from elsewhere, apart from what stands around it: its direction of writing does not reach beyond it. */
export function outside(text) {
  return el("bdi", {}, text);
}

export function link(to, text) {
  return el("a", { href: to }, outside(text));
}

export function machineLink(arn) {
  return link(`#/machine/${encodeURIComponent(arn)}`, arn.split(":").pop());
}

export function executionLink(arn, name) {
  return link(`#/execution/${encodeURIComponent(arn)}`, name ?? arn.split(":").pop());
}

const SIGNS = {
  RUNNING: "▶", SUCCEEDED: "✓", FAILED: "✗", TIMED_OUT: "✗", ABORTED: "▪",
  running: "▶", waiting: "◷", retrying: "↻", succeeded: "✓", caught: "!", failed: "✗", aborted: "▪", "not reached": "·",
};

/** A status: a sign, a word and a colour. */
export function badge(status, words = status) {
  const kind = { TIMED_OUT: "failed" }[status] ?? status.toLowerCase().replace(" ", "-");
  return el("span", { class: `badge ${kind}` }, el("span", { "aria-hidden": "true" }, `${SIGNS[status] ?? "?"} `), words);
}

/** A moment in the browser's zone, with UTC beside it as a title. Seconds since 1970, as the API gives them. */
export function moment(seconds) {
  if (seconds === null || seconds === undefined) return el("span", {}, "–");
  const date = new Date(seconds * 1000);
  return el("time", { datetime: date.toISOString(), title: `${date.toISOString()} (UTC)` }, date.toLocaleString());
}

/** JSON as people read it; a text that is none stays as it is. */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return String(text ?? "");
  }
}

/** A text that is JSON. */
export function valid(text, what) {
  try {
    JSON.parse(text);
  } catch (error) {
    throw new Error(`The ${what} is no JSON: ${error.message}`);
  }
  return text;
}

/** A named block of text that scrolls, for a keyboard too. */
export function block(name, text, heading = "h3") {
  return el("section", {}, el(heading, { class: "small" }, name), el("pre", { tabindex: "0", "aria-label": name }, pretty(text)));
}

/** The picture of a state machine. It is made of escaped text by this very cloud, and read as XML. */
export function picture(svg) {
  const parsed = new DOMParser().parseFromString(svg, "image/svg+xml");
  return document.importNode(parsed.documentElement, true);
}

/** Puts children in the place of others, and the focus on what has the same `data-key`. */
export function replace(parent, ...children) {
  const key = document.activeElement?.dataset?.key;
  const had = key && parent.contains(document.activeElement);
  parent.replaceChildren(...children.flat().filter((child) => child));
  if (had) parent.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

/** Tells a screen reader. */
export function say(text) {
  document.getElementById("said").textContent = shown(text);
}

export function table(caption, headings, rows, empty) {
  if (rows.length === 0) return el("p", { class: "faint" }, empty);
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    el("table", {},
      el("caption", { class: "unseen" }, caption),
      el("thead", {}, el("tr", {}, headings.map((heading) => el("th", { scope: "col" }, heading)))),
      el("tbody", {}, rows.map((cells) => el("tr", {}, cells.map((cell) => el("td", {}, cell)))))));
}

/** A button that does something once and says why where it can't. */
export function button(text, act, attributes = {}) {
  const made = el("button", { type: "button", "data-key": text, ...attributes, onclick: async () => {
    made.disabled = true;
    try {
      await act();
    } catch (error) {
      say(error.message);
      alertBeside(made, error.message);
    } finally {
      made.disabled = false;
    }
  } }, text);
  return made;
}

export function alertBeside(element, text) {
  element.parentElement?.querySelector(":scope > .problem")?.remove();
  element.insertAdjacentElement("afterend", el("p", { class: "problem", role: "alert" }, text));
}
