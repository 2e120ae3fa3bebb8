// An execution, live: its graph, the state that is chosen, its events.

import { act, administer, read } from "./cloud.js";
import { badge, block, button, el, machineLink, moment, outside, picture, pretty, replace, say, shown, table, valid } from "./elements.js";

/** How many events are shown at first, and how many more at a time. */
const EVENTS = 300;

export function execution(arn) {
  const parts = { head: el("div"), failure: el("div"), graph: el("div", { class: "picture" }), state: el("aside", { class: "card", "aria-label": "The chosen state" }), events: el("div") };
  const root = el("div", {}, parts.head, parts.failure, el("div", { class: "columns" }, el("section", {}, el("h2", {}, "Graph"), parts.graph), parts.state), parts.events);
  const model = { arn, parts, found: null, events: [], chosen: null, limit: EVENTS, opened: new Set(), picture: "", forms: new Map() };
  return { title: arn.split(":").pop(), root, update: () => update(model) };
}

async function update(model) {
  const after = model.events.length ? model.events.at(-1).id : 0;
  const [found, more] = await Promise.all([read("execution", { arn: model.arn }), read("events", { arn: model.arn, after })]);
  model.found = found;
  model.events.push(...more.events.filter((event) => event.id > after));
  if (model.chosen === null) model.chosen = interesting(found.states);
  showHead(model);
  showFailure(model);
  showGraph(model);
  showState(model);
  showEvents(model);
}

/** The state to look at first: where it failed, else what is on, else the first. */
function interesting(states) {
  const holds = new Set(states.map((state) => state.inside));
  const leaf = (status) => states.find((state) => state.status === status && !holds.has(state.number)) ?? states.find((state) => state.status === status);
  return (leaf("failed") ?? leaf("retrying") ?? leaf("running") ?? leaf("waiting") ?? states[0])?.number ?? null;
}

function showHead({ arn, parts, found }) {
  const isOn = found.status === "RUNNING";
  const waits = found.states.some((state) => state.status === "waiting");
  replace(parts.head,
    el("h1", {}, outside(found.name), " ", badge(found.status)),
    el("p", {}, machineLink(found.stateMachineArn), " · started ", moment(found.startDate), found.stopDate ? [" · ended ", moment(found.stopDate)] : null),
    el("p", { class: "actions" },
      isOn && waits ? button("End the wait", async () => {
        await administer("skip", arn);
        say("The wait is over.");
      }) : null,
      isOn ? button("Stop", async () => {
        if (!confirm(`Stop ${shown(found.name)}? What it waits for will not happen.`)) return;
        await act("stop", { executionArn: arn, cause: "Stopped in the console" });
        say("Stopped.");
      }) : null,
      found.redriveStatus === "REDRIVABLE" ? button("Redrive", async () => {
        await act("redrive", { executionArn: arn });
        say("It goes on where it had not finished.");
      }) : null,
      button("Copy the ARN", async () => {
        await navigator.clipboard.writeText(arn);
        say("Copied.");
      })),
    el("div", { class: "columns even" }, block("Input", found.input, "h2"), found.output ? block("Output", found.output, "h2") : null));
}

function showFailure(model) {
  const { parts, found } = model;
  if (!found.error && !found.cause) return replace(parts.failure);
  const failed = found.states.find((state) => state.number === interesting(found.states) && state.status === "failed");
  return replace(parts.failure, el("section", { class: "problem", "aria-label": "Why it failed" },
    el("h2", {}, "Why: ", outside(found.error ?? "no error is named")),
    failed ? el("p", {}, "It failed in ", button(failed.name, async () => choose(model, failed.number), { class: "plain" }), ".") : null,
    found.cause ? block("Cause", found.cause) : null));
}

function choose(model, number) {
  model.chosen = number;
  showState(model);
  mark(model);
}

