// The menu of reactions, their names, and those that arrive over the stage.
import { html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { RoomEvent } from "../../protocol.generated";
import { REACTIONS } from "../../reactions";
import type { RoomClient } from "../../room-client";
import { item, menu } from "../../views/menus";
import { may } from "../../state";
import { t } from "../../translations";
import { RoomElement } from "../../views/error-boundary";
import type { RoomFeature } from "../registry";

const STAYS = 4_000;
const MOST = 5;

function reactionInWords(sign: string): string {
  return REACTIONS.find((known) => known.sign === sign)?.word() ?? "";
}

function reactionItems(room: RoomClient): TemplateResult[] {
  return REACTIONS.map(({ sign, word }) => item(word(), () => void room.ask({ do: "reaction.send", reaction: sign }), "", `react-${sign}`));
}

function reactionControl(room: RoomClient): TemplateResult {
  return menu("react", "smile", t("controls.react"), html`${reactionItems(room)}`);
}

@customElement("room-reactions")
export class RoomReactions extends RoomElement {
  @property({ attribute: false }) room!: RoomClient;
  @state() private shown: { key: number; text: string }[] = [];
  private lastKey = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.room.addEventListener("received", this.received);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.room.removeEventListener("received", this.received);
  }

  private readonly received = (event: Event): void => {
    const { detail } = event as CustomEvent<RoomEvent>;
    if (detail.ev === "reactions") this.show(detail.counts);
  };

  private show(counts: Record<string, number>): void {
    for (const [sign, count] of Object.entries(counts)) {
      const key = ++this.lastKey;
      const word = reactionInWords(sign);
      const text = count > 1 ? t("reaction.many", { word, n: count }) : word;
      this.shown = [...this.shown, { key, text }].slice(-MOST);
      setTimeout(() => (this.shown = this.shown.filter((one) => one.key !== key)), STAYS);
    }
  }

  protected override render(): TemplateResult {
    return html`<div class="room__reactions" aria-hidden="true">${this.shown.map((one) => html`<span class="reaction">${one.text}</span>`)}</div>`;
  }
}

export const reactionsFeature: RoomFeature = {
  control: {
    id: "react",
    isShown: (state) => may(state, "reaction.send"),
    render: ({ room }) => reactionControl(room),
    items: ({ room }) => html`<p class="menu__head">${t("controls.react")}</p>${reactionItems(room)}`,
  },
  stagePart: {
    id: "reactions",
    place: "over",
    isShown: () => true,
    render: ({ room }) => html`<room-reactions .room=${room}></room-reactions>`,
  },
};
