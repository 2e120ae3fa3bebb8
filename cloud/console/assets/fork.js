// Forks an execution: a new one begins in the chosen state, with the input that it had or another one.

import { html, useEffect, useState } from "./html.js";
import { act } from "./cloud.js";
import { Button, Field, say, to } from "./parts.js";
import { pretty, valid } from "./text.js";

export function Fork({ history, data, visit }) {
  const entered = visit.events[0];
  const [known, setKnown] = useState(null);
  const [input, setInput] = useState("");
  const [name, setName] = useState("");
  useEffect(() => {
    let isGone = false;
    data.whole(entered.id, "input").then(
      (text) => {
        if (isGone) return;
        setKnown(pretty(text));
        // Whoever was faster has an input of their own.
        setInput((typed) => typed || pretty(text));
      },
      () => isGone || setKnown(""),
    );
    return () => {
      isGone = true;
    };
  }, [entered.id]);
  const fork = async () => {
    const body = { executionArn: history.found.executionArn, atEvent: entered.id, name: name.trim() };
    if (input !== known) body.input = valid(input, "input");
    const forked = await act("fork", body);
    say("A new execution begins there.");
    location.hash = to("execution", forked.executionArn);
  };
  return html`<p class="faint">A new execution begins in <bdi>${visit.state}</bdi>${visit.iteration !== null && visit.iteration !== undefined && ` (iteration ${visit.iteration})`}, as if it had come there: with its variables, and with what other branches had come to.</p>
    <${Field} label="Input of the state (JSON)"><textarea rows="6" spellcheck="false" value=${input} onInput=${(event) => setInput(event.target.value)}></textarea><//>
    <${Field} label="Name of the new execution (may stay empty)"><input maxlength="80" autocomplete="off" value=${name} onInput=${(event) => setName(event.target.value)} /><//>
    <div class="actions"><${Button} class="main" act=${fork}>Fork<//></div>`;
}