function showGraph(model) {
  const { parts, found } = model;
  if (found.picture === model.picture) return;
  model.picture = found.picture;
  const drawn = picture(found.picture);
  for (const group of drawn.querySelectorAll("[data-state]")) {
    group.setAttribute("tabindex", "0");
    group.setAttribute("role", "button");
    group.setAttribute("data-key", `state-${group.dataset.state}`);
    group.setAttribute("aria-label", spoken(group, found.states[Number(group.dataset.state)]));
    const act = (event) => {
      event.stopPropagation();
      choose(model, Number(group.dataset.state));
    };
    group.addEventListener("click", act);
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      act(event);
    });
  }
  replace(parts.graph, drawn);
  mark(model);
}

/** What is seen of a state, and how it stands. */
function spoken(group, state) {
  const seen = [...group.querySelectorAll("text")].map((text) => text.textContent);
  return `${seen.join(" ")}, ${state?.status ?? ""}`;
}

/** Shows which state is chosen. */
function mark({ parts, chosen }) {
  for (const group of parts.graph.querySelectorAll("[data-state]")) {
    const isChosen = Number(group.dataset.state) === chosen;
    group.classList.toggle("chosen", isChosen);
    group.setAttribute("aria-pressed", String(isChosen));
  }
}

const details = (event) => Object.entries(event).find(([name]) => name.endsWith("EventDetails"))?.[1] ?? {};

/** The events of the last time that a state was entered, from its entry to its exit. */
function visit(events, name) {
  const begun = events.findLastIndex((event) => event.stateEnteredEventDetails?.name === name);
  if (begun < 0) return [];
  const own = new Set([events[begun].id]);
  const found = [events[begun]];
  for (const event of events.slice(begun + 1)) {
    if (!own.has(event.previousEventId) && event.evaluationFailedEventDetails?.state !== name) continue;
    if (event.type.startsWith("Execution") || event.stateEnteredEventDetails) continue;
    found.push(event);
    own.add(event.id);
    if (event.stateExitedEventDetails?.name === name) break;
  }
  return found;
}

/** The function that a task calls, by the name of its log. */
function calledFunction(found) {
  for (const event of found) {
    const resource = event.lambdaFunctionScheduledEventDetails?.resource;
    const task = event.taskScheduledEventDetails;
    let named = resource;
    if (task?.resourceType === "lambda") {
      try {
        named = JSON.parse(task.parameters).FunctionName;
      } catch {
        named = null;
      }
    }
    if (typeof named === "string") return named.includes(":function:") ? named.split(":function:")[1].split(":")[0] : named.split(":")[0];
  }
  return null;
}

function showState(model) {
  const { parts, found, events, chosen } = model;
  const state = found.states.find((each) => each.number === chosen);
  if (!state) return replace(parts.state, el("p", {}, "Choose a state."));
  const own = visit(events, state.name);
  const failures = own.map(details).filter((each) => each.error || each.cause);
  const exit = own.find((event) => event.stateExitedEventDetails)?.stateExitedEventDetails;
  const called = calledFunction(own);
  const log = el("div");
  replace(parts.state,
    el("h2", {}, outside(state.name), " ", badge(state.status)),
    el("p", { class: "faint" }, `${state.type ?? "no such type"}${state.detail ? ` · ${state.detail}` : ""}${state.tries > 1 ? ` · tried ${state.tries} times` : ""}${state.entered > 1 ? ` · entered ${state.entered} times: the last one is shown` : ""}`),
    answerForm(model, state, own),
    failures.map((each) => el("section", { class: "problem" }, el("h3", {}, outside(each.error ?? "failed")), each.cause ? el("pre", { tabindex: "0", "aria-label": "Cause" }, pretty(each.cause)) : null)),
    own.length ? block("Input", own[0].stateEnteredEventDetails.input ?? "") : el("p", {}, "It was not entered."),
    exit ? block("Output", exit.output ?? "") : null,
    called ? log : null);
  if (called) showLog(model, log, own, called);
}

