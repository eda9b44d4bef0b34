// `<section class="sticky-action" data-sticky-action="register">` sticks to the bottom of the screen on a phone;
// it is hidden while the element that it repeats is in view.
let observers: IntersectionObserver[] = [];

function watch(): void {
  for (const former of observers) former.disconnect(); // they observe elements that have been swapped out
  observers = [];
  for (const bar of document.querySelectorAll<HTMLElement>("[data-sticky-action]")) {
    const real = document.getElementById(bar.dataset.stickyAction ?? "");
    if (!real) continue;
    const observer = new IntersectionObserver(([entry]) => {
      bar.hidden = entry?.isIntersecting ?? false;
    });
    observer.observe(real);
    observers.push(observer);
  }
}

watch();
document.addEventListener("htmx:afterSwap", watch);
