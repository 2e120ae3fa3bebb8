// What an execution is, in one place: its names, times and what it belongs to.

import { html } from "./html.js";
import { ApiMoment, Arn, Badge, ExecutionLink, Facts, Link, MachineLink, to } from "./parts.js";
import { duration, nameOf, parsed } from "./text.js";

/** The execution that has started this one, where its definition says so in the input, as AWS asks of definitions; AWS's page shows it too. */
function startedBy(input) {
  const arn = parsed(input)?.AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID;
  return typeof arn === "string" && /^arn:[^:]+:states:(?:[^:]+:){2}execution:[^:]+:[^:]+$/.test(arn) ? arn : null;
}

export function Details({ history }) {
  const { found } = history;
  const entered = history.visits.length;
  const retries = history.transitions - entered;
  const parent = startedBy(found.input);
  const facts = [
    ["ARN of the execution", html`<${Arn} arn=${found.executionArn} what="The ARN of the execution" />`],
    ["Status", html`<${Badge} status=${found.status} />`],
    ["State machine", html`<${MachineLink} arn=${found.stateMachineArn} />`],
    ["Version", found.stateMachineVersionArn && html`<bdi>${nameOf(found.stateMachineVersionArn)}</bdi>`],
    ["Alias", found.stateMachineAliasArn && html`<bdi>${nameOf(found.stateMachineAliasArn)}</bdi>`],
    ["Started by", parent && html`<${ExecutionLink} arn=${parent} />`],
    ["Map Run", found.mapRunArn && html`<${Link} href=${to("map-run", found.mapRunArn)}>${nameOf(found.mapRunArn)}<//>`],
    ["Role", history.roleArn && html`<${Arn} arn=${history.roleArn} what="The ARN of the role" />`],
    ["Log group", history.logGroup ? html`<${Link} href=${to("log", history.logGroup, { from: Math.floor(found.startDate * 1000) })}>${history.logGroup}<//>` : "none"],
    ["Started", html`<${ApiMoment} at=${found.startDate} exact />`],
    ["Ended", found.stopDate && html`<${ApiMoment} at=${found.stopDate} exact />`],
    ["Type", "standard"],
    ["Duration", found.stopDate && duration((found.stopDate - found.startDate) * 1000)],
    ["State transitions", `${history.transitions}${retries ? `, of which ${retries} are retries` : ""}`],
    ["Redriven", found.redriveCount > 0 && html`${found.redriveCount} times, last <${ApiMoment} at=${found.redriveDate} exact />`],
    ["Redrive", found.redriveStatus && (found.redriveStatus === "REDRIVABLE" ? "possible" : found.redriveStatusReason ?? "not possible")],
  ];
  return html`<details class="card slim"><summary>Details</summary><${Facts} facts=${facts} /></details>`;
}
