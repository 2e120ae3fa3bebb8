// What the role of a state machine may do, and why: the states that need it.

import { html } from "./html.js";
import { read } from "./cloud.js";
import { useLive } from "./live.js";
import { Problem, Table } from "./parts.js";
import { parsed } from "./text.js";

/** Every state of a definition, by name. */
function statesOf(flow) {
  return Object.entries(flow?.States ?? {}).flatMap(([name, state]) => [[name, state], ...[...(state.Branches ?? []), state.ItemProcessor, state.Iterator].filter(Boolean).flatMap(statesOf)]);
}

/** The service that a state calls, and the beginning of the action, in lower case: `lambda:invoke`. */
function calledBy({ Type, Resource = "", ItemProcessor }) {
  if (Type === "Map" && ItemProcessor?.ProcessorConfig?.Mode === "DISTRIBUTED") return "states:startexecution";
  if (Type !== "Task") return null;
  if (Resource.includes(":lambda:") && Resource.includes(":function:")) return "lambda:invoke";
  const [, rest] = Resource.split(":states:::");
  if (!rest) return null;
  const [service, action = ""] = rest.replace("aws-sdk:", "").split(/[:.]/);
  return `${service === "sfn" ? "states" : service}:${action}`.toLowerCase();
}

/** Whether an action of a policy is one that what is called takes: `.sync` watches with more of the same service. */
const fits = (action, called) => {
  const [service, operation] = called.split(":");
  const [itsService, its = ""] = action.toLowerCase().split(":");
  return itsService === service && (its === "*" || its.startsWith(operation) || operation.startsWith(its.replace("*", "")) || (service === "states" && /^(describe|stop|redrive)execution$/.test(its)));
};

function reasons(actions, states, machine) {
  const named = states.filter(([, state]) => calledBy(state) && actions.some((action) => fits(action, calledBy(state)))).map(([name]) => name);
  if (named.length) return named.slice(0, 5).join(", ") + (named.length > 5 ? ` and ${named.length - 5} more` : "");
  if (machine.logGroup && actions.some((action) => action.startsWith("logs:"))) return "the machine’s own log";
  if (actions.some((action) => action.startsWith("xray:"))) return "tracing";
  if (actions.some((action) => action.startsWith("events:"))) return "executions that are waited for";
  return "no state is seen to need it";
}

export function Role({ machine }) {
  const { value: role, error } = useLive(() => read("role", { arn: machine.roleArn }), [machine.roleArn], []);
  const states = statesOf(parsed(machine.definition));
  const lines = (texts) => html`${texts.map((text) => html`<div><code>${text}</code></div>`)}`;
  const rows = (role?.statements ?? []).map((statement) => [statement.effect, lines(statement.actions), html`${lines(statement.resources)}${statement.hasMore && html`<span class="faint">and more: see the policy ${statement.policy}</span>`}`, html`<bdi>${reasons(statement.actions, states, machine)}</bdi>`]);
  return html`<section><h2>What its role may do</h2><p class="faint"><bdi>${machine.roleArn}</bdi></p><${Problem} text=${error?.message} />
    <${Table} caption="Statements of its role" headings=${["Effect", "Actions", "Resources", "Why"]} rows=${rows} empty=${role ? "It has no policy of its own." : "…"} />
    ${role?.attached?.length > 0 && html`<p>Attached policies: <bdi>${role.attached.join(", ")}</bdi></p>`}</section>`;
}
