// The history of an execution as the page keeps it: its events in short, and each time that a state was entered.

import { parsed, stateIn } from "./text.js";

/** How the cloud says it in one word: what a part of a visit is. */
const FAILED = /^(Task|LambdaFunction|Activity)(Failed|TimedOut|ScheduleFailed|SubmitFailed|StartFailed)$/;

/** Events with all that follows from the one before them: their numbers, types and moments. */
function unfolded({ firstId, firstAt, types, events }) {
  let at = firstAt;
  events.forEach((event, index) => {
    at += event.after ?? 0;
    Object.assign(event, { id: firstId + index, at, type: types[event.type] });
  });
  return events;
}

/** What stands for several: what goes on, then what is worst. */
const RANKS = ["succeeded", "aborted", "caught", "failed", "waiting", "running", "retrying"];
const worst = (visits) => RANKS[Math.max(...visits.map((visit) => RANKS.indexOf(visit.status)))] ?? "succeeded";

/** The branch of each state of a Parallel state, from 0; none of another state. */
function branchesOf(state) {
  if (state?.Type !== "Parallel") return null;
  return new Map((state.Branches ?? []).flatMap((branch, number) => Object.keys(branch.States ?? {}).map((name) => [name, number])));
}

export class History {
  events = [];
  visits = [];
  waits = [];
  states = [];
  definition = null;
  machine = null;
  picture = null;
  found = null;
  #byName = new Map();
  #inside = new Map();

  /** Whether something is not known yet. */
  isNews(found) {
    const known = this.found;
    if (!known || found.events.length || found.visits.length || found.picture) return true;
    return found.status !== known.status || found.redriveStatus !== known.redriveStatus || JSON.stringify(found.waits) !== JSON.stringify(this.waits);
  }

  /** Takes what the cloud tells anew. */
  take(found) {
    const known = this.events.length ? this.events.at(-1).id : 0;
    // What most of them have is not told.
    for (const told of found.visits) this.#take({ outer: null, status: "succeeded", tries: 0, ...told });
    for (const event of unfolded(found)) {
      if (event.id <= known) continue;
      event.previous ??= event.id - 1;
      this.events.push(event);
      if (event.visit !== undefined) this.#add(this.visits[event.visit], event);
    }
    this.waits = found.waits;
    // What has not changed is not told again.
    for (const member of ["states", "definition", "picture", "roleArn", "logGroup"]) if (found[member]) this[member] = found[member];
    if (found.definition) this.machine = parsed(found.definition);
    this.found = found;
  }

  #take(told) {
    const visit = this.visits[told.number];
    if (visit) {
      Object.assign(visit, told);
      return;
    }
    this.visits[told.number] = { ...told, events: [] };
    if (!this.#byName.has(told.state)) this.#byName.set(told.state, []);
    this.#byName.get(told.state).push(this.visits[told.number]);
    if (!this.#inside.has(told.outer)) this.#inside.set(told.outer, []);
    this.#inside.get(told.outer).push(this.visits[told.number]);
  }

  #add(visit, event) {
    visit.events.push(event);
    visit.from ??= event.at;
    if (event.type.endsWith("StateExited")) visit.to = event.at;
    if (event.type.endsWith("StateEntered")) visit.iteration = this.#iteration(event);
  }

