// `<section class="reach" data-reach="register">` keeps the one thing to do in reach of a thumb;
// it goes away while the real one is in view.
function watch(): void {
  for (const bar of document.querySelectorAll<HTMLElement>("[data-reach]")) {
    const real = document.getElementById(bar.dataset.reach ?? "");
    if (!real) continue;
    new IntersectionObserver(([entry]) => {
      bar.hidden = entry?.isIntersecting ?? false;
    }).observe(real);
  }
}

watch();
document.addEventListener("htmx:afterSwap", watch);
