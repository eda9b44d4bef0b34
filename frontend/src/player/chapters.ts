// Chapters, transcript and the link to this moment follow the player and seek in it.
import { indexAt } from "./time";
import type { Player } from "./controls";

export function followChapters(player: Player): void {
  const lists = [
    marker([...document.querySelectorAll<HTMLElement>("[data-chapters] a")]),
    marker([...document.querySelectorAll<HTMLElement>("[data-answered] a")]),
    marker([...document.querySelectorAll<HTMLElement>("[data-transcript] li")]),
  ];
  const follow = (): void => {
    for (const mark of lists) mark(player.media.currentTime);
  };
  player.media.addEventListener("timeupdate", follow);
  player.media.addEventListener("seeked", follow);
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-seconds]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.replaceState(null, "", link.hash);
    player.goTo(Number(link.dataset.seconds));
    player.play();
  });
  offerLink(player);
}

function marker(items: HTMLElement[]): (now: number) => void {
  const starts = items.map((item) => Number(item.dataset.seconds));
  let marked: HTMLElement | undefined;
  return (now) => {
    const current = now > 0 ? items[indexAt(starts, now)] : undefined;
    if (current === marked) return;
    marked?.removeAttribute("aria-current");
    current?.setAttribute("aria-current", "true");
    marked = current;
  };
}

function offerLink(player: Player): void {
  const button = document.querySelector<HTMLElement>("[data-link-here]");
  button?.addEventListener("click", () => {
    history.replaceState(null, "", `#t=${Math.floor(player.media.currentTime)}`);
    if (!window.isSecureContext) return; // copying needs a secure context; the address bar has the link all the same
    const status = document.querySelector("[data-link-status]");
    void navigator.clipboard.writeText(location.href).then(() => {
      if (status) status.textContent = button.dataset.done ?? "";
    });
  });
}
