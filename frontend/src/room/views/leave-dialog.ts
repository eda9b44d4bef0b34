// What becomes of the meeting when its host leaves: it goes on, is handed over, or ends for everybody.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { createRef, ref } from "lit/directives/ref.js";
import { roleInWords } from "../page";
import type { ParticipantInfo } from "../protocol.generated";
import type { RoomClient } from "../room-client";
import { t } from "../translations";
import { RoomElement } from "./error-boundary";

/** `handOverTo` is a person, or empty. */
export interface LeaveChoice {
  what: "leave" | "end" | "stay";
  handOverTo: string;
}

const ORDER = ["co_host", "speaker", "interpreter", "captioner", "attendee"];

@customElement("leave-dialog")
export class LeaveDialog extends RoomElement {
  @state() private others: readonly ParticipantInfo[] = [];
  @state() private isOpen = false;
  private person = "";
  private answer: (choice: LeaveChoice) => void = () => undefined;
  private readonly dialog = createRef<HTMLDialogElement>();

  async ask(room: RoomClient): Promise<LeaveChoice> {
    const { people } = await room.listPeople("", null).catch(() => ({ people: [...room.state.people.values()] }));
    this.others = people.filter(({ id }) => id !== room.state.you?.id).sort((a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role));
    this.person = "";
    this.isOpen = true;
    await this.updateComplete;
    this.dialog.value?.showModal();
    return new Promise((resolve) => (this.answer = resolve));
  }

  private close(what: LeaveChoice["what"]): void {
    this.dialog.value?.close();
    this.isOpen = false;
    this.answer({ what, handOverTo: this.person });
    this.answer = () => undefined;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.isOpen) return nothing;
    return html`<dialog class="dialog" aria-labelledby="leave-title" ${ref(this.dialog)} @cancel=${() => this.close("stay")}>
      <form method="dialog" @submit=${(event: Event) => event.preventDefault()}>
        <h2 id="leave-title">${t("leave.host")}</h2>
        <p class="mid">${t("leave.host_text")}</p>
        <div class="field"><label for="hand-over">${t("leave.hand_over")}</label>
          <select class="input" id="hand-over" @change=${(event: Event) => (this.person = (event.target as HTMLSelectElement).value)}>
            <option value="">${t("leave.nobody")}</option>
            ${this.others.map((person) => html`<option value=${person.id}>${[person.name, roleInWords(person.role)].filter(Boolean).join(", ")}</option>`)}
          </select></div>
        <p class="actions">
          <button class="button button--primary" type="button" data-act="leave" @click=${() => this.close("leave")}>${t("controls.leave")}</button>
          <button class="button" type="button" data-act="end" @click=${() => this.close("end")}>${t("host.end")}</button>
          <button class="button button--plain" type="button" @click=${() => this.close("stay")}>${t("stay")}</button>
        </p>
      </form>
    </dialog>`;
  }
}