  /** The index of the iteration that a state is entered in. */
  #iteration(event) {
    const before = this.event(event.previous);
    if (!before) return null;
    if (before.type === "MapIterationStarted") return before.index ?? null;
    return this.visits[before.visit]?.iteration ?? null;
  }

  /** The event of a number: numbers go on from 1 without a gap. */
  event(id) {
    return this.events[id - 1];
  }

  of(name) {
    return this.#byName.get(name) ?? [];
  }

  /** The visits that lie in a visit of a Map or Parallel state, in the order of their entry; without one, those of the machine itself. */
  inside(visit) {
    return this.#inside.get(visit?.number ?? null) ?? [];
  }

  /** The same as branches or iterations: what each is called, its number, and its visits. */
  parts(visit) {
    const inside = this.inside(visit);
    const branches = branchesOf(stateIn(this.machine, visit.state));
    const parts = new Map();
    for (const each of inside) {
      const number = branches ? branches.get(each.state) ?? 0 : each.iteration ?? 0;
      if (!parts.has(number)) parts.set(number, { number, words: `${branches ? "Branch" : "Iteration"} ${number}`, visits: [] });
      parts.get(number).visits.push(each);
    }
    for (const part of parts.values()) part.status = worst(part.visits);
    return [...parts.values()].sort((one, other) => one.number - other.number);
  }

  /** The transitions that were made: each state that was entered, and each retry. */
  get transitions() {
    return this.visits.reduce((sum, visit) => sum + Math.max(1, visit.tries), 0);
  }

  /** When the execution began. */
  get from() {
    return this.events[0]?.at ?? 0;
  }

  /** Its end, or now. */
  until(now) {
    return this.found.status === "RUNNING" ? Math.max(now, this.events.at(-1)?.at ?? 0) : this.events.at(-1)?.at ?? 0;
  }

  /** The end of a visit, or of the execution. */
  end(visit, now) {
    if (visit.to !== undefined) return visit.to;
    const isOpen = ["running", "waiting", "retrying"].includes(visit.status);
    return isOpen ? this.until(now) : visit.status === "failed" ? visit.events.at(-1).at : this.until(now);
  }

  /** What a visit did over time: `work`, `wait`, `backoff`, and `token` where somebody was waited for. */
  segments(visit, now) {
    const [first] = visit.events;
    if (!first) return [];
    const end = this.end(visit, now);
    const found = [];
    let kind = first.type === "WaitStateEntered" ? "wait" : "work";
    let from = first.at;
    const turn = (at, next) => {
      // Work that took no time is shown too.
      if (at > from || kind === "work") found.push({ kind, from, to: at });
      kind = next;
      from = at;
    };
    for (const event of visit.events) {
      if (FAILED.test(event.type)) turn(event.at, "backoff");
      else if (event.type.endsWith("Scheduled")) turn(event.at, "work");
      else if (event.type === "TaskSubmitted" && event.resource?.endsWith(".waitForTaskToken")) turn(event.at, "token");
    }
    turn(end, kind);
    return found.length ? found : [{ kind: kind === "backoff" ? "work" : kind, from: first.at, to: end }];
  }

  /** The visit to look at first: where it failed, else what is on, else the last one. */
  interesting() {
    const holds = new Set(this.visits.map((visit) => visit.outer));
    const leaf = (status) => this.visits.findLast((visit) => visit.status === status && !holds.has(visit.number));
    const any = (status) => this.visits.findLast((visit) => visit.status === status);
    return ["failed", "retrying", "running", "waiting"].reduce((found, status) => found ?? leaf(status) ?? any(status), undefined) ?? this.visits.at(-1) ?? null;
  }

  /** The visit of a state to look at first: the last one that failed, else one that is on, else the last one. */
  bestOf(name) {
    const visits = this.of(name);
    return ["failed", "retrying", "waiting", "running"].reduce((found, status) => found ?? visits.findLast((visit) => visit.status === status), undefined) ?? visits.at(-1) ?? null;
  }

  /** The newest value of each variable that an event can see: the events that assigned them, newest first. */
  assigning(id) {
    const found = [];
    for (let event = this.event(id); event; event = this.event(event.previous)) if (event.assigns) found.push(event.id);
    return found;
  }
}

/** The event with which a visit was left. */
export const exitOf = (visit) => visit.events.findLast((event) => event.type.endsWith("StateExited"))?.id;

const details = (event) => Object.entries(event).find(([name]) => name.endsWith("EventDetails"))?.[1] ?? {};

/** The data of events, which is read when it is looked at. */
export class Data {
  #known = new Map();

  constructor(read) {
    this.read = read;
  }

  /** The details of some events, by number. */
  async of(ids) {
    const missing = ids.filter((id) => !this.#known.has(id)).slice(0, 400);
    if (missing.length) {
      const { events } = await this.read(missing);
      for (const event of events) this.#known.set(event.id, details(event));
    }
    return new Map(ids.map((id) => [id, this.#known.get(id) ?? {}]));
  }

  /** A text of an event of which only the beginning was read. */
  async whole(id, name) {
    const { events } = await this.read([id], true);
    const value = details(events[0])[name];
    return typeof value === "string" ? value : JSON.stringify(value);
  }
}
