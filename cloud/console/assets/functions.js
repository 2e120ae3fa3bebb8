// A function: its configuration and versions; invoke it with an event; its log, live.

import { html, useState } from "./html.js";
import { act, read, shownPlace } from "./cloud.js";
import { useLive } from "./live.js";
import { Lines } from "./logs.js";
import { Badge, Block, Button, Facts, Field, Moment, Problem, Table, Text, say } from "./parts.js";
import { valid } from "./text.js";

const HTTP = {
  version: "2.0", routeKey: "POST /start", rawPath: "/start", rawQueryString: "", headers: { "content-type": "application/json" },
  requestContext: { accountId: "000000000000", apiId: "example", stage: "$default", http: { method: "POST", path: "/start", protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "console" }, requestId: "example", timeEpoch: 1893499200000 },
  body: "{\"taskName\": \"taskone\", \"startAt\": 1893499200000}", isBase64Encoded: false,
};

/** Events to begin with. */
const TEMPLATES = {
  "An empty object": {},
  "API Gateway, HTTP API (2.0)": HTTP,
  "Step Functions, Lambda task": { taskName: "taskone", startAt: 1893499200000 },
  "Step Functions, with a task token": { taskToken: "AQCEAAAAKgAAAAMAAAAA", input: {} },
};

const decoded = (base64) => new TextDecoder().decode(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));

function Invoke({ name, versions }) {
  const [event, setEvent] = useState("{}");
  const [qualifier, setQualifier] = useState("");
  const [answer, setAnswer] = useState(null);
  const invoke = async () => {
    setAnswer(await act("invoke", { name, qualifier, payload: valid(event, "event"), ...shownPlace() }));
    say("It has answered.");
  };
  return html`<section class="card"><h2>Invoke</h2>
    <div class="filters"><${Field} label="Begin with"><select onChange=${(changed) => setEvent(JSON.stringify(Object.values(TEMPLATES)[changed.target.selectedIndex], null, 2))}>${Object.keys(TEMPLATES).map((words) => html`<option>${words}</option>`)}</select><//>
    <${Field} label="Version or alias"><select value=${qualifier} onChange=${(changed) => setQualifier(changed.target.value)}>${versions.map((version) => html`<option value=${version === "$LATEST" ? "" : version}>${version}</option>`)}</select><//></div>
    <${Field} label="Event (JSON)"><textarea rows="8" spellcheck="false" value=${event} onInput=${(changed) => setEvent(changed.target.value)}></textarea><//>
    <div class="actions"><${Button} class="main" act=${invoke}>Invoke<//></div>
    ${answer && html`<p><${Badge} status=${answer.functionError ? "FAILED" : "SUCCEEDED"} words=${answer.functionError ?? "answered"} /> <span class="faint">version ${answer.version}</span></p>
      <${Block} name="Answer" text=${answer.payload} />${answer.log && html`<h3 class="small">End of its log</h3><${Text} name="End of its log" text=${decoded(answer.log)} />`}`}</section>`;
}

function Environment({ name, environment }) {
  const [values, setValues] = useState(null);
  const names = Object.keys(environment ?? {});
  if (!names.length) return html`<p class="faint">Its environment is empty.</p>`;
  const reveal = async () => setValues((await read("function", { name, reveal: 1 })).environment);
  return html`<${Table} caption="Environment" headings=${["Variable", "Value"]} rows=${names.map((each) => [html`<code>${each}</code>`, values ? html`<code>${values[each]}</code>` : html`<span aria-hidden="true">••••••</span><span class="unseen">hidden</span>`])} />
    <p class="actions">${values ? html`<button type="button" onClick=${() => setValues(null)}>Hide the values</button>` : html`<${Button} act=${reveal}>Show the values<//>`}</p>`;
}

const SHOWN = [["Runtime", "Runtime"], ["Handler", "Handler"], ["MemorySize", "Memory (MB)"], ["Timeout", "Timeout (s)"], ["Role", "Role"], ["CodeSize", "Code (bytes)"], ["State", "State"], ["Description", "Description"]];

/** When it was changed: Lambda writes the zone as +0000. */
const changed = ({ LastModified: text }) => text && html`<${Moment} at=${text.replace("+0000", "Z")} />`;

export function Functions({ argument: name }) {
  const { value: found, error } = useLive(() => read("function", { name }), [name], []);
  if (!found) return html`<${Problem} text=${error?.message} />`;
  const { configuration } = found;
  const facts = [...SHOWN.map(([member, words]) => [words, configuration[member] && html`<bdi>${configuration[member]}</bdi>`]), ["Last changed", changed(configuration)]];
  const versions = [...found.versions.map((version) => version.Version), ...found.aliases.map((alias) => alias.Name)];
  return html`<${Problem} text=${error?.message} /><h1><bdi>${name}</bdi></h1>
    <div class="columns even"><section><h2>Configuration</h2><${Facts} facts=${facts} /><h2>Environment</h2><${Environment} name=${name} environment=${found.environment} />
      <h2>Versions</h2><${Table} caption="Versions" headings=${["Version", "Changed"]} rows=${found.versions.map((version) => [version.Version, changed(version)])} empty="There is none." />
      ${found.aliases.length > 0 && html`<h2>Aliases</h2><${Table} caption="Aliases" headings=${["Alias", "Version"]} rows=${found.aliases.map((alias) => [alias.Name, alias.FunctionVersion])} />`}</section>
      <${Invoke} name=${name} versions=${versions} /></div>
    <h2>Log</h2><${Lines} group=${found.logGroup} />`;
}
