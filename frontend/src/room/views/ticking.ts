// What shows a time that runs: looks at it in intervals, as long as it is on the page.
import { RoomElement } from "./error-boundary";

export abstract class TickingElement extends RoomElement {
  /** Milliseconds. */
  protected abstract readonly every: number;
  private clock: ReturnType<typeof setInterval> | undefined;

  protected abstract tick(): void;

  override connectedCallback(): void {
    super.connectedCallback();
    this.clock = setInterval(() => this.tick(), this.every);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.clock);
  }
}
