// The chosen state: what went into it, each step of its data flow, what came out, its attempts, and what its function wrote.

import { html, useEffect, useState } from "./html.js";
import { logTopic, now, read } from "./cloud.js";
import { Answer } from "./answer.js";
import { DataFlow } from "./data_flow.js";
import { exitOf } from "./history.js";
import { Parts } from "./iterations.js";
import { useLive, useTicks } from "./live.js";
import { Badge, Block, Countdown, Moment, Problem, Text, to } from "./parts.js";
import { clockTime, duration, parsed, stateIn, utcTime } from "./text.js";

/** The events of a visit whose data is looked at: a Map state has very many. */
const looked = (visit) => visit.events.filter((event) => !event.type.startsWith("MapIteration")).slice(-200).concat(visit.events[0]);

const SUCCEEDED = /^(Task|LambdaFunction|Activity)Succeeded$/;
const ENDED = /^(Task|LambdaFunction|Activity)(Succeeded|Failed|TimedOut|ScheduleFailed|SubmitFailed|StartFailed)$/;

/** What a visit was given, called and gave, with the variables that it could see. */
function useVisit({ history, data, visit }) {
  const [found, set] = useState(null);
  useEffect(() => {
    let isGone = false;
    const load = async () => {
      const events = looked(visit);
      const assigning = history.assigning(visit.events[0].previous);
      const known = await data.of([...new Set([...events.map((event) => event.id), ...assigning, 1])]);
      const last = (wanted) => known.get(visit.events.findLast((event) => wanted.test(event.type))?.id);
      const variables = {};
      for (const id of assigning.toReversed()) Object.entries(known.get(id)?.assignedVariables ?? {}).forEach(([name, text]) => (variables[name] = parsed(text)));
      if (isGone) return;
      set({
        visit, known, variables,
        input: known.get(visit.events[0].id)?.input,
        execution: known.get(1),
        scheduled: last(/Scheduled$/),
        submitted: last(/^TaskSubmitted$/),
        succeeded: last(SUCCEEDED),
        succeededId: visit.events.findLast((event) => SUCCEEDED.test(event.type))?.id,
        failed: last(/^(Task|LambdaFunction|Activity)(Failed|TimedOut)$/),
        exited: last(/StateExited$/),
        mapRun: last(/^MapRunStarted$/)?.mapRunArn,
      });
    };
    load().catch((error) => isGone || set({ visit, problem: error.message }));
    return () => {
      isGone = true;
    };
  }, [visit.number, visit.events.length]);
  return found?.visit.number === visit.number ? found : null;
}

/** Each attempt of what a visit called: when, how long, how it ended. */
function attempts(visit, end) {
  const found = [];
  for (const event of visit.events) {
    if (event.type.endsWith("Scheduled")) found.push({ from: event.at, to: end, isOpen: true });
    const last = found.at(-1);
    if (last && ENDED.test(event.type)) Object.assign(last, { to: event.at, isOpen: false, error: event.error, type: event.type });
  }
  return found;
}

function functionOf({ scheduled, visit }) {
  const named = visit.events.findLast((event) => event.type === "LambdaFunctionScheduled")?.resource ?? (scheduled?.resourceType === "lambda" ? parsed(scheduled.parameters)?.FunctionName : null);
  if (typeof named !== "string") return null;
  return named.includes(":function:") ? named.split(":function:")[1].split(":")[0] : named.split(":")[0];
}

function InvocationLog({ history, found, called, attempt }) {
  const requestId = parsed(found.succeeded?.output)?.SdkResponseMetadata?.RequestId ?? parsed(found.failed?.cause)?.requestId;
  const [group, setGroup] = useState(null);
  const { value, error } = useLive(
    () => read("invocation", { arn: history.found.executionArn, function: called, from: attempt.from, to: attempt.isOpen ? null : attempt.to, requestId }),
    [called, attempt.from, attempt.isOpen, requestId],
    group ? [logTopic(group)] : [],
  );
  if (value && value.group !== group) setGroup(value.group);
  if (error) return html`<${Problem} text=${error.message} />`;
  if (!value) return html`<p class="faint">…</p>`;
  const all = value.invocations.flatMap((each) => each.lines);
  return html`${value.invocations.length > 1 && html`<p class="faint">The history does not say which invocation it was. ${value.invocations.length + value.more} began in this time; the first ${value.invocations.length} are shown.</p>`}
    ${all.length > 0 && html`<p class="faint">From <${Moment} at=${all[0].at} exact /></p>`}
    <pre tabindex="0" role="region" aria-label="Log">${all.length ? all.map((line) => html`<span class="faint" title=${utcTime(line.at) || "UTC"}>${clockTime(line.at)}</span> ${line.text.trimEnd()}${"\n"}`) : "Nothing was written."}</pre>
    <p><a href=${to("log", value.group, { from: attempt.from })}>All lines of ${called} since then</a> · <a href=${to("function", called)}>The function</a></p>`;
}

