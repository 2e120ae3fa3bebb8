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

const DEFAULT = { account: "000000000000", region: "us-east-1" };

/** What of an account and a region is not the default: what addresses and requests have to name. */
export const named = (place) => Object.fromEntries(Object.entries(place).filter(([name, value]) => value && value !== DEFAULT[name]));

/** The account and the region that are shown, as far as they are not the default: those of the ARN in the address, or those that it names. */
export function shownPlace() {
  const [path, query] = location.hash.split("?");
  const [, , , region, account] = (path.match(/arn(%3A|:).*/i)?.[0] ?? "").replace(/%3A/gi, ":").split(":");
  const asked = new URLSearchParams(query);
  return named({ account: account ?? asked.get("account"), region: region ?? asked.get("region") });
}

/** The ARN of a log group, by which changes name it. */
export function logTopic(group) {
  const { account, region } = { ...DEFAULT, ...shownPlace() };
  return `log:arn:aws:logs:${region}:${account}:log-group:${group}`;
}

/** Reads a path of the console's JSON. */
export async function read(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...shownPlace(), ...parameters })) {
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

let hearers = null;
/** The one stream: with other topics it is begun anew. */
let stream = null;

/** How long nothing may be heard: longer than the cloud holds an answer back. */
const SILENCE_MS = 30_000;
/** How soon a cloud that went away is asked again. */
const AGAIN_MS = 1000;

/** Calls `changed` whenever something has changed, with what is told of it, and `connected` with whether the cloud is there; from the first time on that something is wanted. */
export const follow = (changed, connected) => (hearers = { changed, connected });

/** `wanted` has the topics `of` which it is told, and what is to `show` with that. */
function begin(wanted, known = null) {
  const { changed, connected } = hearers;
  const asked = new URLSearchParams(shownPlace());
  for (const [name, values] of Object.entries(wanted)) if (values.length) asked.set(name, values.join(" "));
  if (known) asked.set("known", known);
  const source = new EventSource(`api/changes?${asked}`);
  let failures = 0;
  let silence = null;
  const end = () => {
    source.close();
    clearTimeout(silence);
  };
  const again = (next) => {
    end();
    begin(next, known);
  };
  stream = { text: JSON.stringify([wanted, shownPlace()]), again };
  const listen = () => {
    clearTimeout(silence);
    silence = setTimeout(lost, SILENCE_MS);
  };
  // What changed meanwhile is asked for anew: a stream that begins is told at once.
  const lost = () => {
    end();
    connected(false);
    let next = wanted;
    stream.again = (later) => (next = later);
    setTimeout(() => begin(next, known), AGAIN_MS);
  };
  source.onmessage = (event) => {
    failures = 0;
    listen();
    const told = JSON.parse(event.data);
    heard(told);
    connected(true);
    if (event.lastEventId !== known) changed(told);
    known = event.lastEventId;
  };
  // A stream that ends is begun again by the browser, with what it knows; if that fails too, the cloud is away.
  source.onerror = () => {
    failures += 1;
    if (failures > 1 || source.readyState === EventSource.CLOSED) lost();
  };
  listen();
}

/** Has the stream tell of what is `wanted` alone; of everything, where it names no topic. */
export function followOnly(wanted) {
  const text = JSON.stringify([wanted, shownPlace()]);
  if (stream?.text === text) return;
  if (stream) stream.again(wanted);
  else begin(wanted);
  stream.text = text;
}
