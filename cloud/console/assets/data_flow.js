// Each step of a state’s data flow, as a difference that shows what changed: the state is run once more with what it was given, and what it called, or what is
// inside of it, answered.

import { html, useEffect, useState } from "./html.js";
import { act } from "./cloud.js";
import { Difference, isUnchanged } from "./differences.js";
import { exitOf } from "./history.js";
import { Text } from "./parts.js";
import { isCut, parsed, stateIn } from "./text.js";

/** Steps of the data flow, each with the one that it begins from. */
const STEPS = [
  ["afterInputPath", "InputPath", ["input"]],
  ["afterParameters", "Parameters", ["afterInputPath", "input"]],
  ["afterArguments", "Arguments", ["input"]],
  ["afterItemsPath", "ItemsPath, Items", []],
  ["afterItemSelector", "ItemSelector", ["afterItemsPath"]],
  ["afterItemBatcher", "ItemBatcher", ["afterItemSelector", "afterItemsPath"]],
  ["result", "Result", []],
  ["afterResultSelector", "ResultSelector", ["result"]],
  ["afterResultPath", "ResultPath", ["input"]],
  ["output", "Output, OutputPath", ["afterResultPath", "afterResultSelector", "result", "input"]],
  ["variables", "Assign", ["variablesBefore"]],
];
/** Those after a Map Run, whose results are not in the history. */
const AFTERWARDS = ["result", "afterResultSelector", "afterResultPath", "output", "variables"];
const HOLDING = ["Map", "Parallel"];

function context(history, visit, found) {
  const { executionArn, name, stateMachineArn } = history.found;
  const made = {
    Execution: { Id: executionArn, Name: name, Input: parsed(found.execution?.input) ?? {}, RoleArn: found.execution?.roleArn, StartTime: new Date(history.from).toISOString() },
    StateMachine: { Id: stateMachineArn, Name: stateMachineArn.split(":").pop() },
    State: { Name: visit.state, EnteredTime: new Date(visit.from).toISOString(), RetryCount: Math.max(0, visit.tries - 1) },
  };
  if (visit.iteration !== null && visit.iteration !== undefined) made.Map = { Item: { Index: visit.iteration, Value: parsed(found.input) } };
  return made;
}

/** What stands for what the state called, or for what is inside of it. */
function stand(history, visit, state, found) {
  if (found.mapRun) return { result: stateIn(history.machine, visit.state)?.ResultWriter ? "{}" : "[]" };
  if (HOLDING.includes(state.type)) return { results: history.parts(visit).map((part) => exitOf(part.visits.at(-1))) };
  if (found.succeeded) return isCut(found.succeeded.output) ? { resultEvent: found.succeededId } : { result: found.succeeded.output };
  if (found.failed) return { error: found.failed.error ?? "", cause: found.failed.cause ?? "", stateConfiguration: { retrierRetryCount: Math.max(0, visit.tries - 1) } };
  return {};
}

function bodyOf(history, visit, state, found) {
  const body = { executionArn: history.found.executionArn, state: visit.state, type: state.type, context: JSON.stringify(context(history, visit, found)), ...stand(history, visit, state, found) };
  if (isCut(found.input)) body.inputEvent = visit.events[0].id;
  else body.input = found.input;
  if (Object.keys(found.variables).length) body.variables = JSON.stringify(found.variables);
  return body;
}

/** Why the steps can’t be told; nothing where they can. */
function reason(state, visit, found) {
  if (found.input === undefined) return "Its input is not known.";
  if (state.type === "Fail") return "A Fail state gives nothing on.";
  if (HOLDING.includes(state.type) && visit.status !== "succeeded" && (found.exited || visit.status === "failed")) return "It failed: choose the state inside of it in which it did.";
  if (!found.exited && (visit.status !== "failed" || HOLDING.includes(state.type))) return "It has not ended yet.";
  return null;
}

function Steps({ values, names }) {
  return names.map(([name, words, bases]) => {
    const base = bases.find((each) => values[each] !== undefined && values[each] !== null);
    const isSame = base && isUnchanged(values[base], values[name]);
    // Most states assign nothing.
    if (isSame && name === "variables") return null;
    if (isSame) return html`<p key=${name} class="faint"><strong>${words}</strong>: nothing changes.</p>`;
    const from = base ? ` compared with the ${base.replace(/^after/, "step ").replace("variablesBefore", "variables before")}` : "";
    return html`<section class="block" key=${name}><h4 class="small">${words}${from}</h4>${base ? html`<${Difference} name="After ${words}" before=${values[base]} after=${values[name]} />` : html`<${Text} name=${words} text=${values[name]} />`}</section>`;
  });
}

export function DataFlow({ history, visit, state, found }) {
  const [flow, set] = useState(null);
  const why = reason(state, visit, found);
  const isWait = state.type === "Wait";
  useEffect(() => {
    if (!why && !isWait) act("data-flow", bodyOf(history, visit, state, found)).then(set, (error) => set({ problem: error.message }));
  }, [visit.number, visit.events.length, why]);
  if (why) return html`<p class="faint">${why}</p>`;
  // Run once more, it would wait once more.
  if (isWait) return isUnchanged(found.input, found.exited.output) ? html`<p class="faint">It passes its input on.</p>` : html`<${Difference} name="Output compared with the input" before=${found.input} after=${found.exited.output} />`;
  if (!flow) return html`<p class="faint">…</p>`;
  if (flow.problem) return html`<p class="faint">The steps can’t be told: ${flow.problem}</p>`;
  const values = { input: found.input, ...flow.inspectionData, output: flow.output, variablesBefore: JSON.stringify(found.variables) };
  const isTold = ([name]) => values[name] !== undefined && values[name] !== null && !(found.mapRun && AFTERWARDS.includes(name));
  const isOther = !found.mapRun && found.exited && flow.output !== undefined && !isCut(found.exited.output) && JSON.stringify(parsed(flow.output)) !== JSON.stringify(parsed(found.exited.output));
  return html`<div><${Steps} values=${values} names=${STEPS.filter(isTold)} />
    ${found.mapRun && html`<p class="faint">What follows is made of the outputs of its child executions, which are in their histories: compare its input and output.</p>`}
    ${flow.nextState && html`<p>Next: <bdi>${flow.nextState}</bdi></p>`}
    ${isOther && html`<p class="faint">The output differs from what was recorded: the state reads what differs from run to run, such as random numbers or the time.</p>`}</div>`;
}