function Visits({ history, visit, choose }) {
  const visits = history.of(visit.state);
  if (visits.length < 2) return null;
  const at = visits.indexOf(visit);
  const failed = visits.filter((each) => each.status === "failed");
  const step = (by) => choose(visits[Math.min(visits.length - 1, Math.max(0, at + by))]);
  return html`<p class="actions" role="group" aria-label="Which time it was entered">
    <button type="button" aria-label="The time before" aria-disabled=${at === 0} onClick=${() => step(-1)}>‹</button>
    <label class="inline">Time <input type="number" class="short" min="1" max=${visits.length} value=${at + 1} onChange=${(event) => step(Number(event.target.value) - 1 - at)} /> of ${visits.length}</label>
    <button type="button" aria-label="The time after" aria-disabled=${at === visits.length - 1} onClick=${() => step(1)}>›</button>
    ${visit.iteration !== null && visit.iteration !== undefined && html`<span class="faint">iteration ${visit.iteration}</span>`}
    ${failed.length > 0 && html`<button type="button" onClick=${() => choose(failed[(failed.indexOf(visit) + 1) % failed.length])}>Next of ${failed.length} that failed</button>`}
  </p>`;
}

function Waiting({ history, visit }) {
  return history.waits.filter((wait) => wait.visit === visit.number && wait.until).map((wait) => {
    const words = { wait: "It goes on in", backoff: `Attempt ${wait.attempt} begins in`, task: "It times out in" }[wait.kind];
    return html`<p class="waiting">${words} <${Countdown} until=${wait.until} /> <span class="faint">at <${Moment} at=${wait.until} /></span></p>`;
  });
}

export function StatePane({ history, data, visit, choose }) {
  const found = useVisit({ history, data, visit });
  useTicks(visit.to === undefined && history.found.status === "RUNNING", 1000);
  const state = history.states.find((each) => each.name === visit.state) ?? { type: "", detail: "" };
  const end = history.end(visit, now());
  const tried = attempts(visit, end);
  const called = found && !found.problem ? functionOf(found) : null;
  const token = history.waits.find((wait) => wait.visit === visit.number && wait.token);
  const variables = found && Object.keys(found.variables ?? {}).length ? found.variables : null;
  return html`<section class="card pane" aria-label="The chosen state">
    <h2><bdi>${visit.state}</bdi> <${Badge} status=${visit.status} /></h2>
    <p class="faint">${[state.type, state.detail, `${duration(end - visit.from)}`, visit.tries > 1 ? `tried ${visit.tries} times` : ""].filter(Boolean).join(" · ")}</p>
    <${Visits} ...${{ history, visit, choose }} />
    <${Waiting} ...${{ history, visit }} />
    ${token && html`<${Answer} key=${token.token} executionArn=${history.found.executionArn} token=${token.token} />`}
    ${found?.problem && html`<${Problem} text=${found.problem} />`}
    ${found && !found.problem && html`
      ${found.mapRun && html`<p><a href=${to("map-run", found.mapRun)}>Its Map Run, with the child executions</a></p>`}
      ${found.input !== undefined && html`<${Block} name="Input" text=${found.input} more=${() => data.whole(visit.events[0].id, "input")} />`}
      ${found.exited && html`<${Block} name="Output" text=${found.exited.output ?? ""} more=${() => data.whole(exitOf(visit), "output")} />`}
      <${Parts} ...${{ history, data, visit, choose }} />
      ${found.failed && !found.succeeded && html`<section class="problem"><h3><bdi>${found.failed.error ?? "failed"}</bdi></h3>${found.failed.cause && found.failed.cause !== history.found.cause && html`<${Text} name="Cause in this state" text=${found.failed.cause} />`}</section>`}
      <details open><summary>Data flow</summary><${DataFlow} key=${visit.number} ...${{ history, visit, state, found }} /></details>
      ${(variables || found.exited?.assignedVariables) && html`<details><summary>Variables</summary>
        ${variables && html`<h4 class="small">When it was entered</h4><${Text} name="Variables" text=${JSON.stringify(variables)} />`}
        ${found.exited?.assignedVariables && html`<h4 class="small">It assigns</h4><${Text} name="Assigned variables" text=${JSON.stringify(Object.fromEntries(Object.entries(found.exited.assignedVariables).map(([name, text]) => [name, parsed(text) ?? text])))} />`}</details>`}
      ${tried.length > 0 && html`<details open=${tried.length > 1}><summary>Attempts (${tried.length})</summary><ol class="attempts">${tried.map((each, at) => html`<li><${Moment} at=${each.from} exact />, ${duration(each.to - each.from)}: ${each.isOpen ? "under way" : each.error ? html`<bdi>${each.error}</bdi>` : each.type.endsWith("Succeeded") ? "succeeded" : "failed"}${tried[at + 1] ? html`<span class="faint">, then ${duration(tried[at + 1].from - each.to)} of backoff</span>` : ""}</li>`)}</ol></details>`}
      ${found.scheduled?.parameters && html`<details><summary>What it called</summary><${Text} name="Parameters of the call" text=${found.scheduled.parameters} /></details>`}
      ${found.submitted?.output && html`<details open><summary>What accepted it</summary><${Text} name="Answer to the call" text=${found.submitted.output} /></details>`}
      ${called && tried.length > 0 && html`<details open><summary>Log of <bdi>${called}</bdi>, this invocation</summary><${InvocationLog} key=${`${visit.number} ${tried.length}`} ...${{ history, found, called, attempt: tried.at(-1) }} /></details>`}`}
    <details><summary>Definition</summary><${Text} name="Definition of the state" text=${JSON.stringify(stateIn(history.machine, visit.state) ?? {})} /></details>
  </section>`;
}
