// The graph of an execution: its states are chosen in it.

import { html, useEffect } from "./html.js";
import { bringIntoView, Picture } from "./picture.js";

/** What is seen of a state, and how it stands. */
function spoken(group, state) {
  const seen = [...group.querySelectorAll("text")].map((text) => text.textContent);
  return `${seen.join(" ")}, ${state?.status ?? ""}`;
}

export function Graph({ history, chosen, choose, picture }) {
  const mark = () => {
    for (const group of picture.current?.querySelectorAll("[data-state]") ?? []) {
      const isChosen = history.states[Number(group.dataset.state)]?.name === chosen?.state;
      group.classList.toggle("chosen", isChosen);
      group.setAttribute("aria-pressed", String(isChosen));
      if (isChosen) bringIntoView(picture.current, group);
    }
  };
  const ready = (root) => {
    picture.current = root;
    for (const group of root.querySelectorAll("[data-state]")) {
      const state = history.states[Number(group.dataset.state)];
      group.setAttribute("tabindex", "0");
      group.setAttribute("role", "button");
      group.setAttribute("aria-label", spoken(group, state));
      const act = (event) => {
        event.stopPropagation();
        const visit = history.bestOf(state.name);
        choose(visit ?? { state: state.name, isMissing: true });
      };
      group.addEventListener("click", act);
      group.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        act(event);
      });
    }
    mark();
  };
  useEffect(mark, [chosen?.state]);
  return html`<${Picture} svg=${history.picture} ready=${ready} />`;
}
