// Arrow keys between the claims of a document, single letters to judge the one that has the focus. Letters do nothing
// elsewhere, so that they disturb nobody who dictates or types (WCAG 2.2, success criterion 2.1.4).

const LIST = "[data-claims]";
const ENTRY = ".entry";

export function listen(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !(event.target instanceof Element)) return;
    const list = event.target.closest(LIST);
    if (list === null || typing(event.target)) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(list, event.target.closest(ENTRY), event.key === "ArrowDown" ? 1 : -1);
      return;
    }
    const entry = event.target.closest(ENTRY);
    const control = entry?.querySelector<HTMLElement>(`[data-key="${CSS.escape(event.key)}"]`);
    if (control) {
      event.preventDefault();
      control.click();
    }
  });
  const current = document.querySelector<HTMLElement>(`${ENTRY}[data-current]`);
  if (current) focus(current);
}

export function focus(entry: HTMLElement): void {
  entry.focus({ preventScroll: true });
  entry.scrollIntoView({ block: "nearest" });
  const place = document.getElementById(entry.dataset["place"] ?? "");
  place?.scrollIntoView({ block: "center" });
}

function typing(target: Element): boolean {
  return target.matches("input, select, textarea") || (target as HTMLElement).isContentEditable;
}

function move(list: Element, from: Element | null, by: 1 | -1): void {
  const entries = [...list.querySelectorAll<HTMLElement>(ENTRY)];
  const at = from === null ? (by === 1 ? -1 : entries.length) : entries.indexOf(from as HTMLElement);
  const next = entries[at + by];
  if (next) focus(next);
}
