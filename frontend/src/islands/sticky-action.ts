// `<section class="sticky-action" data-sticky-action="register">` keeps the one thing to do in reach of a thumb;
// it goes away while the real one is in view.
let observers: IntersectionObserver[] = [];

function watch(): void {
  for (const former of observers) former.disconnect(); // it would report on what has been swapped out
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
