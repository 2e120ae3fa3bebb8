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
/** How small a picture is drawn at first so that it fits into its frame: its texts can still be read. */
const READABLE = 0.65;
/** The sides of the overview, at most and at least: a narrower one shows nothing. */
const OVERVIEW_PX = [24, 150];
/** By how much a picture is larger than its frame before it has an overview. */
const LARGE = 1.2;

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
  /** The scales at which width and height fit. */
  const fitting = () => {
    const [width, height] = sizeOf(root.current.querySelector("svg"));
    const most = Number.parseFloat(getComputedStyle(root.current).maxHeight) || root.current.clientHeight;
    return [(root.current.clientWidth - MARGIN_PX) / width, (most - MARGIN_PX) / height];
  };
  const fit = () => zoomTo(Math.min(...fitting(), 1));
  /** As it fits, as far as its texts can be read then. */
  const begin = () => zoomTo(Math.min(1, ...fitting().filter((scale) => scale >= READABLE)));
  return { scale, draw, fit, begin, to: zoomTo, by: (factor, x, y) => zoomTo(current.current * factor, x, y) };
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

/** What of a picture is seen, in its own pixels; nothing where all of it is, nearly. */
function seenOf(box) {
  const svg = box.querySelector("svg");
  if (!svg || Math.max(box.scrollWidth / box.clientWidth, box.scrollHeight / box.clientHeight) < LARGE) return null;
  const size = sizeOf(svg);
  const [least, most] = OVERVIEW_PX;
  const small = most / Math.max(...size);
  if (Math.min(...size) * small < least) return null;
  const scale = svg.clientWidth / size[0];
  const seen = { x: box.scrollLeft / scale, y: box.scrollTop / scale, width: box.clientWidth / scale, height: box.clientHeight / scale };
  return { size, small, scale, seen };
}

/** All of a large picture, small, with what is seen of it: a press there moves it. The same is done by keyboard in the picture itself. */
function Overview({ root, svg, zoomed }) {
  const copy = useRef();
  const [shown, set] = useState(null);
  useEffect(() => {
    const box = root.current;
    const look = () => set(seenOf(box));
    look();
    const watched = new ResizeObserver(look);
    watched.observe(box);
    box.addEventListener("scroll", look, { passive: true });
    return () => {
      watched.disconnect();
      box.removeEventListener("scroll", look);
    };
  }, [svg, zoomed]);
  useEffect(() => {
    if (!shown) return;
    const drawn = root.current.querySelector("svg").cloneNode(true);
    drawn.removeAttribute("style");
    drawn.querySelectorAll("[tabindex]").forEach((group) => ["tabindex", "role", "aria-pressed", "aria-label", "data-state"].forEach((name) => group.removeAttribute(name)));
    copy.current.replaceChildren(drawn);
  }, [svg, Boolean(shown)]);
  if (!shown) return null;
  const { size, small, scale, seen } = shown;
  const move = (event) => {
    if (!(event.buttons & 1)) return;
    const place = event.currentTarget.getBoundingClientRect();
    const box = root.current;
    box.scrollTo(((event.clientX - place.left) / small) * scale - box.clientWidth / 2, ((event.clientY - place.top) / small) * scale - box.clientHeight / 2);
  };
  return html`<svg class="overview" aria-hidden="true" width=${size[0] * small} height=${size[1] * small} viewBox="0 0 ${size.join(" ")}" onPointerDown=${move} onPointerMove=${move}><g ref=${copy}></g><rect class="seen" ...${seen} /></svg>`;
}

/** It is made of escaped text by this very cloud, and read as XML. */
export function Picture({ svg, ready, actions, name = "Graph" }) {
  const root = useRef();
  const zoom = useZoom(root);
  const isDrawn = useRef(false);
  useEffect(() => {
    const read = new DOMParser().parseFromString(svg, "image/svg+xml");
    const key = document.activeElement?.dataset?.state;
    const had = root.current.contains(document.activeElement);
    root.current.replaceChildren(document.importNode(read.documentElement, true));
    if (isDrawn.current) zoom.draw();
    else zoom.begin();
    isDrawn.current = true;
    ready?.(root.current);
    if (had && key) root.current.querySelector(`[data-state="${key}"]`)?.focus({ preventScroll: true });
  }, [svg]);
  useEffect(() => {
    const wheel = (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoom.by(Math.exp(-event.deltaY / 400), event.clientX, event.clientY);
    };
    // The overview lies over it.
    root.current.parentElement.addEventListener("wheel", wheel, { passive: false });
  }, []);
  const keys = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = { "+": () => zoom.by(STEP), "=": () => zoom.by(STEP), "-": () => zoom.by(1 / STEP), 0: () => zoom.to(1), f: zoom.fit }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  const button = (name, words, act) => html`<button type="button" class="quiet" aria-label=${words} title=${words} onClick=${act}>${name}</button>`;
  return html`<div class="spread"><h2>${name}</h2><div class="actions zoom" role="group" aria-label="Zoom">${button("−", "Smaller", () => zoom.by(1 / STEP))}${button(`${Math.round(zoom.scale * 100)} %`, "In its own size", () => zoom.to(1))}${button("+", "Larger", () => zoom.by(STEP))}${button("Fit", "Fit into its frame", zoom.fit)}</div>${actions}</div>
    <div class="frame"><div class="picture" tabindex="0" role="region" aria-label="${name}: arrow keys move it, + and - zoom, 0 shows it in its own size, f fits it into its frame" ref=${root} onKeyDown=${keys} onPointerDown=${(event) => drag(root.current, event)}></div><${Overview} root=${root} svg=${svg} zoomed=${zoom.scale} /></div>`;
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
