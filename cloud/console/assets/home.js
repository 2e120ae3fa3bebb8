// What there is: state machines, the newest executions, functions, endpoints, the clock.

import { administer, read } from "./cloud.js";
import { badge, button, el, executionLink, machineLink, moment, outside, replace, say, table } from "./elements.js";

const MINUTE_MS = 60_000;

export function home() {
  const root = el("div");
  return { title: "Home", root, update: async () => show(root, await read("home")) };
}

function show(root, found) {
  replace(root,
    el("h1", {}, "What is on this machine"),
    el("p", { class: "faint" }, `Region ${found.region}`),
    el("section", {}, el("h2", {}, "State machines"), machines(found.machines)),
    el("section", {}, el("h2", {}, "Newest executions"), executions(found.executions)),
    el("section", {}, el("h2", {}, "The cloud’s clock"), clock()),
    el("section", {}, el("h2", {}, "HTTP endpoints"), endpoints(found.endpoints)),
    el("section", {}, el("h2", {}, "Functions"), functions(found.functions)));
}

function machines(found) {
  const rows = found.map((machine) => [
    machineLink(machine.arn),
    machine.type.toLowerCase(),
    machine.running === null ? "–" : machine.running >= 100 ? "100 or more" : String(machine.running),
    machine.lastFailed === null || machine.lastFailed === undefined ? "–" : machine.lastFailed ? badge("FAILED", "not succeeded") : badge("SUCCEEDED", "succeeded"),
  ]);
  return table("State machines", ["Name", "Type", "Running", "Last result"], rows, "None is deployed yet: workshop deploy --local.");
}

export function executions(found) {
  const rows = found.map((execution) => [
    executionLink(execution.executionArn, execution.name),
    badge(execution.status),
    machineLink(execution.stateMachineArn),
    moment(execution.startDate),
    moment(execution.stopDate),
  ]);
  return table("Executions", ["Name", "Status", "State machine", "Started", "Ended"], rows, "None was started yet.");
}

function endpoints(found) {
  const rows = found.map((endpoint) => [el("code", {}, `${endpoint.method} ${endpoint.path}`), outside(endpoint.api)]);
  return table("HTTP endpoints", ["Route", "API"], rows, "There is none.");
}

function functions(found) {
  const rows = found.map((each) => [outside(each.name), each.runtime ?? "image", `${each.memoryMb} MB`]);
  return table("Functions", ["Name", "Runtime", "Memory"], rows, "There is none.");
}

/** Moves the clock: what waits for a moment in between goes on. */
function clock() {
  const by = (text, ms) => button(text, async () => {
    const moved = await administer("time", JSON.stringify({ advanceMs: ms }));
    say(`The clock shows ${moved.to ?? moved.now}.`);
  });
  return el("p", { class: "actions" }, by("A minute on", MINUTE_MS), by("An hour on", 60 * MINUTE_MS), by("A day on", 1440 * MINUTE_MS));
}
