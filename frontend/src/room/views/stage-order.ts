// For hosts: the order in which everybody sees the people on stage.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { avatar, icon } from "../page";
import type { ParticipantInfo } from "../protocol.generated";
import type { RoomClient } from "../room-client";
import { stage, type State } from "../state";
import { t } from "../translations";
import { RoomElement } from "./error-boundary";

@customElement("room-stage-order")
export class RoomStageOrder extends RoomElement {
  @property({ attribute: false }) room!: RoomClient;
  @property({ attribute: false }) now!: State;
  /** Is read aloud after a move. */
  @state() private said = "";

  private async move(person: ParticipantInfo, place: number): Promise<void> {
    const button = document.activeElement as HTMLElement | null;
    if (!(await this.room.ask({ do: "stage.move", person: person.id, place }))) return;
    const total = stage(this.now).length;
    this.said = t("stage.place", { name: person.name, n: place + 1, total });
    await this.updateComplete;
    this.keepFocus(person.id, button?.dataset.act ?? "");
  }

  /** On the button that was pressed, which has moved, or on the other one at the end of the list. */
  private keepFocus(person: string, act: string): void {
    const buttons = [...this.querySelectorAll<HTMLButtonElement>(`[data-ordered="${person}"] button`)].filter((button) => !button.disabled);
    (buttons.find((button) => button.dataset.act === act) ?? buttons[0])?.focus();
  }

  protected override render(): TemplateResult | typeof nothing {
    const people = stage(this.now);
    if (people.length < 2) return nothing;
    return html`<details class="panel-section" data-section="stage-order">
      <summary>${icon("people")}${t("stage.order")}</summary>
      <p class="small soft">${t("stage.order_text")}</p>
      <ol class="list-people">${repeat(people, (person) => person.id, (person, place) => this.row(person, place, people.length))}</ol>
      <p class="visually-hidden" role="status">${this.said}</p>
    </details>`;
  }

  private row(person: ParticipantInfo, place: number, total: number): TemplateResult {
    const button = (act: string, sign: string, word: string, to: number): TemplateResult =>
      html`<button class="button button--icon button--plain" type="button" data-act=${act} aria-label=${word} title=${word} ?disabled=${to < 0 || to >= total} @click=${() => void this.move(person, to)}>${icon(sign)}</button>`;
    return html`<li data-ordered=${person.id}>${avatar(person)}<span>${person.name}</span>
      <span class="push">
        ${button("earlier", "up", t("stage.earlier", { name: person.name }), place - 1)}
        ${button("later", "down", t("stage.later", { name: person.name }), place + 1)}
      </span></li>`;
  }
}
