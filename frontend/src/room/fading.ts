// Controls that lie over the stage fade while nobody touches the screen, and come back at the next touch or key.

export type Fade = "shown" | "waking" | "faded";

const FADES_AFTER = 3_000;
/** The touch that brings the controls back must not press the one that appears under the finger. */
const WAKES_FOR = 400;
/** A focus that comes later than this after a touch was not moved by it, but by a keyboard or a screen reader. */
const TOUCH_MOVES_FOCUS = 700;

export class Fading {
  fade: Fade = "shown";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private touchedAt = -Infinity;
  private isHeld = false;

  /** `mayFade` is asked when the time is over; `controls` tells whether an element is one of those that fade. */
  constructor(
    private readonly mayFade: () => boolean,
    private readonly controls: (element: Element) => boolean,
    private readonly changed: () => void,
  ) {}

  listen(): void {
    window.addEventListener("pointerdown", this.touched, { capture: true });
    window.addEventListener("pointermove", this.wake);
    window.addEventListener("keydown", this.wake, { capture: true });
    window.addEventListener("focusin", this.focused);
    window.addEventListener("focusout", this.left);
    this.wake();
  }

  stop(): void {
    window.removeEventListener("pointerdown", this.touched, { capture: true });
    window.removeEventListener("pointermove", this.wake);
    window.removeEventListener("keydown", this.wake, { capture: true });
    window.removeEventListener("focusin", this.focused);
    window.removeEventListener("focusout", this.left);
    clearTimeout(this.timer);
  }

  private readonly touched = (): void => {
    this.touchedAt = performance.now();
    this.wake();
  };

  private readonly focused = (event: FocusEvent): void => {
    const isMovedByTouch = performance.now() - this.touchedAt < TOUCH_MOVES_FOCUS;
    this.isHeld = event.target instanceof Element && this.controls(event.target) && !isMovedByTouch;
    this.wake();
  };

  private readonly left = (): void => {
    this.isHeld = false;
    this.wake();
  };

  readonly wake = (): void => {
    clearTimeout(this.timer);
    if (this.fade === "faded") {
      this.set("waking");
      setTimeout(() => this.fade === "waking" && this.set("shown"), WAKES_FOR);
    }
    this.timer = setTimeout(this.idle, FADES_AFTER);
  };

  private readonly idle = (): void => {
    if (this.isHeld || !this.mayFade()) this.wake();
    else this.set("faded");
  };

  private set(fade: Fade): void {
    this.fade = fade;
    this.changed();
  }
}
