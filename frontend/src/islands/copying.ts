// `<button hidden data-copy="id of a field" data-copied="Copied">`: shown where the browser can copy.
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>("button[data-copy]") : null;
  const field = button && document.getElementById(button.dataset.copy ?? "");
  if (button && field instanceof HTMLInputElement) void copy(button, field);
});

async function copy(button: HTMLButtonElement, field: HTMLInputElement): Promise<void> {
  const words = button.querySelector("span");
  field.select();
  await navigator.clipboard.writeText(field.value);
  if (!words) return;
  const before = words.textContent;
  words.setAttribute("role", "status");
  words.textContent = button.dataset.copied ?? before;
  setTimeout(() => {
    words.textContent = before;
  }, 2500);
}

function show(): void {
  if (!("clipboard" in navigator)) return;
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy][hidden]")) button.hidden = false;
}

show();
document.addEventListener("htmx:load", show);
