// A Map Run: how many of its child executions stand how, and the executions.

import { html, useState } from "./html.js";
import { act, read } from "./cloud.js";
import { Executions, machineTopic } from "./executions.js";
import { useLive } from "./live.js";
import { ApiMoment, Badge, Button, ExecutionLink, Field, Problem, say, Table } from "./parts.js";
import { nameOf } from "./text.js";

const COUNTS = ["total", "pending", "running", "succeeded", "failed", "timedOut", "aborted", "resultsWritten"];
const words = (count) => count.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const LIMITS = [["maxConcurrency", "At most so many at once (0: no limit)", 1], ["toleratedFailurePercentage", "Items that may fail, in percent", 0.1], ["toleratedFailureCount", "Items that may fail", 1]];

/** Changes the limits of one that is on. */
function Limits({ run }) {
  const [changed, set] = useState({});
  const save = async () => {
    const body = { mapRunArn: run.mapRunArn };
    for (const [limit] of LIMITS) if (changed[limit] !== undefined && changed[limit] !== "") body[limit] = Number(changed[limit]);
    await act("map-run", body);
    set({});
    say("The limits are changed.");
  };
  return html`<details class="card"><summary>Change its limits</summary>
    <div class="filters">${LIMITS.map(([limit, words, step]) => html`<${Field} label=${words}><input type="number" min="0" step=${step} max=${limit.endsWith("Percentage") ? 100 : null} value=${changed[limit] ?? run[limit]} onInput=${(event) => set({ ...changed, [limit]: event.target.value })} /><//>`)}</div>
    <div class="actions"><${Button} class="main" act=${save}>Change<//></div></details>`;
}

export function MapRun({ argument: arn }) {
  const { value: run, error } = useLive(() => read("map-run", { arn }), [arn], [machineTopic(arn)]);
  if (!run) return html`<${Problem} text=${error?.message} />`;
  const total = run.itemCounts?.total || 1;
  const done = ((run.itemCounts?.succeeded ?? 0) + (run.itemCounts?.failed ?? 0)) / total;
  return html`<h1>Map Run <bdi>${nameOf(arn)}</bdi> <${Badge} status=${run.status} /></h1>
    <p>of <${ExecutionLink} arn=${run.executionArn} /> · started <${ApiMoment} at=${run.startDate} />${run.stopDate ? html` · ended <${ApiMoment} at=${run.stopDate} />` : ""}</p>
    <p><progress max="1" value=${done} aria-label="Items done">${Math.round(done * 100)} %</progress> <span class="faint">${run.maxConcurrency ? `at most ${run.maxConcurrency} at once` : "as many at once as there are"}; it fails with ${run.toleratedFailurePercentage ? `more than ${run.toleratedFailurePercentage} %` : `more than ${run.toleratedFailureCount ?? 0}`} that failed</span></p>
    ${run.status === "RUNNING" && html`<${Limits} run=${run} />`}
    <${Table} caption="Counts" headings=${["Of", ...COUNTS.map(words)]} rows=${[["Items", run.itemCounts], ["Executions", run.executionCounts]].map(([name, counts]) => [name, ...COUNTS.map((count) => counts?.[count] ?? 0)])} />
    <${Executions} arn=${arn} />`;
}
