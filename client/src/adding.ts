// Words that are selected in the text of a document become the number of a claim that a person adds. Offsets count
// Unicode code points of the text as it was read: a character that is drawn as a mark counts as the one that it stands for.

export function offer(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-adding]");
  const text = document.querySelector<HTMLElement>(".text");
  if (form === null || text === null) return;
  document.addEventListener("selectionchange", () => {
    const chosen = within(text);
    form.hidden = chosen === null;
    if (chosen === null) return;
    field(form, "start").value = String(chosen.start);
    field(form, "end").value = String(chosen.end);
    const shown = form.querySelector(".chosen-words");
    if (shown) shown.textContent = chosen.words;
  });
}

function field(form: HTMLFormElement, name: string): HTMLInputElement {
  return form.elements.namedItem(name) as HTMLInputElement;
}

function within(text: HTMLElement): { start: number; end: number; words: string } | null {
  const selection = document.getSelection();
  if (selection === null || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return null;
  let start = offset(text, range.startContainer, range.startOffset);
  let end = offset(text, range.endContainer, range.endOffset);
  const points = [...whole(text)];
  while (start < end && blank(points[start])) start += 1;
  while (end > start && blank(points[end - 1])) end -= 1;
  return start < end ? { start, end, words: points.slice(start, end).join("") } : null;
}

function blank(point: string | undefined): boolean {
  return point !== undefined && point.trim() === "";
}

function offset(text: HTMLElement, container: Node, at: number): number {
  const before = document.createRange();
  before.setStart(text, 0);
  before.setEnd(container, at);
  return [...whole(before.cloneContents())].length;
}

function whole(node: Node): string {
  let found = "";
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) found += (child as Text).data;
    else if (child instanceof HTMLElement && child.dataset["cp"] !== undefined) {
      found += String.fromCodePoint(parseInt(child.dataset["cp"], 16));
    } else found += whole(child);
  }
  return found;
}
