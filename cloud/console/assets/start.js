// Starting an execution: from an input, or, for a route like the lesson’s, from a task and a moment.

import { html, useEffect, useState } from "./html.js";
import { act, now, post, read } from "./cloud.js";
import { Block, Button, Copy, ExecutionLink, Field, Problem, say, to } from "./parts.js";
import { clockTime, dayOf, pretty, quoted, regionOf, valid } from "./text.js";

/** What a field for date and time takes: the moment in the browser’s zone. */
const local = (ms) => new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);

const AHEAD = [["In 5 seconds", 5_000], ["In a minute", 60_000], ["In an hour", 3_600_000], ["Tomorrow", 86_400_000]];

const UNITS = { s: 1, m: 60, min: 60, h: 3600, d: 86_400, w: 604_800 };

/** How many milliseconds a text such as `90 s`, `1h 30m` or `2 d` says; none where it says none. */
function lengthOf(text) {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*(min|[smhdw])\b/g)];
  return parts.length ? parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit] * 1000, 0) : null;
}

/** A moment, chosen as a date, as a time from now, or in milliseconds since 1970; each shows the others. */
function MomentField({ ms, set }) {
  const date = new Date(Number(ms || NaN));
  const isMoment = !Number.isNaN(date.getTime());
  return html`<div class="moment">
    <${Field} label="When"><input type="datetime-local" step="1" value=${isMoment ? local(date.getTime()) : ""} onInput=${(event) => set(event.target.value ? String(new Date(event.target.value).getTime()) : "")} /><//>
    <${Field} label="Milliseconds since 1970"><input inputmode="numeric" autocomplete="off" value=${ms} onInput=${(event) => set(event.target.value)} /><//>
    <${Field} label="From now, such as 90 s or 1 h 30 m"><input autocomplete="off" onInput=${(event) => {
      const length = lengthOf(event.target.value);
      if (length !== null) set(String(Math.round(now() + length)));
    }} /><//>
    <div class="actions" role="group" aria-label="From now">${AHEAD.map(([words, by]) => html`<button type="button" onClick=${() => set(String(Math.round(now() + by)))}>${words}</button>`)}</div>
    <p class="faint" role="status">${isMoment ? html`${dayOf(date)}, ${clockTime(date)} here, ${date.toISOString()} in UTC` : ms ? "This is no moment." : "Choose a moment, or give its milliseconds since 1970."}</p>
  </div>`;
}

/** The lesson’s request: a task’s name, and when it starts. */
export function Schedule({ machine, route }) {
  const [task, setTask] = useState("taskone");
  const [ms, setMs] = useState("");
  const [result, setResult] = useState(null);
  const body = JSON.stringify({ taskName: task, startAt: Number(ms || NaN) });
  const curl = `curl -X POST -H 'Content-Type: application/json' -d ${quoted(body)} ${quoted(location.origin + route.here)}`;
  const send = async () => {
    if (!ms || Number.isNaN(new Date(Number(ms)).getTime())) throw new Error("Say when: choose a moment, or give its milliseconds since 1970.");
    const answer = await post(route.here, body);
    const started = `${machine.arn.replace(":stateMachine:", ":execution:")}:${task}`;
    // With what the function behind the route gave to it, if it has started one by this name.
    const found = answer.status < 300 ? await read("whole", { arn: started }).catch(() => null) : null;
    setResult({ body, curl, task, started, aws: found && commands(machine, found.input, task)[0], ...answer });
    say("The endpoint has answered.");
  };
  return html`<details class="card" open><summary>Schedule a task: POST ${route.path}</summary>
    <${Field} label="Task"><input value=${task} maxlength="80" autocomplete="off" onInput=${(event) => setTask(event.target.value)} /><//>
    <${MomentField} ms=${ms} set=${setMs} />
    <div class="actions"><${Button} class="main" act=${send}>Schedule<//><${Copy} text=${() => curl} what="The curl command">Copy as curl command<//></div>
    ${result && html`<${Block} level="2" name="Request" text=${`POST ${route.path}\n${result.body}`} /><${Block} level="2" name="Answer: ${result.status}" text=${result.text} />
      ${result.status < 300 && html`<p>Watch it: <${ExecutionLink} arn=${result.started} name=${result.task} /></p>`}
      <details><summary>The same by curl and aws</summary><${Block} level="3" name="As curl command" text=${result.curl} />${result.aws && html`<${Block} level="3" name="As aws command" text=${result.aws} />`}</details>`}
  </details>`;
}

