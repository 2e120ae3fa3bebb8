// A Map Run: how many of its child executions stand how, what its state was given and gave, what each child does, and the executions.

import { html, useEffect, useMemo, useState } from "./html.js";
import { act, read } from "./cloud.js";
import { Definition } from "./definition.js";
import { Executions, machineTopic } from "./executions.js";
import { Data } from "./history.js";
import { useLive } from "./live.js";
import { ApiMoment, Arn, Badge, Block, Button, ExecutionLink, Facts, Field, Problem, say, Table } from "./parts.js";
import { Picture } from "./picture.js";
import { duration, nameOf } from "./text.js";

const COUNTS = ["total", "pending", "running", "succeeded", "failed", "timedOut", "aborted", "resultsWritten", "failuresNotRedrivable", "pendingRedrive"];
/** Those that are shown even where they are 0. */
const USUAL = 5;
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

function Details({ run }) {
  const facts = [
    ["ARN of the Map Run", html`<${Arn} arn=${run.mapRunArn} what="The ARN of the Map Run" />`],
    ["Execution", html`<${ExecutionLink} arn=${run.executionArn} />`],
    ["Started", html`<${ApiMoment} at=${run.startDate} exact />`],
    ["Ended", run.stopDate && html`<${ApiMoment} at=${run.stopDate} exact />`],
    ["Duration", run.stopDate && duration((run.stopDate - run.startDate) * 1000)],
    ["At once", run.maxConcurrency ? `at most ${run.maxConcurrency}` : "as many as there are"],
    ["Failures that it bears", run.toleratedFailurePercentage ? `${run.toleratedFailurePercentage} %` : `${run.toleratedFailureCount ?? 0}`],
    ["Redriven", run.redriveCount > 0 && html`${run.redriveCount} times, last <${ApiMoment} at=${run.redriveDate} exact />`],
  ];
  return html`<details class="card slim"><summary>Details</summary><${Facts} facts=${facts} /></details>`;
}

/** What the Map state was given and gave, as far as it has come. */
function InputAndOutput({ run, state }) {
  const data = useMemo(() => new Data((ids, whole) => read("details", { arn: run.executionArn, ids: ids.join(","), whole: whole && 1 })), [run.executionArn]);
  const [found, set] = useState({});
  useEffect(() => {
    let isGone = false;
    const ids = [state.entered, state.exited].filter(Boolean);
    data.of(ids).then((known) => isGone || set({ input: known.get(state.entered)?.input, output: known.get(state.exited)?.output }), (error) => isGone || set({ problem: error.message }));
    return () => {
      isGone = true;
    };
  }, [state.entered, state.exited]);
  return html`<${Problem} text=${found.problem} /><div class="blocks">
    ${found.input !== undefined && html`<${Block} name="Input of the state" text=${found.input} more=${() => data.whole(state.entered, "input")} level="2" />`}
    ${found.output !== undefined && html`<${Block} name="Output of the state" text=${found.output} more=${() => data.whole(state.exited, "output")} level="2" />`}</div>`;
}

/** What each child execution does, and what the state was given and gave. */
function State({ run }) {
  const { value: state, error } = useLive(() => read("map-state", { arn: run.mapRunArn }), [run.mapRunArn], [`execution:${run.executionArn}`]);
  if (!state) return html`<${Problem} text=${error?.message} />`;
  return html`<section aria-label="What each execution does"><${Picture} svg=${state.picture} name="Steps of each execution" /></section>
    <${InputAndOutput} run=${run} state=${state} />
    <details class="plain-section"><summary>Definition of each execution</summary><${Definition} text=${state.definition} findings=${[]} name=${state.state} /></details>`;
}

export function MapRun({ argument: arn }) {
  const { value: run, error } = useLive(() => read("map-run", { arn }), [arn], [machineTopic(arn)]);
  if (!run) return html`<${Problem} text=${error?.message} />`;
  const { total = 0, succeeded = 0, failed = 0, timedOut = 0, aborted = 0 } = run.itemCounts ?? {};
  const done = (succeeded + failed + timedOut + aborted) / (total || 1);
  const shown = COUNTS.filter((count, at) => at < USUAL || run.itemCounts?.[count] || run.executionCounts?.[count]);
  return html`<${Problem} text=${error?.message} /><h1>Map Run <bdi>${nameOf(arn)}</bdi> <${Badge} status=${run.status} /></h1>
    <p>of <${ExecutionLink} arn=${run.executionArn} /> · started <${ApiMoment} at=${run.startDate} />${run.stopDate ? html` · ended <${ApiMoment} at=${run.stopDate} />, after ${duration((run.stopDate - run.startDate) * 1000)}` : ""}</p>
    <${Details} run=${run} />
    <p><progress max="1" value=${done} aria-label="Items done">${Math.round(done * 100)} %</progress> ${Math.round(done * 100)} % of ${total} items <span class="faint">· ${run.maxConcurrency ? `at most ${run.maxConcurrency} at once` : "as many at once as there are"} · it fails when ${run.toleratedFailurePercentage ? `more than ${run.toleratedFailurePercentage} %` : `more than ${run.toleratedFailureCount ?? 0}`} of them fail</span></p>
    ${run.status === "RUNNING" && html`<${Limits} run=${run} />`}
    <${Table} caption="Counts" class="counts" headings=${["Of", ...shown.map(words)]} rows=${[["Items", run.itemCounts], ["Executions", run.executionCounts]].map(([name, counts]) => [name, ...shown.map((count) => counts?.[count] ?? 0)])} />
    <${Executions} arn=${arn} />
    <${State} key=${arn} run=${run} />`;
}
