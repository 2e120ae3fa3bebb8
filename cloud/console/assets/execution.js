// An execution, live: graph, timeline and events share one selection, whose state is shown beside the graph.

import { html, useMemo, useRef, useState } from "./html.js";
import { act, read } from "./cloud.js";
import { Definition } from "./definition.js";
import { Details } from "./details.js";
import { Events } from "./events.js";
import { Failure } from "./failure.js";
import { Fork } from "./fork.js";
import { Graph } from "./graph.js";
import { Data, History } from "./history.js";
import { useLive } from "./live.js";
import { ApiMoment, Badge, Block, Button, Copy, Countdown, Link, MachineLink, Menu, Problem, save, say, to } from "./parts.js";
import { savePicture } from "./picture.js";
import { StatePane } from "./state.js";
import { StateTable } from "./table.js";
import { testCase } from "./test_case.js";
import { duration, nameOf, quoted, regionOf, shown } from "./text.js";
import { Timeline } from "./timeline.js";

/** The history of an execution, and the data of its events, as they grow. */
function useHistory(arn) {
  const history = useMemo(() => new History(), [arn]);
  const data = useMemo(() => new Data((ids, whole) => read("details", { arn, ids: ids.join(","), whole: whole && 1 })), [arn]);
  const { value, error } = useLive(async () => {
    const found = await read("execution", { arn, after: history.events.at(-1)?.id ?? 0, view: history.found?.view });
    if (!history.isNews(found)) return history.found;
    history.take(found);
    return found;
  }, [arn], [`execution:${arn}`]);
  return { history, data, isThere: Boolean(value), error };
}

async function saveHistory(arn, name) {
  const parts = [];
  let next = null;
  do {
    const page = await read("history", { arn, next });
    parts.push(...page.events.map((event) => JSON.stringify(event)));
    next = page.nextToken;
  } while (next);
  save(`${name}.json`, new Blob([`{"events":[\n${parts.join(",\n")}\n]}\n`], { type: "application/json" }));
}

/** What a shell takes to do the same once more. */
async function commands(found) {
  const { input, stateMachineArn } = await read("whole", { arn: found.executionArn });
  const region = regionOf(stateMachineArn);
  const body = JSON.stringify({ stateMachineArn, input });
  return {
    aws: `aws stepfunctions start-execution --endpoint-url ${location.origin} --region ${region} --state-machine-arn ${quoted(stateMachineArn)} --input ${quoted(input)}`,
    curl: `curl --aws-sigv4 aws:amz:${region}:states --user test:test -H 'Content-Type: application/x-amz-json-1.0' -H 'X-Amz-Target: AWSStepFunctions.StartExecution' -d ${quoted(body)} ${location.origin}/`,
  };
}

