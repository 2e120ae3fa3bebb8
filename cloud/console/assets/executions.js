// The executions of a state machine or a Map Run: by status, name and time; more are read as they are scrolled to.

import { html, useEffect, useRef, useState } from "./html.js";
import { read } from "./cloud.js";
import { useLive } from "./live.js";
import { ApiMoment, Badge, ExecutionLink, Field, Problem, Table } from "./parts.js";
import { duration, machineOf } from "./text.js";

const STATUSES = ["", "RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"];

const row = (execution) => Object.assign([
  html`<${ExecutionLink} arn=${execution.executionArn} name=${execution.name} />`,
  html`<${Badge} status=${execution.status} />`,
  html`<${ApiMoment} at=${execution.startDate} />`,
  html`<${ApiMoment} at=${execution.stopDate} />`,
  execution.stopDate ? duration((execution.stopDate - execution.startDate) * 1000) : "–",
], { key: execution.executionArn });

/** Loads more when it is seen. */
function More({ load }) {
  const end = useRef();
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && load());
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [load]);
  return html`<div ref=${end}><button type="button" onClick=${load}>Show older ones</button></div>`;
}

/** Executions of a machine, or of one of its Map Runs, begin or end. */
export const machineTopic = (arn) => `machine:${machineOf(arn)}`;

export function Executions({ arn, status = "" }) {
  const [filter, set] = useState({ status, name: "", from: "", to: "" });
  const [older, setOlder] = useState({ rows: [], next: undefined });
  const ms = (text) => (text ? new Date(text).getTime() : "");
  const asked = { arn, status: filter.status, name: filter.name, from: ms(filter.from), to: ms(filter.to) };
  const key = JSON.stringify(asked);
  useEffect(() => setOlder({ rows: [], next: undefined }), [key]);
  const { value: newest, error } = useLive(async () => ({ key, ...(await read("executions", asked)) }), [key], [machineTopic(arn)]);
  const next = older.next === undefined ? newest?.next : older.next;
  const more = async () => {
    const found = await read("executions", { ...asked, next });
    setOlder((before) => ({ rows: [...before.rows, ...found.executions], next: found.next }));
  };
  // What was read as an older one may be among the newest again, or have another status now.
  const seen = new Set();
  const all = [...(newest?.executions ?? []), ...older.rows].filter(({ executionArn }) => !seen.has(executionArn) && seen.add(executionArn));
  const field = (name) => ({ value: filter[name], onInput: (event) => set({ ...filter, [name]: event.target.value }) });
  return html`<section><h2>Executions</h2>
    <div class="filters"><${Field} label="Status"><select ...${field("status")}>${STATUSES.map((each) => html`<option value=${each}>${each === "" ? "all" : each.toLowerCase().replace("_", " ")}</option>`)}</select><//>
      <${Field} label="Name has"><input type="search" ...${field("name")} /><//>
      <${Field} label="Started from"><input type="datetime-local" step="1" ...${field("from")} /><//><${Field} label="Started until"><input type="datetime-local" step="1" ...${field("to")} /><//></div>
    <${Problem} text=${error?.message} />
    <${Table} caption="Executions" class="list long" headings=${["Name", "Status", "Started", "Ended", "Took"]} rows=${all.map(row)} empty=${newest ? "There is none." : "…"} after=${next && newest?.key === key && html`<${More} key=${next} load=${more} />`} /></section>`;
}
