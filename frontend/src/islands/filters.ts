// `<form data-live-filters>`: on a wide screen, where list and filters are side by side, a choice applies at once.
document.addEventListener("change", (event) => {
  const field = event.target instanceof HTMLElement ? event.target : null;
  const form = field?.closest<HTMLFormElement>("form[data-live-filters]");
  if (form && field?.getAttribute("type") !== "search" && matchMedia("(min-width: 60rem)").matches) form.querySelector<HTMLButtonElement>("button[type=submit]")?.click();
});
