// Which view is shown, and the line at the top: where one is, the cloud’s clock, whether it answers.

import { html, render, useEffect, useErrorBoundary, useState } from "./html.js";
import { clock, follow, now, shownPlace } from "./cloud.js";
import { Execution } from "./execution.js";
import { Functions } from "./functions.js";
import { Home } from "./home.js";
import { changed, useTicks } from "./live.js";
import { Log } from "./logs.js";
import { Machine } from "./machine.js";
import { MapRun } from "./map_run.js";
import { Palette } from "./palette.js";
import { MachineLink, say, to } from "./parts.js";
import { nameOf, shown } from "./text.js";

/** The views, by the first word of the address behind `#/`. */
const VIEWS = {
  "": [Home, () => "Home"],
  machine: [Machine, nameOf],
  execution: [Execution, nameOf],
  "map-run": [MapRun, nameOf],
  function: [Functions, (name) => name],
  log: [Log, (group) => group],
};

function place() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  const [word, encoded] = path.split("/");
  let argument = "";
  try {
    argument = decodeURIComponent(encoded ?? "");
  } catch {
    // An address that was cut leads home.
  }
  return { word: VIEWS[word] && argument ? word : "", argument, parameters: new URLSearchParams(query) };
}

function Trail({ word, argument }) {
  if (word === "") return html`<${Place} />`;
  const isOfMachine = ["execution", "map-run"].includes(word) && argument.split(":").length > 7;
  return html`<${Place} />${isOfMachine && html` › <${MachineLink} arn=${argument} />`} › <bdi>${VIEWS[word][1](argument)}</bdi>`;
}

/** The account and the region, where they are not the default. */
function Place() {
  const { account, region } = shownPlace();
  return account || region ? html` <span class="faint">${[account, region].filter(Boolean).join(" ")}</span>` : null;
}

function Clock() {
  useTicks(true, 1000);
  const date = new Date(now());
  return html`<p id="clock" title="The time of the embedded cloud">${date.toLocaleTimeString()}${date.getTimezoneOffset() ? ` · ${date.toISOString().slice(11, 19)}` : ""} UTC${clock.stood ? " · stands still" : Math.abs(clock.ahead) > 5000 ? " · moved ahead" : ""}</p>`;
}

/** A view; what it can’t show is told in its place, and the line at the top stays. */
function Shown({ at }) {
  const [error] = useErrorBoundary((thrown) => console.error(thrown));
  if (error) return html`<h1>This can’t be shown</h1><p class="problem" role="alert">${error.message}</p>`;
  const [View] = VIEWS[at.word];
  return html`<${View} arn=${at.argument} argument=${at.argument} parameters=${at.parameters} />`;
}

/** The address names the view, so that a link within the page is none. */
function skip(event) {
  event.preventDefault();
  document.getElementById("main").focus();
}

function App() {
  const [at, setAt] = useState(place());
  const [isThere, setThere] = useState(null);
  useEffect(() => {
    const moved = () => {
      say("");
      setAt(place());
      document.getElementById("main").focus({ preventScroll: true });
      scrollTo(0, 0);
    };
    addEventListener("hashchange", moved);
    follow(changed, setThere);
    return () => removeEventListener("hashchange", moved);
  }, []);
  const [, title] = VIEWS[at.word];
  useEffect(() => {
    document.title = `${shown(title(at.argument))} · Workshop console`;
  }, [at.word, at.argument]);
  const state = isThere === null ? "Connecting…" : isThere ? "● live" : "○ The cloud does not answer: what is shown may be old.";
  return html`<a class="skip" href="#main" onClick=${skip}>Skip to the content</a><header><nav aria-label="Console"><a href=${to("")} class="home">Workshop console</a><${Trail} ...${at} /></nav><${Palette} /><${Clock} /><p id="connection" role="status" class=${isThere === false ? "lost" : ""}>${state}</p></header>
    <main id="main" tabindex="-1"><${Shown} key=${`${at.word} ${at.argument} ${at.word ? "" : Object.values(shownPlace())}`} at=${at} /></main>`;
}

render(html`<${App} />`, document.getElementById("page"));
