// Which view is shown, and when it is brought up to date.

import { follow } from "./cloud.js";
import { el, outside, replace, say, shown } from "./elements.js";
import { home } from "./home.js";
import { machine } from "./machine.js";
import { execution } from "./execution.js";

const main = document.getElementById("main");
let view = null;
let isUpdating = false;
let isStale = false;

/** The views, by the first word of the address behind `#/`. Each gives its title and how it is brought up to date. */
const VIEWS = { "": home, machine, execution };

async function open() {
  const [word, argument] = location.hash.replace(/^#\/?/, "").split("/");
  const make = VIEWS[word] ?? home;
  const made = make(argument ? decodeURIComponent(argument) : null);
  view = made;
  document.title = `${shown(made.title)} · Workshop console`;
  replace(document.getElementById("trail"), made === null || word === "" ? null : el("span", {}, "› ", outside(made.title)));
  main.replaceChildren(made.root);
  await update();
  main.focus({ preventScroll: true });
  scrollTo(0, 0);
}

/** Brings the view up to date; what changes meanwhile brings it up to date once more. */
async function update() {
  isStale = true;
  if (isUpdating) return;
  isUpdating = true;
  while (isStale) {
    isStale = false;
    const current = view;
    try {
      await current.update();
    } catch (error) {
      if (current === view) {
        replace(main, el("div", { class: "problem", role: "alert" }, el("h1", {}, "This can’t be shown"), el("p", {}, error.message)), current.root);
      }
    }
  }
  isUpdating = false;
}

let ahead = 0;

function connected(isThere, now) {
  const shownState = document.getElementById("connection");
  const text = isThere ? "● live" : "○ The cloud does not answer: what is shown may be old.";
  if (shownState.textContent !== text) shownState.textContent = text;
  shownState.classList.toggle("lost", !isThere);
  if (now) ahead = Date.parse(now) - Date.now();
}

setInterval(() => {
  const now = new Date(Date.now() + ahead);
  document.getElementById("clock").textContent = `${now.toLocaleTimeString()} · ${now.toISOString().slice(0, 19)}Z`;
}, 1000);

addEventListener("hashchange", () => {
  say("");
  open();
});
await open();
follow(update, connected);
