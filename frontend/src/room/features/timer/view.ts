// The timer over the stage, and its control for hosts. A screen reader hears its start, the last minute and the end.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { inDigits } from "../../clock";
import type { RoomClient } from "../../room-client";
import type { Timer } from "../../protocol.generated";
import { may } from "../../state";
import { t } from "../../translations";
import { TickingElement } from "../../views/ticking";
import { item, menu } from "../../views/menus";
import type { RoomContext, RoomFeature } from "../registry";
import { announcement, isOver, secondsLeft } from "./state";

const EVERY = 250;
const MINUTES = [1, 2, 3, 5, 10, 15];
const FEW = [2, 5, 10];

@customElement("room-timer")
export class RoomTimer extends TickingElement {
  @property({ attribute: false }) here!: RoomContext;
  @property({ attribute: false }) timer!: Timer;
  protected readonly every = EVERY;
  private announced = { ends_at: "", left: 0 };

  protected override tick(): void {
    const left = secondsLeft(this.timer, this.here.room.now());
    const isNew = this.announced.ends_at !== this.timer.ends_at;
    const what = isNew ? null : announcement(this.announced.left, left);
    if (what !== null) this.here.announce(what === "up" ? t("timer.up") : t("timer.minute"));
    if (isNew || left !== this.announced.left || left === 0) this.requestUpdate();
    this.announced = { ends_at: this.timer.ends_at, left };
  }

  protected override render(): TemplateResult | typeof nothing {
    const now = this.here.room.now();
    if (isOver(this.timer, now)) return nothing;
    const left = secondsLeft(this.timer, now);
    const whose = [this.timer.label, this.timer.person?.name ?? ""].filter(Boolean).join(" · ");
    return html`<div class="timer ${left === 0 ? "timer--up" : ""}" role="timer" aria-label=${t("timer")}>
      <strong>${inDigits(left)}</strong><span>${left === 0 ? t("timer.up") : whose}</span></div>`;
  }
}

function start(room: RoomClient, minutes: number): void {
  void room.ask({ do: "timer.start", seconds: minutes * 60 });
}

function items({ room, state }: RoomContext, choices: readonly number[]): TemplateResult {
  return html`${choices.map((minutes) => item(t("timer.start", { n: minutes }), () => start(room, minutes), "clock", `timer-${minutes}`))}
    ${state.timer && !isOver(state.timer, room.now()) ? item(t("timer.stop"), () => void room.ask({ do: "timer.stop" }), "cross", "timer-stop") : nothing}`;
}

export const timerFeature: RoomFeature = {
  control: {
    id: "timer",
    isShown: (state) => may(state, "timer.start"),
    render: (here) => menu("timer", "clock", t("timer"), items(here, MINUTES)),
    items: (here) => items(here, FEW),
  },
  stagePart: {
    id: "timer",
    place: "over",
    isShown: (state) => state.timer !== null && state.room?.state !== "ended",
    render: (here) => html`<room-timer .here=${here} .timer=${here.state.timer}></room-timer>`,
  },
  received: (event, here) => {
    if (event.ev === "timer.started") here.announce(t("timer.started", { time: inDigits(event.seconds) }));
  },
};