function commands(machine, input, name) {
  const region = regionOf(machine.arn);
  const body = JSON.stringify({ stateMachineArn: machine.arn, input, ...(name ? { name } : {}) });
  return [
    `aws stepfunctions start-execution --endpoint-url ${location.origin} --region ${region} --state-machine-arn ${quoted(machine.arn)}${name ? ` --name ${quoted(name)}` : ""} --input ${quoted(input)}`,
    `curl --aws-sigv4 aws:amz:${region}:states --user test:test -H 'Content-Type: application/x-amz-json-1.0' -H 'X-Amz-Target: AWSStepFunctions.StartExecution' -d ${quoted(body)} ${location.origin}/`,
  ];
}

/** A moment in the forms in which definitions take it. */
function Moments() {
  const [ms, setMs] = useState("");
  const date = new Date(Number(ms || NaN));
  const forms = Number.isNaN(date.getTime()) ? [] : [date.toISOString(), String(date.getTime()), String(Math.floor(date.getTime() / 1000))];
  return html`<details><summary>A moment for the input</summary><${MomentField} ms=${ms} set=${setMs} />
    <div class="actions">${forms.map((form) => html`<${Copy} text=${() => form} what=${form}>${form}<//>`)}</div></details>`;
}

export function NewExecution({ machine, like, isOpen }) {
  const [input, setInput] = useState(pretty(JSON.stringify(machine.example)));
  const [name, setName] = useState("");
  const [answer, setAnswer] = useState(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    if (like) read("whole", { arn: like }).then((found) => setInput(pretty(found.input)), (error) => setProblem(error.message));
  }, [like]);
  const start = async () => {
    const body = { stateMachineArn: machine.arn, input: valid(input, "input") };
    if (name.trim()) body.name = name.trim();
    if (machine.type === "EXPRESS") {
      setAnswer(await act("start", { ...body, sync: true }));
      return say("It has ended.");
    }
    const started = await act("start", body);
    say("Started.");
    location.hash = to("execution", started.executionArn);
  };
  const choices = [["example", "An example, from the paths that the definition reads", JSON.stringify(machine.example)], ...machine.inputs.map((last) => [last.name, `As in ${last.name}`, last.input])];
  const [aws, curl] = commands(machine, input, name.trim());
  return html`<details class="card" open=${Boolean(like) || isOpen}><summary>New execution</summary>
    <${Problem} text=${problem} />
    <${Field} label="Begin with"><select onChange=${(event) => setInput(pretty(choices[event.target.selectedIndex][2]))}>${choices.map(([value, words]) => html`<option value=${value}>${words}</option>`)}</select><//>
    <${Field} label="Input (JSON)"><textarea rows="8" spellcheck="false" value=${input} onInput=${(event) => setInput(event.target.value)}></textarea><//>
    <${Moments} />
    <${Field} label="Name (may stay empty)"><input maxlength="80" autocomplete="off" value=${name} onInput=${(event) => setName(event.target.value)} /><//>
    <div class="actions"><${Button} class="main" act=${start}>Start<//><${Copy} text=${() => aws} what="The aws command">Copy as aws command<//><${Copy} text=${() => curl} what="The curl command">Copy as curl command<//></div>
    ${answer && html`<${Block} level="2" name="${answer.status}" text=${answer.output ?? JSON.stringify({ error: answer.error, cause: answer.cause })} />`}
  </details>`;
}
