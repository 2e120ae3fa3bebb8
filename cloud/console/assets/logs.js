// The lines of a log group: the filter language of CloudWatch Logs, followed live, paused; executions in them are links.

import { html, useEffect, useLayoutEffect, useRef, useState } from "./html.js";
import { logTopic, read } from "./cloud.js";
import { useLive } from "./live.js";
import { Button, Field, Problem, to } from "./parts.js";
import { clockTime, dayOf, isUtc, utcTime, withArns } from "./text.js";

/** How many lines are kept. */
const MOST = 5000;

const linked = (text) => withArns(text).map((part, at) => (at % 2 ? html`<a href=${to(part.includes(":mapRun:") ? "map-run" : "execution", part)}>${part}</a>` : part));

function Line({ line }) {
  return html`<div class="log-line"><time datetime=${new Date(line.at).toISOString()}>${clockTime(line.at)} <small>${utcTime(line.at)}</small></time> <span>${linked(line.text.trimEnd())}</span></div>`;
}

/** Lines, with each day before its first one. */
function dated(lines) {
  const day = (at) => new Date(lines[at].at).toDateString();
  return lines.flatMap((line, at) => {
    const isFirst = at === 0 || day(at) !== day(at - 1);
    return [isFirst && html`<p class="faint day" key=${`day ${line.id}`}>${dayOf(line.at)}${isUtc(line.at) ? ", times in UTC" : ""}</p>`, html`<${Line} key=${line.id} line=${line} />`];
  });
}

export function Lines({ group, from }) {
  const [pattern, setPattern] = useState("");
  const [asked, setAsked] = useState("");
  const [isPaused, setPaused] = useState(false);
  const [older, setOlder] = useState({ lines: [], next: undefined });
  const box = useRef();
  const isAtEnd = useRef(true);
  const paused = useRef(null);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(pattern), 300);
    return () => clearTimeout(timer);
  }, [pattern]);
  useEffect(() => setOlder({ lines: [], next: undefined }), [group, asked]);
  const { value, error } = useLive(() => read("lines", { group, pattern: asked, from }), [group, asked, from], [logTopic(group)]);
  if (!isPaused || !paused.current) paused.current = value;
  const seen = new Set();
  const lines = [...older.lines, ...(paused.current?.lines ?? [])].filter(({ id }) => !seen.has(id) && seen.add(id)).slice(-MOST);
  const next = older.next === undefined ? value?.next : older.next;
  useLayoutEffect(() => {
    if (box.current && isAtEnd.current && !isPaused) box.current.scrollTop = box.current.scrollHeight;
  }, [lines.length, lines.at(-1)?.id]);
  const look = () => (isAtEnd.current = box.current.scrollHeight - box.current.scrollTop - box.current.clientHeight < 40);
  const load = async () => {
    const found = await read("lines", { group, pattern: asked, from, next });
    setOlder((before) => ({ lines: [...found.lines, ...before.lines], next: found.next ?? null }));
  };
  return html`<section aria-label="Lines of ${group}">
    <div class="filters"><${Field} label="Filter pattern" class="wide"><input type="search" spellcheck="false" placeholder=${'ERROR -debug "two words" { $.level = "error" } %regex%'} value=${pattern} onInput=${(event) => setPattern(event.target.value)} /><//>
      <button type="button" aria-pressed=${isPaused} onClick=${() => setPaused(!isPaused)}>${isPaused ? "Go on" : "Pause"}</button>${next && html`<${Button} act=${load}>Older lines<//>`}</div>
    <${Problem} text=${error?.message} />
    <div class="log" tabindex="0" role="log" aria-label="Log lines" ref=${box} onScroll=${look}>${lines.length ? dated(lines) : html`<p class="faint">${value ? "There is no line." : "…"}</p>`}</div>
  </section>`;
}

export function Log({ argument: group, parameters }) {
  return html`<h1><bdi>${group}</bdi></h1><${Lines} group=${group} from=${parameters.get("from")} />`;
}
