// An execution as a case of `workshop test`, in a test file as JSON.

import { parsed, pretty } from "./text.js";

const CALLED = /^(Task|LambdaFunction|Activity)(Succeeded|Failed|TimedOut)$/;

/** JSON in which texts that are JSON already stand as they are written. */
class Written {
  #mark = crypto.randomUUID();
  #texts = [];

  /** What stands for a text; one that is no JSON is a string. */
  of(text) {
    return parsed(text) === undefined ? text : `${this.#mark} ${this.#texts.push(text) - 1}`;
  }

  whole(value) {
    return pretty(JSON.stringify(value).replace(new RegExp(`"${this.#mark} (\\d+)"`, "g"), (_, number) => this.#texts[number]));
  }
}

/** A test file with this execution as its only case: what its tasks were answered are its mocks. */
export async function testCase(history, data, whole) {
  const answers = history.events.filter((event) => CALLED.test(event.type) && event.visit !== undefined).slice(0, 400);
  const known = await data.of(answers.map((event) => event.id));
  const written = new Written();
  const mocks = {};
  for (const event of answers) {
    const details = known.get(event.id);
    const mock = event.type.endsWith("Succeeded") ? { return: written.of(details.output) } : { throw: { error: details.error ?? "States.Timeout", cause: details.cause ?? "" } };
    const { state, iteration } = history.visits[event.visit];
    if (iteration !== null && iteration !== undefined) mock.index = iteration;
    (mocks[state] ??= []).push(mock);
  }
  for (const [state, list] of Object.entries(mocks)) if (list.length === 1) mocks[state] = list[0];
  const expect = { status: whole.status };
  if (whole.output !== undefined) expect.output = written.of(whole.output);
  if (whole.error !== undefined) expect.error = whole.error;
  const machine = whole.stateMachineArn.split(":").pop();
  return `${written.whole({ machine, cases: [{ name: `as in ${whole.name}`, input: written.of(whole.input), mocks, expect }] })}\n`;
}
