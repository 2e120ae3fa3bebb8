// What there is: state machines, the newest executions, what waits for somebody, functions, endpoints, the clock.

import { html, useState } from "./html.js";
import { act, read } from "./cloud.js";
import { Answer } from "./answer.js";
import { useShown } from "./live.js";
import { ApiMoment, Badge, Button, Countdown, ExecutionLink, Field, Link, MachineLink, Problem, Table, say, to } from "./parts.js";
import { nameOf } from "./text.js";

const MINUTE_MS = 60_000;

const machineRow = (machine) => [
  html`<${MachineLink} arn=${machine.arn} />`,
  machine.type.toLowerCase(),
  machine.running || "–",
  machine.lastFailed === null || machine.lastFailed === undefined ? "–" : html`<${Badge} status=${machine.lastFailed ? "FAILED" : "SUCCEEDED"} words=${machine.lastFailed ? "not succeeded" : "succeeded"} />`,
];

const executionRow = (execution) => [
  html`<${ExecutionLink} arn=${execution.executionArn} name=${execution.name} />`,
  html`<${Badge} status=${execution.status} />`,
  html`<${MachineLink} arn=${execution.stateMachineArn} />`,
  html`<${ApiMoment} at=${execution.startDate} />`,
  html`<${ApiMoment} at=${execution.stopDate} />`,
];

function Inbox({ inbox }) {
  const [open, setOpen] = useState(null);
  if (!inbox.length) return null;
  return html`<section><h2>Waits for somebody (${inbox.length})</h2><ul class="inbox">${inbox.map((task) => html`<li key=${task.token} class="card">
    <div class="spread"><span><bdi>${task.state}</bdi> of <${ExecutionLink} arn=${task.executionArn} /> <span class="faint">(<bdi>${nameOf(task.executionArn.split(":").slice(0, -1).join(":"))}</bdi>)</span>${task.until && html` · times out in <${Countdown} until=${task.until} />`}</span>
    <button type="button" aria-expanded=${open === task.token} onClick=${() => setOpen(open === task.token ? null : task.token)}>Answer</button></div>
    ${open === task.token && html`<${Answer} executionArn=${task.executionArn} token=${task.token} />`}</li>`)}</ul></section>`;
}

/** Every account and region that has anything, and the one that is shown. */
function Places({ account, region, places }) {
  const here = places.some((place) => place.account === account && place.region === region) ? places : [{ account, region }, ...places];
  if (here.length < 2) return null;
  const words = (place) => `${place.region} · account ${place.account}`;
  const choose = (event) => (location.hash = to("", "", here[event.target.selectedIndex]));
  return html`<div class="filters"><${Field} label="Region and account"><select onChange=${choose}>${here.map((place) => html`<option selected=${place.account === account && place.region === region}>${words(place)}</option>`)}</select><//></div>`;
}

/** Moves the clock: what waits for a moment in between goes on. */
function Clock() {
  const by = (words, ms) => html`<${Button} act=${async () => {
    const moved = await act("clock", { advanceMs: ms });
    say(`The clock shows ${moved.now}.`);
  }}>${words}<//>`;
  return html`<section><h2>The cloud’s clock</h2><p class="faint">Moved on, it starts at each moment in between what waits for that moment. It never goes back.</p>
    <div class="actions">${by("A minute on", MINUTE_MS)}${by("An hour on", 60 * MINUTE_MS)}${by("A day on", 1440 * MINUTE_MS)}</div></section>`;
}

export function Home() {
  const { value: found, error } = useShown("home", () => read("home"));
  if (!found) return html`<${Problem} text=${error?.message} />`;
  return html`<h1>What is on this machine</h1><p class="faint">${found.places.length < 2 && `Region ${found.region} · `}press Ctrl-K to find anything</p>
    <${Places} ...${found} />
    <${Inbox} inbox=${found.inbox} />
    <section><h2>State machines</h2><${Table} caption="State machines" headings=${["Name", "Type", "Running", "Last result"]} rows=${found.machines.map(machineRow)} empty="None is deployed yet: workshop deploy --local." /></section>
    <section><h2>Newest executions</h2><${Table} caption="Executions" class="even" headings=${["Name", "Status", "State machine", "Started", "Ended"]} rows=${found.executions.map(executionRow)} empty="None was started yet." /></section>
    <div class="columns even">
      <section><h2>Functions</h2><${Table} caption="Functions" headings=${["Name", "Runtime", "Memory"]} rows=${found.functions.map((each) => [html`<${Link} href=${to("function", each.name)}>${each.name}<//>`, each.runtime ?? "image", `${each.memoryMb} MB`])} empty="There is none." /></section>
      <section><h2>Logs</h2><${Table} caption="Log groups" headings=${["Group", "Bytes"]} rows=${found.groups.map((group) => [html`<${Link} href=${to("log", group.name)}>${group.name}<//>`, group.bytes])} empty="There is none." /></section>
    </div>
    <section><h2>HTTP endpoints</h2><${Table} caption="HTTP endpoints" headings=${["Route", "API"]} rows=${found.endpoints.map((each) => [html`<code>${each.method} ${each.path}</code>`, html`<bdi>${each.api}</bdi>`])} empty="There is none." /></section>
    <${Clock} />`;
}
