// Counts down to the planned start, by the server's time. Screen readers are not told of each second.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { inDigits } from "../clock";
import type { RoomClient } from "../room-client";
import { t } from "../translations";
import { RoomElement } from "./error-boundary";

const EVERY = 1_000;
const LONGEST = 24 * 3_600; // seconds; before that the date is enough

@customElement("room-countdown")
export class RoomCountdown extends RoomElement {
  @property({ attribute: false }) room!: RoomClient;
  @property({ attribute: false }) until = "";
  private clock: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.clock = setInterval(() => this.requestUpdate(), EVERY);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.clock);
  }

  protected override render(): TemplateResult | typeof nothing {
    const left = Math.ceil((Date.parse(this.until) - this.room.now()) / 1_000);
    if (Number.isNaN(left) || left > LONGEST) return nothing;
    return html`<p class="waiting__countdown" role="timer">${left > 0 ? t("waiting.in", { time: inDigits(left) }) : t("waiting.now")}</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "room-countdown": RoomCountdown;
  }
}
