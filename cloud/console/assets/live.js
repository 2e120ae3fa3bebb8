// What is shown follows the cloud: whatever a view has loaded is loaded anew when something has changed.

import { useEffect, useState } from "./html.js";
import { followOnly } from "./cloud.js";

/** What takes no longer is asked for as often as something changes. */
const QUICK_MS = 10;
const LONGEST_PAUSE_MS = 100;

/** What is loaded, each with the topics that it is of; null where that is everything. */
const listeners = new Map();

/** What the stream shows with each change, and who is shown it. */
const viewers = new Map();

/** Shows what is told, and loads anew what is of the topics that have changed; all of it, where none are named. */
export function changed({ changed: topics, ...told } = {}) {
  for (const [what, show] of viewers) if (told[what]) show(told[what]);
  for (const [load, of] of listeners) if (!topics || !of || topics.some((topic) => topic === "settings" || of.includes(topic))) load();
}

let isAsking = false;

/** What is listened to, once all views of a turn are there: the cloud has to tell of nothing else. */
function listen() {
  if (isAsking) return;
  isAsking = true;
  setTimeout(() => {
    isAsking = false;
    const all = [...listeners.values()];
    const of = viewers.size || !all.length || all.includes(null) ? [] : [...new Set(["settings", ...all.flat()])].sort();
    followOnly({ of, show: [...viewers.keys()] });
  }, 20);
}

/** What `load` gives: anew with other `dependencies`, and after each change of its topics `of`, or any. What changes meanwhile is loaded once more. */
export function useLive(load, dependencies, of = null) {
  const [state, set] = useState({});
  useEffect(() => {
    let isGone = false;
    let isBusy = false;
    let isStale = false;
    const update = async () => {
      isStale = true;
      if (isBusy) return;
      isBusy = true;
      while (isStale && !isGone) {
        isStale = false;
        const begun = performance.now();
        try {
          const value = await load(() => isGone);
          // The same value is not drawn again.
          if (!isGone) set((before) => (before.value === value && !before.error ? before : { value }));
        } catch (error) {
          if (!isGone) set((before) => ({ value: before.value, error }));
        }
        // What takes long is not asked for all the time: a busy cloud has other things to do.
        const took = performance.now() - begun;
        if (took > QUICK_MS) await new Promise((done) => setTimeout(done, Math.min(LONGEST_PAUSE_MS, 2 * took)));
      }
      isBusy = false;
    };
    listeners.set(update, of);
    listen();
    update();
    return () => {
      isGone = true;
      listeners.delete(update);
      listen();
    };
  }, [...dependencies, of?.join(" ")]);
  return state;
}

/** What `load` gives, and then what the stream shows of it with each change. */
export function useShown(what, load) {
  const [state, set] = useState({});
  useEffect(() => {
    let isGone = false;
    const show = (value) => set({ value });
    const first = () => load().then((value) => isGone || show(value), (error) => isGone || set((before) => ({ value: before.value, error })));
    viewers.set(what, show);
    listen();
    first();
    return () => {
      isGone = true;
      viewers.delete(what);
      listen();
    };
  }, []);
  return state;
}

/** Has its component drawn again and again while something goes on. */
export function useTicks(isOn, ms = 500) {
  const [, set] = useState(0);
  useEffect(() => {
    if (!isOn) return undefined;
    const timer = setInterval(() => set((count) => count + 1), ms);
    return () => clearInterval(timer);
  }, [isOn, ms]);
}
