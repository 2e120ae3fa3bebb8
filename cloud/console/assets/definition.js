// A definition as JSON or YAML, with what is wrong with it at its lines.

import { html, useState } from "./html.js";
import { Button, Copy, save } from "./parts.js";
import { parsed, shown } from "./text.js";

const TYPES = { json: "application/json", yaml: "application/yaml" };

const isPlain = (text) => /^[A-Za-z_][\w ./()-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n|~)$/i.test(text) && text === text.trim();
const scalar = (value) => (typeof value === "string" && isPlain(value) ? value : JSON.stringify(value));

/** The lines of a value as JSON, each with the pointer of what begins in it. */
export function jsonLines(value, pointer = "", depth = 0, lead = "", tail = "") {
  const pad = "  ".repeat(depth);
  const isList = Array.isArray(value);
  const entries = value && typeof value === "object" ? Object.entries(value) : null;
  if (!entries?.length) return [{ pointer, text: `${pad}${lead}${JSON.stringify(value)}${tail}` }];
  const inner = entries.flatMap(([key, each], at) => jsonLines(each, `${pointer}/${key}`, depth + 1, isList ? "" : `${JSON.stringify(key)}: `, at < entries.length - 1 ? "," : ""));
  return [{ pointer, text: `${pad}${lead}${isList ? "[" : "{"}` }, ...inner, { pointer: null, text: `${pad}${isList ? "]" : "}"}${tail}` }];
}

/** The same as YAML. */
export function yamlLines(value, pointer = "", depth = 0) {
  const pad = "  ".repeat(depth);
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([key, each]) => {
    const lead = `${pad}${isList ? "-" : `${scalar(key)}:`}`;
    const place = `${pointer}/${key}`;
    if (!each || typeof each !== "object" || !Object.keys(each).length) return [{ pointer: place, text: `${lead} ${each && typeof each === "object" ? JSON.stringify(each) : scalar(each)}` }];
    const inner = yamlLines(each, place, depth + 1);
    if (!isList) return [{ pointer: place, text: lead }, ...inner];
    // The first member of an item stands behind its dash.
    return [{ pointer: place, text: `${lead} ${inner[0].text.trimStart()}`, inside: inner[0].pointer }, ...inner.slice(1)];
  });
}

/** A place such as `/States/A/Branches[0]` as a pointer. */
const pointerOf = (location = "") => location.replace(/\[(\d+)\]/g, "/$1").replace(/\/$/, "");

/** The line of a place: its own, or that of what it lies in. */
function lineOf(lines, location) {
  for (let place = location; place !== ""; place = place.slice(0, place.lastIndexOf("/"))) {
    const found = lines.findIndex((line) => line.pointer === place || line.inside === place);
    if (found >= 0) return found;
  }
  return 0;
}

/** A definition, and how it is saved: as JSON it is the text that was deployed. */
export function Definition({ text, findings, name }) {
  const [format, setFormat] = useState("json");
  const value = parsed(text);
  const lines = value === undefined ? text.split("\n").map((line) => ({ text: line })) : format === "json" ? jsonLines(value) : yamlLines(value);
  const placed = findings.map((finding) => ({ ...finding, line: lineOf(lines, pointerOf(finding.location)) }));
  const all = lines.map((line) => line.text).join("\n");
  const keep = () => save(`${name}.asl.${format}`, new Blob([format === "json" ? text : `${all}\n`], { type: TYPES[format] }));
  return html`<section><div class="spread"><h2>Definition</h2><div class="actions"><label class="inline">As <select aria-label="Format" value=${format} onChange=${(event) => setFormat(event.target.value)}><option value="json">JSON</option><option value="yaml">YAML</option></select></label><${Copy} text=${() => all} what="The definition" /><${Button} class="quiet" act=${keep}>Save as ${format.toUpperCase()}<//></div></div>
    ${placed.length > 0 && html`<ul class="findings">${placed.map((finding) => html`<li class=${finding.severity.toLowerCase()}><strong>${finding.severity.toLowerCase()}, line ${finding.line + 1}</strong>: ${finding.message} <span class="faint">${finding.code}</span></li>`)}</ul>`}
    <pre class="numbered" tabindex="0" role="region" aria-label="Definition">${lines.map((line, at) => {
      const here = placed.filter((finding) => finding.line === at);
      return html`<span class=${here.length ? `line ${here[0].severity.toLowerCase()}` : "line"}>${shown(line.text)}${"\n"}</span>${here.map((finding) => html`<span class="remark ${finding.severity.toLowerCase()}">▲ ${finding.message}${"\n"}</span>`)}`;
    })}</pre></section>`;
}
