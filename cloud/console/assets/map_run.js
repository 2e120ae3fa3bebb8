// A Map Run: how many of its child executions stand how, and the executions.

import { html } from "./html.js";
import { read } from "./cloud.js";
import { Executions } from "./executions.js";
import { useLive } from "./live.js";
import { ApiMoment, Badge, ExecutionLink, Problem, Table } from "./parts.js";
import { nameOf } from "./text.js";

const COUNTS = ["total", "pending", "running", "succeeded", "failed", "timedOut", "aborted", "resultsWritten"];
const words = (count) => count.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

export function MapRun({ argument: arn }) {
  const { value: run, error } = useLive(() => read("map-run", { arn }), [arn]);
  if (!run) return html`<${Problem} text=${error?.message} />`;
  const total = run.itemCounts?.total || 1;
  const done = ((run.itemCounts?.succeeded ?? 0) + (run.itemCounts?.failed ?? 0)) / total;
  return html`<h1>Map Run <bdi>${nameOf(arn)}</bdi> <${Badge} status=${run.status} /></h1>
    <p>of <${ExecutionLink} arn=${run.executionArn} /> · started <${ApiMoment} at=${run.startDate} />${run.stopDate ? html` · ended <${ApiMoment} at=${run.stopDate} />` : ""}</p>
    <p><progress max="1" value=${done} aria-label="Items done">${Math.round(done * 100)} %</progress> <span class="faint">${run.maxConcurrency ? `at most ${run.maxConcurrency} at once` : "as many at once as there are"}; it fails with ${run.toleratedFailurePercentage ? `more than ${run.toleratedFailurePercentage} %` : `more than ${run.toleratedFailureCount ?? 0}`} that failed</span></p>
    <${Table} caption="Counts" headings=${["Of", ...COUNTS.map(words)]} rows=${[["Items", run.itemCounts], ["Executions", run.executionCounts]].map(([name, counts]) => [name, ...COUNTS.map((count) => counts?.[count] ?? 0)])} />
    <${Executions} arn=${arn} />`;
}
