// The picture of a state machine: it is zoomed and moved by mouse and keyboard, and saved as SVG or PNG.

import { html, useEffect, useRef, useState } from "./html.js";
import { save } from "./parts.js";

const SMALLEST = 0.1;
const LARGEST = 4;
const STEP = 1.25;
/** A mouse that moved no further has clicked. */
const CLICK_PX = 4;
/** Around the picture, as the style sheet has it. */
const MARGIN_PX = 18;

/** The picture’s own size. */
const sizeOf = (svg) => svg.getAttribute("viewBox").split(" ").slice(2).map(Number);

/** How a picture is zoomed: `to` has it drawn at a scale, so that a point of the window stays where it is. */
function useZoom(root) {
  const [scale, set] = useState(1);
  const current = useRef(1);
  const draw = () => {
    const svg = root.current?.querySelector("svg");
    if (!svg) return;
    const [width, height] = sizeOf(svg);
    svg.style.width = `${width * current.current}px`;
    svg.style.height = `${height * current.current}px`;
  };
  const zoomTo = (wanted, x, y) => {
    const box = root.current;
    const next = Math.min(LARGEST, Math.max(SMALLEST, wanted));
    const place = box.getBoundingClientRect();
    const left = (x ?? place.left + box.clientWidth / 2) - place.left;
    const top = (y ?? place.top + box.clientHeight / 2) - place.top;
    const by = next / current.current;
    const at = [(box.scrollLeft + left) * by - left, (box.scrollTop + top) * by - top];
    current.current = next;
    draw();
    box.scrollTo(...at);
    set(next);
  };
  const fit = () => {
    const [width, height] = sizeOf(root.current.querySelector("svg"));
    const most = Number.parseFloat(getComputedStyle(root.current).maxHeight) || root.current.clientHeight;
    zoomTo(Math.min((root.current.clientWidth - MARGIN_PX) / width, (most - MARGIN_PX) / height, 1));
  };
  return { scale, draw, fit, to: zoomTo, by: (factor, x, y) => zoomTo(current.current * factor, x, y) };
}

/** Dragged with the mouse, the picture is moved. A drag is no click on a state. */
function drag(box, down) {
  if (down.button !== 0 || down.pointerType === "touch") return;
  const from = [box.scrollLeft + down.clientX, box.scrollTop + down.clientY];
  let isMoved = false;
  const move = (event) => {
    if (!isMoved && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < CLICK_PX) return;
    isMoved = true;
    box.classList.add("dragged");
    box.scrollTo(from[0] - event.clientX, from[1] - event.clientY);
  };
  const up = () => {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", up);
    removeEventListener("pointercancel", up);
    box.classList.remove("dragged");
    if (!isMoved) return;
    const stop = (event) => event.stopPropagation();
    box.addEventListener("click", stop, { capture: true, once: true });
    setTimeout(() => box.removeEventListener("click", stop, { capture: true }));
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", up);
  addEventListener("pointercancel", up);
}

/** It is made of escaped text by this very cloud, and read as XML. */
export function Picture({ svg, ready, actions }) {
  const root = useRef();
  const zoom = useZoom(root);
  useEffect(() => {
    const read = new DOMParser().parseFromString(svg, "image/svg+xml");
    const key = document.activeElement?.dataset?.state;
    const had = root.current.contains(document.activeElement);
    root.current.replaceChildren(document.importNode(read.documentElement, true));
    zoom.draw();
    ready?.(root.current);
    if (had && key) root.current.querySelector(`[data-state="${key}"]`)?.focus({ preventScroll: true });
  }, [svg]);
  useEffect(() => {
    const wheel = (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoom.by(Math.exp(-event.deltaY / 400), event.clientX, event.clientY);
    };
    root.current.addEventListener("wheel", wheel, { passive: false });
  }, []);
  const keys = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = { "+": () => zoom.by(STEP), "=": () => zoom.by(STEP), "-": () => zoom.by(1 / STEP), 0: () => zoom.to(1), f: zoom.fit }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  const button = (name, words, act) => html`<button type="button" class="quiet" aria-label=${words} title=${words} onClick=${act}>${name}</button>`;
  return html`<div class="spread"><h2>Graph</h2><div class="actions zoom" role="group" aria-label="Zoom">${button("−", "Smaller", () => zoom.by(1 / STEP))}${button(`${Math.round(zoom.scale * 100)} %`, "In its own size", () => zoom.to(1))}${button("+", "Larger", () => zoom.by(STEP))}${button("Fit", "Fit into its frame", zoom.fit)}</div>${actions}</div>
    <div class="picture" tabindex="0" role="region" aria-label="Graph: arrow keys move it, + and - zoom, 0 shows it in its own size, f fits it into its frame" ref=${root} onKeyDown=${keys} onPointerDown=${(event) => drag(root.current, event)}></div>`;
}

/** Moves the picture so that a state can be seen. */
export function bringIntoView(box, group) {
  const frame = box.getBoundingClientRect();
  const place = group.getBoundingClientRect();
  const isSeen = place.top >= frame.top && place.bottom <= frame.bottom && place.left >= frame.left && place.right <= frame.right;
  if (!isSeen) box.scrollBy(place.left + place.width / 2 - frame.left - box.clientWidth / 2, place.top + place.height / 2 - frame.top - box.clientHeight / 2);
}

/** Saves a picture: as SVG with its style sheet, or drawn as PNG by the browser. */
export async function savePicture(root, name, format) {
  const drawn = root.querySelector("svg").cloneNode(true);
  drawn.removeAttribute("style");
  const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
  style.textContent = await (await fetch("graph.css")).text();
  drawn.prepend(style);
  drawn.querySelectorAll("[tabindex]").forEach((group) => ["tabindex", "role", "aria-pressed"].forEach((attribute) => group.removeAttribute(attribute)));
  const svg = new Blob([new XMLSerializer().serializeToString(drawn)], { type: "image/svg+xml" });
  if (format === "svg") return save(`${name}.svg`, svg);
  const [width, height] = sizeOf(drawn);
  const image = new Image();
  image.src = URL.createObjectURL(svg);
  await image.decode();
  const canvas = document.createElement("canvas");
  // Twice as sharp, as far as browsers draw.
  const scale = Math.min(2, 8192 / Math.max(width, height));
  canvas.width = width * scale;
  canvas.height = height * scale;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((done) => canvas.toBlob((png) => done(save(`${name}.png`, png)), "image/png"));
}
