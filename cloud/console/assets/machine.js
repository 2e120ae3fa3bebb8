// A state machine: start it, its picture, its executions, its definition.

import { act, post, read } from "./cloud.js";
import { badge, block, button, el, executionLink, moment, outside, picture, replace, say, table, valid } from "./elements.js";

const STATUSES = ["", "RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"];

export function machine(arn) {
  const parts = { head: el("div"), start: el("div"), lesson: el("div"), graph: el("div"), list: el("div"), definition: el("div") };
  const root = el("div", {}, parts.head, parts.start, parts.lesson, parts.graph, parts.list, parts.definition);
  const view = { title: arn.split(":").pop(), root };
  let status = "";
  let definition = null;
  view.update = async () => {
    const found = await read("machine", { arn, status });
    if (found.definition !== definition) {
      definition = found.definition;
      once(parts, found);
    }
    const filter = el("select", { "data-key": "status", onchange: (event) => {
      status = event.target.value;
      view.update();
    } }, STATUSES.map((each) => el("option", { value: each, selected: each === status }, each === "" ? "all" : each.toLowerCase().replace("_", " "))));
    replace(parts.list,
      el("h2", {}, "Executions"),
      el("p", {}, el("label", {}, "Status ", filter)),
      executions(found.executions),
      found.next ? el("p", { class: "faint" }, "These are the newest hundred.") : null);
  };
  return view;
}

/** What stays as it is while executions come and go: nobody's typing is undone. */
function once(parts, found) {
  replace(parts.head, el("h1", {}, outside(found.name)), el("p", { class: "faint" }, `${found.type.toLowerCase()} state machine · ${found.arn}`));
  replace(parts.start, newExecution(found));
  const route = found.endpoints.find((each) => each.method === "POST" && each.path.endsWith("/start") && found.name.startsWith(each.api));
  replace(parts.lesson, route ? schedule(found, route) : null);
  replace(parts.graph, el("h2", {}, "Graph"), el("div", { class: "picture", tabindex: "0", role: "region", "aria-label": "Graph" }, picture(found.picture)));
  replace(parts.definition, el("details", {}, el("summary", {}, "Definition"), block("Definition", found.definition)));
}

function executions(found) {
  const rows = found.map((execution) => [
    executionLink(execution.executionArn, execution.name),
    badge(execution.status),
    moment(execution.startDate),
    moment(execution.stopDate),
  ]);
  return table("Executions", ["Name", "Status", "Started", "Ended"], rows, "There is none.");
}

function newExecution(found) {
  const input = el("textarea", { id: "input", rows: "6", spellcheck: "false" }, "{}");
  const name = el("input", { id: "name", maxlength: "80", autocomplete: "off" });
  const start = button("Start", async () => {
    const body = { stateMachineArn: found.arn, input: valid(input.value, "input") };
    if (name.value.trim()) body.name = name.value.trim();
    const started = await act("start", body);
    say("Started.");
    if (found.type === "STANDARD") location.hash = `#/execution/${encodeURIComponent(started.executionArn)}`;
  });
  return el("details", { class: "card" },
    el("summary", {}, "New execution"),
    el("p", {}, el("label", { for: "input" }, "Input (JSON)"), input),
    el("p", {}, el("label", { for: "name" }, "Name (may stay empty)"), name),
    el("div", { class: "actions" }, start));
}

/** A text as a shell takes it. */
function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The lesson’s request: a task’s name, and when it starts, in milliseconds since 1970. */
function schedule(found, route) {
  const task = el("input", { id: "task", value: "taskone", maxlength: "80", autocomplete: "off" });
  const when = el("input", { id: "when", type: "datetime-local", step: "1" });
  const milliseconds = el("input", { id: "milliseconds", inputmode: "numeric", autocomplete: "off" });
  const both = el("p", { class: "faint", role: "status" });
  const result = el("div");
  const set = (ms) => {
    const date = new Date(ms);
    const isMoment = Number.isFinite(ms) && !Number.isNaN(date.getTime());
    both.textContent = isMoment ? `${date.toLocaleString()} here, ${date.toISOString()} in UTC` : "This is no moment.";
    return isMoment ? date : null;
  };
  const choose = (ms) => {
    const date = set(ms);
    milliseconds.value = String(ms);
    const local = new Date(ms - date.getTimezoneOffset() * 60_000);
    when.value = local.toISOString().slice(0, 19);
  };
  when.addEventListener("input", () => {
    const ms = new Date(when.value).getTime();
    milliseconds.value = Number.isNaN(ms) ? "" : String(ms);
    set(ms);
  });
  milliseconds.addEventListener("input", () => {
    const date = set(Number(milliseconds.value || NaN));
    if (date) when.value = new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
  });
  const ahead = (text, ms) => button(text, async () => choose(Date.parse((await read("home")).now) + ms));
  const send = button("Schedule", async () => {
    const startAt = Number(milliseconds.value || NaN);
    if (!set(startAt)) throw new Error("Say when: choose a moment, or give its milliseconds since 1970.");
    const body = JSON.stringify({ taskName: task.value, startAt });
    const answer = await post(route.here, body);
    const execution = `${found.arn.replace(":stateMachine:", ":execution:")}:${task.value}`;
    replace(result,
      block("Request", `POST ${route.path}\n${body}`),
      block("The same with curl", `curl -X POST -H 'Content-Type: application/json' -d ${quoted(body)} ${quoted(location.origin + route.here)}`),
      block(`Answer: ${answer.status}`, answer.text),
      answer.status < 300 ? el("p", {}, "Watch it: ", executionLink(execution, task.value)) : null);
    say(answer.status < 300 ? "Scheduled." : `The endpoint answered ${answer.status}.`);
  });
  const form = el("details", { class: "card", open: true },
    el("summary", {}, `Schedule a task: POST ${route.path}`),
    el("p", {}, el("label", { for: "task" }, "Task"), task),
    el("p", {}, el("label", { for: "when" }, "When"), when),
    el("div", { class: "actions" }, ahead("In 5 seconds", 5_000), ahead("In a minute", 60_000), ahead("In an hour", 3_600_000), ahead("Tomorrow", 86_400_000)),
    el("p", {}, el("label", { for: "milliseconds" }, "Milliseconds since 1970"), milliseconds),
    both,
    el("div", { class: "actions" }, send),
    result);
  return form;
}