/** Answers a task that waits for somebody with its token. What is typed stays while the page is brought up to date. */
function answerForm(model, state, own) {
  const asked = own.findLast((event) => event.taskScheduledEventDetails?.resource?.endsWith(".waitForTaskToken"));
  if (!asked || !["running", "retrying"].includes(state.status)) return null;
  if (model.forms.has(asked.id)) return model.forms.get(asked.id);
  const token = el("input", { id: "token", "data-key": "token", autocomplete: "off", value: tokenIn(asked.taskScheduledEventDetails.parameters) ?? "" });
  const text = el("textarea", { id: "answer", "data-key": "answer", rows: "3", spellcheck: "false" }, "{}");
  const send = (answer) => act("token", { executionArn: model.arn, taskToken: token.value, ...answer }).then(() => say("Answered."));
  const form = el("section", { class: "card", "aria-label": "Answer the task" },
    el("h3", {}, "It waits for an answer with its token"),
    el("p", {}, el("label", { for: "token" }, "Task token"), token),
    el("p", {}, el("label", { for: "answer" }, "Output (JSON), or the cause of a failure"), text),
    el("p", { class: "actions" },
      button("Succeed", async () => send({ output: valid(text.value, "output") })),
      button("Fail", () => send({ error: "Refused", cause: text.value }))));
  model.forms.set(asked.id, form);
  return form;
}

/** A text in what a task was called with that is named like a token. */
function tokenIn(parameters) {
  let found = null;
  try {
    JSON.parse(parameters, (name, value) => {
      if (/token/i.test(name) && typeof value === "string" && value.length > 40) found ??= value;
      return value;
    });
  } catch {
    // Parameters that were cut are no JSON: the token is to be pasted.
  }
  return found;
}

/** What the function wrote while the state was on. */
async function showLog(model, log, own, called) {
  const ended = own.find((event) => event.stateExitedEventDetails) ?? model.events.find((event) => event.id > own[0].id && event.type.startsWith("Execution"));
  const parameters = { arn: model.arn, function: called, from: Math.floor(own[0].timestamp * 1000), to: ended ? Math.ceil(ended.timestamp * 1000) + 1000 : null };
  try {
    const { lines } = await read("log", parameters);
    const text = lines.map((line) => `${new Date(line.at).toISOString().slice(11, 23)} ${line.text.trimEnd()}`).join("\n");
    replace(log, el("h3", {}, "Log of ", outside(called), " while it was on"), el("pre", { tabindex: "0", "aria-label": "Log" }, text ? shownLines(text) : "Nothing was written."));
  } catch (error) {
    replace(log, el("p", { class: "problem" }, error.message));
  }
}

const shownLines = (text) => text.split("\n").map(shown).join("\n");

function showEvents(model) {
  const { parts, events } = model;
  const newest = events.slice(-model.limit);
  const begin = events[0]?.timestamp ?? 0;
  const rows = newest.toReversed().map((event) => {
    const state = event.stateEnteredEventDetails?.name ?? event.stateExitedEventDetails?.name;
    const own = details(event);
    const isOpen = model.opened.has(event.id);
    const more = Object.keys(own).length ? el("details", { open: isOpen, ontoggle: (toggled) => {
      if (toggled.target.open) model.opened.add(event.id);
      else model.opened.delete(event.id);
    } }, el("summary", { "data-key": `event-${event.id}` }, "Details"), el("pre", { tabindex: "0", "aria-label": `Details of event ${event.id}` }, eventText(own))) : "";
    return [String(event.id), event.type, state ? outside(state) : "", `+${(event.timestamp - begin).toFixed(3)} s`, more];
  });
  replace(parts.events, el("h2", {}, `Events (${events.length})`),
    table("Events, the newest first", ["Number", "Type", "State", "After", "Details"], rows, "There is none."),
    newest.length < events.length ? button("Show more", async () => {
      model.limit += EVENTS;
      showEvents(model);
    }) : null);
}

function eventText(own) {
  return Object.entries(own).map(([name, value]) => `${name}: ${typeof value === "string" ? pretty(value) : JSON.stringify(value)}`).join("\n");
}
