// What is shown follows the cloud: whatever a view has loaded is loaded anew when something has changed.

import { useEffect, useState } from "./html.js";

/** What takes no longer is asked for as often as something changes. */
const QUICK_MS = 10;
const LONGEST_PAUSE_MS = 1000;

const listeners = new Set();

export function changed() {
  listeners.forEach((listener) => listener());
}

/** What `load` gives: anew with other `dependencies`, and after each change. What changes meanwhile is loaded once more. */
export function useLive(load, dependencies) {
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
        if (took > QUICK_MS) await new Promise((done) => setTimeout(done, Math.min(LONGEST_PAUSE_MS, 4 * took)));
      }
      isBusy = false;
    };
    listeners.add(update);
    update();
    return () => {
      isGone = true;
      listeners.delete(update);
    };
  }, dependencies);
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
