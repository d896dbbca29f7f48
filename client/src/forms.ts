// The form for a correction opens within its claim: the first field gets the focus, Escape and Cancel close it again.

export function offer(): void {
  document.addEventListener("htmx:after:swap", () => {
    const form = document.querySelector<HTMLFormElement>(".correcting form:not([data-seen])");
    if (form) {
      form.setAttribute("data-seen", "");
      form.querySelector<HTMLElement>("select, input:not([type=hidden])")?.focus();
    }
  });
  document.addEventListener("click", (event) => {
    const cancel = event.target instanceof Element ? event.target.closest(".correcting [data-cancel]") : null;
    if (cancel) {
      event.preventDefault();
      close(cancel);
    }
  });
  document.addEventListener("keydown", (event) => {
    const inside = event.target instanceof Element ? event.target.closest(".correcting form") : null;
    if (event.key === "Escape" && inside) close(inside);
  });
}

function close(within: Element): void {
  const entry = within.closest<HTMLElement>(".entry");
  within.closest(".correcting")?.replaceChildren();
  entry?.focus();
}
