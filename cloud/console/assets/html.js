// Preact with htm: `html` makes elements of a template. Whatever text comes from elsewhere stays text.

import { h, options } from "./vendor/preact.js";
import htm from "./vendor/htm.js";
import { shown } from "./text.js";

export { render, Fragment } from "./vendor/preact.js";
export { useEffect, useErrorBoundary, useLayoutEffect, useMemo, useRef, useState } from "./vendor/hooks.js";

export const html = htm.bind(h);

/** What people see or hear; the value of a field stays as it is. */
const SHOWN = ["title", "aria-label", "placeholder"];

const clean = (child) => {
  if (typeof child === "string") return shown(child);
  return Array.isArray(child) ? child.map(clean) : child;
};

// Every text of every element: what steers a display or turns the direction of writing is shown as a sign of its own.
const before = options.vnode;
options.vnode = (vnode) => {
  if (typeof vnode.type === "string" && vnode.props) {
    const { props } = vnode;
    if (props.children !== undefined) props.children = clean(props.children);
    for (const name of SHOWN) if (typeof props[name] === "string") props[name] = shown(props[name]);
  }
  before?.(vnode);
};
