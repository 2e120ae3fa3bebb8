// The command palette: Ctrl-K finds machines, executions, functions, logs and their lines by name.

import { html, useEffect, useRef, useState } from "./html.js";
import { act, read } from "./cloud.js";
import { to } from "./parts.js";

const KINDS = { command: "command", machine: "state machine", execution: "execution", function: "function", log: "log", line: "log line" };

/** What can be done from anywhere. */
const COMMANDS = [
  ["Home", () => (location.hash = "#/")],
  ...[["a minute", 60_000], ["an hour", 3_600_000], ["a day", 86_400_000]].map(([words, advanceMs]) => [`Move the clock ${words} on`, () => act("clock", { advanceMs })]),
].map(([name, run]) => ({ kind: "command", name, run }));

const place = (found) => {
  if (found.kind === "line") return to("log", found.group, { from: found.at - 1000 });
  return to(found.kind, found.arn ?? found.name);
};

/** How much of a line is shown before what was found in it. */
const BEFORE = 24;

/** A name, or of a long line the part with what was looked for. */
function around({ kind, name }, wanted) {
  const at = kind === "line" ? name.toLowerCase().indexOf(wanted.trim().toLowerCase()) : 0;
  return at > BEFORE ? `…${name.slice(at - BEFORE)}` : name;
}

export function Palette() {
  const dialog = useRef();
  const [text, setText] = useState("");
  const [found, setFound] = useState([]);
  const [at, setAt] = useState(0);
  const open = () => {
    if (dialog.current.open) return;
    setText("");
    dialog.current.showModal();
  };
  useEffect(() => {
    const key = (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      open();
    };
    // Another view, by the browser's own buttons too.
    const away = () => dialog.current.close();
    addEventListener("keydown", key);
    addEventListener("hashchange", away);
    return () => {
      removeEventListener("keydown", key);
      removeEventListener("hashchange", away);
    };
  }, []);
  useEffect(() => {
    let isGone = false;
    const timer = setTimeout(async () => {
      try {
        const answer = await read("search", { q: text });
        if (isGone) return;
        setFound([...answer.found, ...COMMANDS.filter(({ name }) => name.toLowerCase().includes(text.trim().toLowerCase()))]);
        setAt(0);
      } catch {
        // The line at the top says that the cloud does not answer.
      }
    }, 120);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [text]);
  const go = (each) => {
    dialog.current.close();
    if (each.run) each.run();
    else location.hash = place(each);
  };
  const keys = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((at + step + found.length) % Math.max(1, found.length));
    else if (event.key === "Enter" && found[at]) go(found[at]);
    else return;
    event.preventDefault();
  };
  return html`<button type="button" class="find" onClick=${open}>Find <kbd>Ctrl-K</kbd></button>
    <dialog ref=${dialog} aria-label="Find" onClick=${(event) => event.target === dialog.current && dialog.current.close()}>
      <input type="text" role="combobox" aria-label="Find a machine, an execution, a function, a log or its lines" aria-expanded=${found.length > 0} aria-controls="found" aria-activedescendant=${found[at] ? `found-${at}` : null} autocomplete="off" placeholder="Machine, execution, function, log, text of a line" value=${text} onInput=${(event) => setText(event.target.value)} onKeyDown=${keys} />
      <ul id="found" role="listbox" aria-label="Found">${found.map((each, index) => html`<li id="found-${index}" role="option" aria-selected=${index === at} onClick=${() => go(each)}><span class="faint">${KINDS[each.kind]}</span> <bdi>${around(each, text)}</bdi></li>`)}</ul>
      <p class="faint" role="status">${found.length ? `${found.length} found · arrow keys choose, Enter opens` : "Nothing is found."}</p>
    </dialog>`;
}
