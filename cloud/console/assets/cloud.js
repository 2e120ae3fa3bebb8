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

/** The account and the region that are shown. */
export const shownRegion = () => new URLSearchParams(location.hash.split("?")[1]).get("region");

/** Reads a path of the console's JSON. */
export async function read(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ region: shownRegion(), ...parameters })) {
    if (value !== null && value !== undefined && value !== "") query.set(name, value);
  }
  return answer(await fetch(`api/${path}?${query}`));
}

/** Has something done: the header is one that no page of another origin can send. */
export async function act(path, body) {
  return answer(await fetch(`api/${path}`, { method: "POST", headers: { "x-workshop": "1" }, body: JSON.stringify(body) }));
}

/** Posts to an endpoint of an HTTP API, as curl would; gives status and text. */
export async function post(path, body) {
  const response = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body, credentials: "omit" });
  return { status: response.status, text: await response.text() };
}

/** By how many milliseconds the cloud’s clock is ahead of the browser’s, and whether it stands still. */
export const clock = { ahead: 0, stood: null };

/** What the cloud’s clock shows, in milliseconds since 1970. */
export const now = () => clock.stood ?? Date.now() + clock.ahead;

function heard({ now: shows, stands }) {
  clock.ahead = Date.parse(shows) - Date.now();
  clock.stood = stands ? Date.parse(shows) : null;
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
    heard(JSON.parse(event.data));
    connected(true);
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
