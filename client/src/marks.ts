// The marks in the text go with the claims beside it: the one that has the focus stands out, rejected ones fade.

import { focus } from "./keys";

export function follow(): void {
  document.addEventListener("focusin", (event) => {
    const entry = event.target instanceof Element ? event.target.closest<HTMLElement>(".entry") : null;
    if (entry) point(entry);
  });
  document.addEventListener("click", (event) => {
    const note = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a.note") : null;
    const entry = note?.hash ? document.getElementById(note.hash.slice(1)) : null;
    if (note && entry) {
      event.preventDefault();
      focus(entry);
    }
  });
  // A claim that was judged comes back as a new element: it gets the focus that the old one had, and its mark follows.
  document.addEventListener("htmx:after:swap", () => {
    for (const entry of document.querySelectorAll<HTMLElement>(".entry")) fade(entry);
    const current = document.querySelector<HTMLElement>(".entry[data-current]");
    if (current && (document.activeElement === null || document.activeElement === document.body)) {
      current.focus({ preventScroll: true });
    }
  });
}

function point(entry: HTMLElement): void {
  for (const other of document.querySelectorAll(".entry[data-current]")) {
    if (other !== entry) other.removeAttribute("data-current");
  }
  entry.setAttribute("data-current", "");
  for (const place of document.querySelectorAll(".place.pointed")) place.classList.remove("pointed");
  document.getElementById(entry.dataset["place"] ?? "")?.classList.add("pointed");
}

function fade(entry: HTMLElement): void {
  const marks = document.getElementById(entry.dataset["place"] ?? "")?.querySelectorAll("mark.counted") ?? [];
  for (const mark of marks) mark.classList.toggle("faded", entry.dataset["faded"] === "yes");
}
