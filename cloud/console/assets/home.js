// What there is: state machines, the newest executions, what waits for somebody, functions, endpoints, the clock.

import { html, useState } from "./html.js";
import { act, read } from "./cloud.js";
import { Answer } from "./answer.js";
import { useShown } from "./live.js";
import { ApiMoment, Badge, Button, Countdown, ExecutionLink, Field, Link, MachineLink, Problem, Table, say, to } from "./parts.js";
import { duration, nameOf } from "./text.js";

const MINUTE_MS = 60_000;
/** Up to which number the cloud counts what waits. */
const COUNTED = 1000;

const count = (number) => (number ? (number >= COUNTED ? `${COUNTED} or more` : number) : "–");

/** How many of the newest ones did not succeed; they are a click away. */
const failed = (machine) => (machine.failed ? html`<a href=${to("machine", machine.arn, { status: "FAILED" })}>${machine.failed}</a> <span class="faint">of the last ${machine.newest}</span>` : "–");

const machineRow = (machine) => [
  html`<${MachineLink} arn=${machine.arn} />`,
  machine.lastFailed === null ? html`<span class="faint">${machine.type === "EXPRESS" ? "express" : "–"}</span>` : html`<${Badge} status=${machine.lastFailed ? "FAILED" : "SUCCEEDED"} words=${machine.lastFailed ? "not succeeded" : "succeeded"} />`,
  count(machine.running),
  count(machine.waiting),
  failed(machine),
];

const executionRow = (execution) => [
  html`<${ExecutionLink} arn=${execution.executionArn} name=${execution.name} />`,
  html`<${Badge} status=${execution.status} />`,
  html`<${MachineLink} arn=${execution.stateMachineArn} />`,
  html`<${ApiMoment} at=${execution.startDate} />`,
  execution.stopDate ? duration((execution.stopDate - execution.startDate) * 1000) : "–",
];

function Inbox({ inbox }) {
  const [open, setOpen] = useState(null);
  if (!inbox.length) return null;
  return html`<section class="all"><h2>Waits for somebody (${inbox.length})</h2><ul class="inbox">${inbox.map((task) => html`<li key=${task.token} class="card">
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
  return html`<div class="filters"><${Field} label="Region and account" class="place"><select onChange=${choose}>${here.map((place) => html`<option selected=${place.account === account && place.region === region}>${words(place)}</option>`)}</select><//></div>`;
}

/** Moves the clock: what waits for a moment in between goes on. */
function Clock() {
  const by = (words, ms) => html`<${Button} act=${async () => {
    const moved = await act("clock", { advanceMs: ms });
    say(`The clock shows ${moved.now}.`);
  }}>${words}<//>`;
  return html`<section class="aside"><h2>The cloud’s clock</h2><p class="faint">Moved on, it starts at each moment in between what waits for that moment. It never goes back.</p>
    <div class="actions">${by("A minute on", MINUTE_MS)}${by("An hour on", 60 * MINUTE_MS)}${by("A day on", 1440 * MINUTE_MS)}</div></section>`;
}

/** Says that a list is not all that there is. */
const More = ({ found, of, shown }) => (found.more.includes(of) ? html`<p class="faint">The first ${shown} are listed: Ctrl-K finds the others.</p>` : null);

export function Home() {
  const { value: found, error } = useShown("home", () => read("home"));
  if (!found) return html`<${Problem} text=${error?.message} />`;
  return html`<h1>What is on this machine</h1><p class="faint">${found.places.length < 2 && `Region ${found.region} · `}press Ctrl-K to find anything</p>
    <${Places} ...${found} />
    <div class="sections"><${Inbox} inbox=${found.inbox} />
      <section><h2>State machines</h2><${Table} caption="State machines" class="list" headings=${["Name", "Last result", "Running", "Waiting", "Failed"]} rows=${found.machines.map(machineRow)} empty="None is deployed yet: workshop deploy --local." /><${More} found=${found} of="machines" shown=${found.machines.length} /></section>
      <section class="newest"><h2>Newest executions</h2><${Table} caption="Executions" class="list executions long" headings=${["Name", "Status", "State machine", "Started", "Took"]} rows=${found.executions.map(executionRow)} empty="None was started yet." /></section>
      <section><h2>Functions</h2><${Table} caption="Functions" class="list" headings=${["Name", "Runtime", "Memory"]} rows=${found.functions.map((each) => [html`<${Link} href=${to("function", each.name)}>${each.name}<//>`, each.runtime ?? "image", `${each.memoryMb} MB`])} empty="There is none." /><${More} found=${found} of="functions" shown=${found.functions.length} /></section>
      <section class="aside"><h2>Logs</h2><${Table} caption="Log groups" class="list" headings=${["Group", "Bytes"]} rows=${found.groups.map((group) => [html`<${Link} href=${to("log", group.name)}>${group.name}<//>`, group.bytes])} empty="There is none." /><${More} found=${found} of="groups" shown=${found.groups.length} /></section>
      <section><h2>HTTP endpoints</h2><${Table} caption="HTTP endpoints" class="list" headings=${["Route", "Function", "API"]} rows=${found.endpoints.map((each) => [html`<code>${each.method} ${each.path}</code>`, each.function ? html`<${Link} href=${to("function", each.function)}>${each.function}<//>` : "–", html`<bdi>${each.api}</bdi>`])} empty="There is none." /></section>
      <${Clock} /></div>`;
}
