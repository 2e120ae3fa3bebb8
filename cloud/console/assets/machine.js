// A state machine: start it, its picture, its executions, its definition, its versions and aliases.

import { html, useRef } from "./html.js";
import { read } from "./cloud.js";
import { Definition } from "./definition.js";
import { Executions } from "./executions.js";
import { useLive } from "./live.js";
import { Role } from "./role.js";
import { ApiMoment, Arn, Button, Link, Problem, Table, to } from "./parts.js";
import { Picture, savePicture } from "./picture.js";
import { NewExecution, Schedule } from "./start.js";
import { nameOf } from "./text.js";

function Versions({ machine }) {
  if (!machine.versions.length && !machine.aliases.length) return null;
  return html`<section><h2>Versions and aliases</h2><div class="columns even">
    <${Table} caption="Versions" headings=${["Version", "Made"]} rows=${machine.versions.map((version) => [nameOf(version.stateMachineVersionArn), html`<${ApiMoment} at=${version.creationDate} />`])} empty="There is no version." />
    <${Table} caption="Aliases" headings=${["Alias", "Made"]} rows=${machine.aliases.map((alias) => [nameOf(alias.stateMachineAliasArn), html`<${ApiMoment} at=${alias.creationDate} />`])} empty="There is no alias." /></div></section>`;
}

export function Machine({ arn, parameters }) {
  const { value: machine, error } = useLive(() => read("machine", { arn }), [arn], []);
  const picture = useRef();
  if (!machine) return html`<${Problem} text=${error?.message} />`;
  const route = machine.schedule;
  return html`<${Problem} text=${error?.message} />
    <h1><bdi>${machine.name}</bdi></h1>
    <p class="faint">${machine.type.toLowerCase()} state machine · made <${ApiMoment} at=${machine.createdAt} />${machine.logGroup && html` · <${Link} href=${to("log", machine.logGroup)}>its log<//>`}</p>
    <p class="faint"><${Arn} arn=${machine.arn} what="The ARN" /></p>
    <div class="columns even"><div>
      ${route && html`<${Schedule} machine=${machine} route=${route} />`}
      <${NewExecution} key=${parameters.get("like")} machine=${machine} like=${parameters.get("like")} isOpen=${!route} />
    </div>
    <section class="beside">
      <${Picture} svg=${machine.picture} ready=${(root) => (picture.current = root)} actions=${html`<div class="actions"><${Button} class="quiet" act=${() => savePicture(picture.current, machine.name, "svg")}>Save as SVG<//><${Button} class="quiet" act=${() => savePicture(picture.current, machine.name, "png")}>Save as PNG<//></div>`} /></section></div>
    ${machine.type === "STANDARD" ? html`<${Executions} arn=${arn} status=${parameters.get("status") ?? ""} />` : html`<p class="faint">Express executions are not kept: their log has what they did.</p>`}
    <${Definition} text=${machine.definition} findings=${machine.findings} name=${machine.name} />
    <${Versions} machine=${machine} />
    <${Role} machine=${machine} />`;
}
