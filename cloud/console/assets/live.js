// What is shown follows the cloud: whatever a view has loaded is loaded anew when something has changed.

import { useEffect, useState } from "./html.js";

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
        try {
          const value = await load(() => isGone);
          // The same value is not drawn again.
          if (!isGone) set((before) => (before.value === value && !before.error ? before : { value }));
        } catch (error) {
          if (!isGone) set((before) => ({ value: before.value, error }));
        }
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
