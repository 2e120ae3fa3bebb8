// Texts: what is shown of those from elsewhere, moments, lengths of time, sizes, JSON.

// What steers a display or turns the direction of writing.
const DECEPTIVE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

export function shown(text) {
  return String(text ?? "").replace(DECEPTIVE, "\ufffd");
}

/** The last part of an ARN. */
export const nameOf = (arn) => arn.split(":").pop();

/** The state machine of an ARN: of an execution, one of a Map Run's children too, of a Map Run, or of a version. */
export function machineOf(arn) {
  const [, , , region, account, , name] = arn.split(":");
  return `arn:${arn.split(":")[1]}:states:${region}:${account}:stateMachine:${name.split("/")[0]}`;
}

export const regionOf = (arn) => arn.split(":")[3];

/** Strings, marks, and what stands between them: of text that is known to be JSON. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** JSON as people read it: numbers, escapes and the order of members stay as they are written. A text that is none stays as it is. */
export function pretty(text) {
  if (parsed(text) === undefined) return String(text ?? "");
  const lines = (depth) => `\n${"  ".repeat(depth)}`;
  let depth = 0;
  let before = "";
  return (text.match(TOKENS) ?? []).reduce((made, token) => {
    const isFirst = before === "{" || before === "[";
    before = token;
    if (token === "}" || token === "]") {
      depth -= 1;
      return made + (isFirst ? "" : lines(depth)) + token;
    }
    const lead = isFirst ? lines(depth) : "";
    if (token === "{" || token === "[") depth += 1;
    return made + lead + (token === "," ? `,${lines(depth)}` : token === ":" ? ": " : token);
  }, "");
}

/** The value of JSON text; undefined where it is none. */
export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the cloud says at the end of a text that it has cut: how many bytes the whole has. */
const CUT = /… \(the first \d+ of (\d+) bytes\)$/;
export const cutFrom = (text) => CUT.exec(text ?? "")?.[1];
export const isCut = (text) => cutFrom(text) !== undefined;

/** A text that is JSON. */
export function valid(text, what) {
  try {
    JSON.parse(text);
  } catch (error) {
    throw new Error(`The ${what} is no JSON: ${error.message}`);
  }
  return text;
}

/** A text as a shell takes it. */
export const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

const two = (count, digits = 2) => String(count).padStart(digits, "0");

/** The time of day in the browser’s zone, to the millisecond. */
export function clockTime(ms) {
  const date = new Date(ms);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${two(date.getMilliseconds(), 3)}`;
}

/** The same in UTC, to the second; nothing where that is the browser’s zone. */
export const utcTime = (ms) => (isUtc(ms) ? "" : `${new Date(ms).toISOString().slice(11, 19)} UTC`);

/** Whether the browser’s zone is that of UTC then. */
export const isUtc = (ms) => new Date(ms).getTimezoneOffset() === 0;

/** The day in the browser’s zone. Made once: a formatter of dates takes longer to make than a page of rows to draw. */
const days = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
export const dayOf = (ms) => days.format(new Date(ms));

/** A length of time in a few characters: `350 ms`, `1.2 s`, `4 min 10 s`, `3 d 2 h`. */
export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  const parts = [["d", 86_400], ["h", 3600], ["min", 60], ["s", 1]];
  const first = parts.findIndex(([, size]) => seconds >= size);
  const pieces = parts.slice(first, first + 2).map(([unit, size], at) => [Math.floor((at ? seconds % parts[first][1] : seconds) / size), unit]);
  return pieces.filter(([count], at) => at === 0 || count).map((piece) => piece.join(" ")).join(" ");
}

/** How long it is until a moment, by the second: `12:04`, `1 d 02:00:00`. */
export function countdown(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3600) % 24;
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${days ? `${days} d ` : ""}${days || hours ? `${two(hours)}:` : ""}${rest}`;
}

/** Parts of a text: those that are the ARN of an execution, or a Map Run, are apart. */
export function withArns(text) {
  return text.split(/(arn:aws[\w-]*:states:[\w-]+:\d{12}:(?:execution|mapRun):[\w.\-/]+:[\w.-]+)/);
}

/** The definition of a state, wherever it is. */
export function stateIn(flow, name) {
  if (flow?.States?.[name]) return flow.States[name];
  const inner = Object.values(flow?.States ?? {}).flatMap((state) => [...(state.Branches ?? []), state.ItemProcessor, state.Iterator].filter(Boolean));
  return inner.reduce((found, each) => found ?? stateIn(each, name), undefined);
}