function Actions({ history, data, picture, visit }) {
  const { found } = history;
  const arn = found.executionArn;
  const isOn = found.status === "RUNNING";
  const waits = history.waits.some((wait) => wait.kind !== "task");
  // What a child of a Map Run was given is nothing that its state machine takes.
  const isWhole = !found.mapRunArn;
  return html`<div class="actions">
    ${isOn && waits && html`<${Button} act=${async () => {
      await act("skip", { executionArn: arn });
      say("The wait is over.");
    }}>End the wait<//>`}
    ${isOn && html`<${Button} act=${async () => {
      if (!confirm(`Stop ${shown(found.name)}? What it waits for will not happen.`)) return;
      await act("stop", { executionArn: arn, cause: "Stopped in the console" });
      say("Stopped.");
    }}>Stop<//>`}
    ${found.redriveStatus === "REDRIVABLE" && html`<${Button} act=${async () => {
      await act("redrive", { executionArn: arn });
      say("It goes on where it had not finished.");
    }}>Redrive<//>`}
    ${isWhole && html`<a class="button" href=${to("machine", found.stateMachineArn, { like: arn })}>Start like this one</a>`}
    ${visit && html`<${Menu} name="Fork from here" kind="wide"><${Fork} key=${visit.number} ...${{ history, data, visit }} /><//>`}
    <${Menu} name="Copy, save"><div class="actions">
      <${Copy} text=${() => arn} what="The ARN">Copy the ARN<//>
      ${isWhole && html`<${Copy} text=${async () => (await commands(found)).aws} what="The aws command">Copy as aws command<//>
      <${Copy} text=${async () => (await commands(found)).curl} what="The curl command">Copy as curl command<//>
      <${Copy} text=${async () => testCase(history, data, await read("whole", { arn }))} what="The test case">Copy as test case<//>`}
      <${Button} act=${() => saveHistory(arn, found.name)}>Save the history<//>
      <${Button} act=${() => savePicture(picture.current, found.name, "svg")}>Save the graph as SVG<//>
      <${Button} act=${() => savePicture(picture.current, found.name, "png")}>Save the graph as PNG<//>
    </div><//>
  </div>`;
}

function Waits({ history }) {
  const timed = history.waits.filter((wait) => wait.until && wait.kind !== "task");
  if (!timed.length) return null;
  const first = timed.toSorted((one, other) => one.until.localeCompare(other.until))[0];
  return html`<p class="waiting"><bdi>${first.state}</bdi> ${first.kind === "wait" ? "goes on" : `is tried again (attempt ${first.attempt})`} in <${Countdown} until=${first.until} />${timed.length > 1 && html` <span class="faint">and ${timed.length - 1} more wait</span>`}</p>`;
}

export function Execution({ arn }) {
  const { history, data, isThere, error } = useHistory(arn);
  const [selected, select] = useState(null);
  const [isShort, shorten] = useState(false);
  const picture = useRef();
  if (!isThere) return html`<${Problem} text=${error?.message} />`;
  const { found } = history;
  const isMissing = selected?.isMissing && !history.of(selected.state).length;
  const chosen = selected && !selected.isMissing ? selected : isMissing ? null : selected ? history.bestOf(selected.state) : history.interesting();
  const whole = (member) => async () => (await read("whole", { arn }))[member];
  const marked = isMissing ? selected : chosen;
  return html`
    <${Problem} text=${error?.message} />
    <h1><bdi>${found.name}</bdi> <${Badge} status=${found.status} /></h1>
    <p><${MachineLink} arn=${found.stateMachineArn} />${found.mapRunArn && html` · <${Link} href=${to("map-run", found.mapRunArn)}>its Map Run<//>`} · started <${ApiMoment} at=${found.startDate} />${found.stopDate ? html` · ended <${ApiMoment} at=${found.stopDate} />, after ${duration((found.stopDate - found.startDate) * 1000)}` : ""}${found.redriveCount > 0 ? ` · redriven ${found.redriveCount} times` : ""}</p>
    <${Waits} history=${history} />
    <${Actions} ...${{ history, data, picture }} visit=${isMissing ? null : chosen} />
    <${Details} history=${history} />
    <${Failure} history=${history} choose=${select} />
    <div class="columns three"><div>
      <section aria-label="Graph of the execution"><${Graph} ...${{ history, chosen: marked, choose: select, picture }} /></section>
      <${Timeline} ...${{ history, chosen, choose: select, isShort, shorten, table: StateTable }} />
      <div class="blocks"><${Block} name="Input of the execution" text=${found.input ?? ""} more=${whole("input")} level="2" />${found.output ? html`<${Block} name="Output of the execution" text=${found.output} more=${whole("output")} level="2" />` : ""}</div></div>
      <div class="side">${isMissing || !chosen ? html`<section class="card pane" aria-label="The chosen state"><h2><bdi>${selected?.state ?? "No state"}</bdi></h2><p>It was not entered.</p></section>` : html`<${StatePane} ...${{ history, data, visit: chosen, choose: select }} />`}</div>
      <${Events} ...${{ history, data, chosen, choose: select }} /></div>
    <details class="plain-section"><summary>Definition that it runs</summary><${Definition} text=${history.definition} findings=${[]} name=${nameOf(found.stateMachineArn)} /></details>`;
}
