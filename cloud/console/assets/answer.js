// Answers a task that waits for somebody with its token.

import { html, useState } from "./html.js";
import { act } from "./cloud.js";
import { Button, Copy, Field, say } from "./parts.js";
import { valid } from "./text.js";

export function Answer({ executionArn, token }) {
  const [output, setOutput] = useState("{}");
  const [error, setError] = useState("Refused");
  const [cause, setCause] = useState("");
  const send = async (answer, said) => {
    await act("token", { executionArn, taskToken: token, ...answer });
    say(said);
  };
  return html`<section class="card" role="region" aria-label="Answer the task">
    <h3>It waits for somebody who has its token</h3>
    <${Field} label="Output (JSON)"><textarea rows="3" spellcheck="false" value=${output} onInput=${(event) => setOutput(event.target.value)}></textarea><//>
    <div class="actions"><${Button} act=${() => send({ output: valid(output, "output") }, "Answered.")}>Succeed<//></div>
    <details><summary>Have it fail, or send a heartbeat</summary>
      <${Field} label="Error"><input value=${error} onInput=${(event) => setError(event.target.value)} /><//>
      <${Field} label="Cause"><input value=${cause} onInput=${(event) => setCause(event.target.value)} /><//>
      <div class="actions"><${Button} act=${() => send({ error, cause }, "Answered.")}>Fail<//><${Button} act=${() => send({}, "The heartbeat is sent.")}>Send a heartbeat<//></div></details>
    <div class="actions"><${Copy} text=${() => token} what="The task token">Copy the token<//></div>
  </section>`;
}
