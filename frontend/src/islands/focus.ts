// Leads keyboard and screen reader to what a sent form came to: `[data-focus]` on the page after it, such as the heading
// that confirms it; in the form shown again, the message or the first field to fix.
const FAULTS = "[data-focus], [role=alert], [aria-invalid=true]";

function focusOn(element: HTMLElement | null): void {
  if (element && !element.matches("a, button, input, select, textarea")) element.tabIndex = -1;
  element?.focus();
}

focusOn(document.querySelector<HTMLElement>("[data-focus], [aria-invalid=true]"));
document.addEventListener("htmx:afterSettle", (event) => {
  const { elt } = (event as CustomEvent<{ elt: Element }>).detail;
  if (document.activeElement === document.body) focusOn(elt.querySelector<HTMLElement>(FAULTS));
});
