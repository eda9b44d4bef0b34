// Controls for <video>: play, position, volume, captions, speed, full screen, each with a key.
import { isComposing } from "../keys";
import { readItem, writeItem } from "../storage";
import { formatSeconds, filled, secondsOf } from "./time";

const SPEEDS = [1, 1.25, 1.5, 2, 0.75];
const CAPTIONS_STORAGE_KEY = "captions";

const hasFullscreen = "requestFullscreen" in Element.prototype;

export class Player {
  private readonly seek: HTMLInputElement | null;
  private isSeeking = false;

  constructor(
    private readonly section: HTMLElement,
    readonly media: HTMLMediaElement,
  ) {
    const controls = section.querySelector<HTMLTemplateElement>("template[data-controls]");
    if (controls) controls.replaceWith(controls.content.cloneNode(true));
    media.controls = false;
    for (const button of section.querySelectorAll<HTMLElement>('[data-do="fullscreen"]')) button.hidden = !hasFullscreen;
    this.seek = section.querySelector("[data-seek]");
    this.listen();
    this.restoreCaptions();
    this.showTime();
    this.showState();
  }

  // ---- actions ----

  play(): void {
    void this.media.play().catch(() => this.showState());
  }

  toggle(): void {
    if (this.media.paused) this.play();
    else this.media.pause();
  }

  goTo(seconds: number): void {
    const end = Number.isFinite(this.media.duration) ? this.media.duration : Infinity;
    this.media.currentTime = Math.max(0, Math.min(seconds, end));
    this.showTime();
  }

  private readonly doing: Record<string, () => void> = {
    play: () => this.toggle(),
    mute: () => (this.media.muted = !this.media.muted),
    captions: () => this.nextCaptions(),
    speed: () => this.changeSpeed(1),
    // eslint-disable-next-line own/oldest-browsers -- the button is hidden without it
    fullscreen: () => hasFullscreen && void (document.fullscreenElement ? document.exitFullscreen() : this.section.requestFullscreen()),
  };

  private readonly keys: Record<string, () => void> = {
    " ": () => this.toggle(),
    k: () => this.toggle(),
    ArrowLeft: () => this.goTo(this.media.currentTime - 5),
    ArrowRight: () => this.goTo(this.media.currentTime + 5),
    j: () => this.goTo(this.media.currentTime - 10),
    l: () => this.goTo(this.media.currentTime + 10),
    Home: () => this.goTo(0),
    End: () => this.goTo(this.media.duration),
    m: () => this.doing.mute?.(),
    c: () => this.nextCaptions(),
    f: () => this.doing.fullscreen?.(),
    ">": () => this.changeSpeed(1),
    "<": () => this.changeSpeed(-1),
  };

  private listen(): void {
    this.section.addEventListener("click", (event) => {
      const button = (event.target as Element).closest<HTMLElement>("[data-do]");
      if (button) this.doing[button.dataset.do ?? ""]?.();
      else if (event.target === this.media) this.toggle();
    });
    document.addEventListener("keydown", (event) => this.pressed(event));
    for (const name of ["play", "pause", "ended", "volumechange", "ratechange"]) {
      this.media.addEventListener(name, () => this.showState());
    }
    for (const name of ["timeupdate", "durationchange", "seeked"]) {
      this.media.addEventListener(name, () => this.showTime());
    }
    this.media.addEventListener("error", () => this.showFailure());
    this.media.addEventListener("loadeddata", () => this.hideFailure());
    this.seek?.addEventListener("input", () => {
      this.isSeeking = true;
      this.showClock(Number(this.seek?.value));
    });
    this.seek?.addEventListener("change", () => {
      this.isSeeking = false;
      this.goTo(Number(this.seek?.value));
    });
    window.addEventListener("hashchange", () => this.followAddress());
    this.media.addEventListener("loadedmetadata", () => this.followAddress(), { once: true });
    if (this.media.readyState >= HTMLMediaElement.HAVE_METADATA) this.followAddress();
  }

  /** Keys work in the player, or while nothing has the focus. */
  private pressed(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (isComposing(event)) return;
    const isFree = target === document.body || this.section.contains(target);
    if (!isFree || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (target instanceof HTMLButtonElement && event.key === " ") return;
    if (target === this.seek && ["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
    const action = this.keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  private followAddress(): void {
    const seconds = secondsOf(location.hash);
    if (seconds !== null) this.goTo(seconds);
  }

  // ---- captions and speed ----

  private get tracks(): TextTrack[] {
    return [...this.media.textTracks].filter((track) => track.kind === "captions");
  }

  private nextCaptions(): void {
    const { tracks } = this;
    const shown = tracks.findIndex((track) => track.mode === "showing");
    this.showCaptions(tracks[shown + 1]?.language ?? "");
  }

  private showCaptions(language: string): void {
    for (const track of this.tracks) track.mode = track.language === language ? "showing" : "disabled";
    const shown = this.tracks.find((track) => track.mode === "showing");
    this.write("[data-captions-word]", shown?.label ?? this.section.dataset.off ?? "");
    writeItem("localStorage", CAPTIONS_STORAGE_KEY, shown?.language ?? "");
  }

  private restoreCaptions(): void {
    if (this.tracks.length) this.showCaptions(readItem("localStorage", CAPTIONS_STORAGE_KEY));
  }

  private changeSpeed(step: number): void {
    const place = SPEEDS.indexOf(this.media.playbackRate);
    this.media.playbackRate = SPEEDS[(place + step + SPEEDS.length) % SPEEDS.length] ?? 1;
  }

  // ---- rendering ----

  private showState(): void {
    const { paused, muted, playbackRate } = this.media;
    for (const sign of this.section.querySelectorAll<HTMLElement>("[data-when]")) {
      sign.hidden = (sign.dataset.when === "playing") === paused;
    }
    this.write("[data-play-word]", (paused ? this.section.dataset.play : this.section.dataset.pause) ?? "");
    this.write("[data-speed-word]", `${playbackRate.toLocaleString(document.documentElement.lang)}×`);
    this.section.querySelector('[data-do="mute"]')?.setAttribute("aria-pressed", String(muted));
  }

  private showTime(): void {
    if (this.isSeeking) return;
    const { currentTime, duration } = this.media;
    if (this.seek) {
      if (Number.isFinite(duration)) this.seek.max = String(Math.floor(duration));
      this.seek.value = String(Math.floor(currentTime));
    }
    this.showClock(currentTime);
  }

  private showClock(seconds: number): void {
    const end = Number.isFinite(this.media.duration) ? this.media.duration : Number(this.seek?.max ?? 0);
    const words = filled(this.section.dataset.position ?? "%1 / %2", formatSeconds(seconds), formatSeconds(end));
    this.write("[data-clock]", words);
    this.seek?.setAttribute("aria-valuetext", words);
  }

  private showFailure(): void {
    const place = this.section.querySelector<HTMLElement>("[data-failure]");
    if (!place) return;
    place.textContent = this.section.dataset.failed ?? "";
    place.hidden = false;
  }

  private hideFailure(): void {
    const place = this.section.querySelector<HTMLElement>("[data-failure]");
    if (place) place.hidden = true;
  }

  private write(selector: string, words: string): void {
    const place = this.section.querySelector(selector);
    if (place && place.textContent !== words) place.textContent = words;
  }
}
