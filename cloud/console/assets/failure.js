// Why an execution failed: its error and cause, where it was thrown, what could have caught it, what to try.

import { html } from "./html.js";
import { Text } from "./parts.js";
import { parsed, stateIn } from "./text.js";

/** What no `States.ALL` takes. */
const NEVER = ["States.DataLimitExceeded", "States.Runtime"];

/** What helps with an error, by the beginning of its name. */
const ADVICE = [
  ["States.Timeout", "Raise TimeoutSeconds, or have a Retry take States.Timeout: it took longer than it may."],
  ["States.HeartbeatTimeout", "Send heartbeats more often, or raise HeartbeatSeconds."],
  ["States.TaskFailed", "Look at the log lines of what it called."],
  ["States.Permissions", "The role of the state machine may not do this: add a statement to it, and deploy."],
  ["States.NoChoiceMatched", "No rule fits this input: add a rule, or a Default."],
  ["States.ParameterPathFailure", "A path finds nothing in the input of the state: compare it with the path in the definition."],
  ["States.ResultPathMatchFailure", "ResultPath can’t put the result into this input: the input is no object there."],
  ["States.IntrinsicFailure", "An intrinsic function can’t take what it was given."],
  ["States.QueryEvaluationError", "An expression can’t be evaluated with this input: try it with workshop explain or JSONata’s exerciser."],
  ["States.DataLimitExceeded", "An input, output or result is larger than 256 KiB: pass a reference to it instead."],
  ["States.ExceedToleratedFailureThreshold", "Too many iterations failed: look at one of them, or raise ToleratedFailurePercentage."],
  ["States.ItemReaderFailed", "The items can’t be read: bucket, key and format are in the definition."],
  ["States.Runtime", "The definition can’t be applied to this input, or the task is one that this cloud does not serve: the cause says which. No Retry and no Catch takes it."],
  ["Lambda.ResourceNotFound", "There is no such function: deploy it, or look at its name in the definition."],
  ["Lambda.TooManyRequests", "The function has no room for more invocations: have a Retry take it, with a backoff."],
  ["Lambda.Unknown", "The function did not answer: it ended, ran out of memory or out of time. Its log says more."],
  ["Sandbox.Timedout", "The function ran out of time: raise its timeout, or have it do less."],
  ["Runtime.", "The function could not be started or ended early: its log says why. Is its handler’s name right, are its packages in the zip?"],
  ["ReferenceError", "The function’s own code failed: the trace says at which line."],
  ["TypeError", "The function’s own code failed: the trace says at which line."],
];

const advice = (error) => ADVICE.find(([name]) => error?.startsWith(name))?.[1];

function takes(names, error) {
  return names.some((name) => name === error || (name === "States.ALL" && !NEVER.includes(error)) || (name === "States.TaskFailed" && error !== "States.Timeout" && !error.startsWith("States.")));
}

/** What of the state and those around it takes errors, and whether it takes this one. */
function handlers(history, visit, error) {
  const definition = history.machine;
  const found = [];
  for (let each = visit; each; each = history.visits[each.outer]) {
    const state = stateIn(definition, each.state) ?? {};
    for (const retry of state.Retry ?? []) {
      const does = takes(retry.ErrorEquals ?? [], error);
      found.push({ state: each.state, does, words: `Retry of ${(retry.ErrorEquals ?? []).join(", ")}, at most ${retry.MaxAttempts ?? 3} more attempts: ${does ? `takes it, but all attempts are used (it was tried ${Math.max(1, each.tries)} times)` : "does not name it"}` });
    }
    for (const caught of state.Catch ?? []) {
      const does = takes(caught.ErrorEquals ?? [], error);
      found.push({ state: each.state, does, words: `Catch of ${(caught.ErrorEquals ?? []).join(", ")}, then ${caught.Next}: ${does ? "takes it" : "does not name it"}` });
    }
    if (!state.Retry && !state.Catch) found.push({ state: each.state, does: false, words: ["Fail", "Pass", "Choice", "Wait", "Succeed"].includes(state.Type) ? `a ${state.Type} state can have neither Retry nor Catch` : "has neither Retry nor Catch" });
  }
  return found;
}

/** A cause that is JSON of a function’s error: its message and its trace are readable. */
function Cause({ text }) {
  const cause = parsed(text);
  const trace = cause?.trace ?? cause?.stackTrace ?? cause?.stack;
  return html`${cause?.errorMessage && html`<p><bdi>${cause.errorType ? `${cause.errorType}: ` : ""}${cause.errorMessage}</bdi></p>`}
    ${Array.isArray(trace) && trace.length > 0
      ? html`<${Text} name="Trace" text=${trace.join("\n")} /><details><summary>The whole cause</summary><${Text} name="Cause" text=${text} /></details>`
      : html`<${Text} name="Cause" text=${text} />`}`;
}

export function Failure({ history, choose }) {
  const { error, cause, status } = history.found;
  if (!["FAILED", "TIMED_OUT", "ABORTED"].includes(status)) return null;
  if (status === "ABORTED" && !error && !cause) return null;
  const visit = history.visits.findLast((each) => each.status === "failed" && !history.visits.some((inner) => inner.outer === each.number && inner.status === "failed"));
  const thrown = visit?.events.findLast((event) => event.error)?.error ?? error;
  const tried = visit && thrown ? handlers(history, visit, thrown) : [];
  const isOnPurpose = visit && stateIn(history.machine, visit.state)?.Type === "Fail";
  const help = isOnPurpose ? "The definition ends there on purpose: look at what led to this state." : advice(thrown) ?? advice(error) ?? (visit ? "Look at the input of the state and at the log lines of what it called." : null);
  return html`<section class="problem" role="region" aria-label="Why it failed">
    <h2>Why: <bdi>${error ?? (status === "TIMED_OUT" ? "it took longer than TimeoutSeconds" : "no error is named")}</bdi></h2>
    ${visit && html`<p>Thrown in <button type="button" class="plain" onClick=${() => choose(visit)}><bdi>${visit.state}</bdi></button>${visit.iteration !== null && visit.iteration !== undefined && ` (iteration ${visit.iteration})`}${thrown !== error && html` as <bdi>${thrown}</bdi>`}.</p>`}
    <div class=${cause ? "columns even" : ""}>${cause && html`<div><h3>Cause</h3><${Cause} text=${cause} /></div>`}<div>
    ${tried.length > 0 && html`<h3>What could have caught it</h3><ul>${tried.map(({ state, words }) => html`<li><bdi>${state}</bdi>: ${words}.</li>`)}</ul>`}
    ${help && html`<h3>What to try</h3><p>${help}</p>`}</div></div>
  </section>`;
}
