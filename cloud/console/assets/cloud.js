// The embedded cloud as the page talks to it.

async function answer(response) {
  const text = await response.text();
  let value = null;
  try {
    value = JSON.parse(text);
  } catch {
    // What is no JSON is shown as it is.
  }
  if (!response.ok) throw new Error(value?.message || text || `The cloud answered ${response.status}.`);
  return value;
}

/** Reads a path of the console's JSON. */
export async function read(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== "") query.set(name, value);
  }
  return answer(await fetch(`api/${path}?${query}`));
}

/** Has something done: the header is one that no page of another origin can send. */
export async function act(path, body) {
  return answer(await fetch(`api/${path}`, { method: "POST", headers: { "x-workshop": "1" }, body: JSON.stringify(body) }));
}

/** A path of the cloud itself, beside the console's. */
export async function administer(path, body) {
  return answer(await fetch(`/_workshop/${path}`, { method: "POST", headers: { "x-workshop": "1" }, body }));
}

/** Posts to an endpoint of an HTTP API, as curl would; gives status and text. */
export async function post(path, body) {
  const response = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body, credentials: "omit" });
  return { status: response.status, text: await response.text() };
}

/** How long nothing may be heard: longer than the cloud holds an answer back. */
const SILENCE_MS = 30_000;
/** How soon a cloud that went away is asked again. */
const AGAIN_MS = 1000;

/** Calls `changed` whenever something has changed, and `connected` with whether the cloud is there. */
export function follow(changed, connected, known = null) {
  const source = new EventSource("api/changes");
  let failures = 0;
  let silence = null;
  const listen = () => {
    clearTimeout(silence);
    silence = setTimeout(lost, SILENCE_MS);
  };
  // What changed meanwhile is asked for anew: a stream that begins is told at once.
  const lost = () => {
    source.close();
    clearTimeout(silence);
    connected(false);
    setTimeout(() => follow(changed, connected, known), AGAIN_MS);
  };
  source.onmessage = (event) => {
    failures = 0;
    listen();
    connected(true, JSON.parse(event.data).now);
    if (event.lastEventId !== known) changed();
    known = event.lastEventId;
  };
  // Each event is an answer of its own, so one end is nothing; two without a word in between are.
  source.onerror = () => {
    failures += 1;
    if (failures > 1 || source.readyState === EventSource.CLOSED) lost();
  };
  listen();
}
