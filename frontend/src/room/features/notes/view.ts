// The tab of notes. Editor and document are loaded when it is first opened.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { icon } from "../../page";
import type { DocumentInfo, RoomEvent } from "../../protocol.generated";
import { isHost, may, type State } from "../../state";
import { formatDay, t } from "../../translations";
import { RoomElement } from "../../views/error-boundary";
import type { RoomContext, RoomFeature } from "../registry";

const LASTING = "room";

@customElement("room-notes")
export class RoomNotes extends RoomElement {
  @property({ attribute: false }) here!: RoomContext;
  @property({ attribute: false }) now!: State;
  @property({ type: Boolean }) isOpen = false;
  @state() private isLoaded = false;
  @state() private hasFailed = false;
  @state() private documents: readonly DocumentInfo[] = [];
  @state() private chosen = "";
  private meeting: string | null | undefined;

  protected override willUpdate(): void {
    if (!this.isOpen || this.now.link !== "open" || this.now.room?.meeting === this.meeting) return;
    this.meeting = this.now.room?.meeting;
    void this.load();
  }

  private async load(): Promise<void> {
    this.hasFailed = false;
    try {
      const [reply] = await Promise.all([this.here.room.actions.send({ do: "notes.list" }), import("./notes-editor")]);
      this.documents = reply.documents as DocumentInfo[];
      this.chosen = this.meeting ?? this.documents[0]?.document ?? "";
      this.isLoaded = true;
    } catch {
      this.hasFailed = true;
      this.meeting = undefined;
    }
  }

  private nameOf({ document, changed_at }: DocumentInfo): string {
    if (document === LASTING) return t("notes.lasting");
    if (document === this.now.room?.meeting) return t("notes.of_meeting");
    return t("notes.of_earlier", { day: changed_at ? formatDay(changed_at) : "–" });
  }

  private readonly choose = (event: Event): void => {
    this.chosen = (event.currentTarget as HTMLSelectElement).value;
  };

  protected override render(): TemplateResult {
    return html`<div class="scroll notes" tabindex="0" role="group" aria-label=${t("notes")}>
      <h2>${t("notes")}</h2>
      ${this.documents.length > 1 ? this.chooser() : nothing}
      ${may(this.now, "notes.show") ? this.showing() : nothing}
      ${this.hasFailed ? html`<div class="notice notice--slim" role="alert">${icon("warning")}<span>${t("notes.not_opened")}</span><button class="button button--small" type="button" @click=${() => void this.load()}>${t("notes.try_again")}</button></div>` : nothing}
      ${this.isLoaded && this.chosen
        ? html`<notes-editor .room=${this.here.room} .document=${this.chosen} .mayWrite=${may(this.now, "notes.update")} .announce=${this.here.announce}></notes-editor>`
        : this.hasFailed ? nothing : html`<p class="small soft" role="status">${t("notes.opening")}</p>`}
    </div>`;
  }

  private chooser(): TemplateResult {
    return html`<div class="field"><label for="notes-which">${t("notes.which")}</label><select class="input" id="notes-which" @change=${this.choose}>
      ${this.documents.map((one) => html`<option value=${one.document} ?selected=${one.document === this.chosen}>${this.nameOf(one)}</option>`)}</select></div>`;
  }

  private showing(): TemplateResult {
    const isOn = this.now.areNotesShown;
    return html`<label class="choice"><input type="checkbox" data-act="show-notes" .checked=${isOn} @change=${() => void this.here.room.ask({ do: "notes.show", on: !isOn })}><span>${t("notes.show")}</span></label>`;
  }
}

function received(event: RoomEvent, here: RoomContext): void {
  if (event.ev === "notes.shown" && event.on && !isHost(here.state.you) && event.meeting === here.state.room?.meeting) here.announce(t("notes.shown_says"));
}

export const notesFeature: RoomFeature = {
  tab: {
    id: "notes",
    label: () => t("notes"),
    isShown: (state) => state.room?.kind !== "breakout" && may(state, "notes.open"),
    render: (here, isOpen) => html`<room-notes .here=${here} .now=${here.state} .isOpen=${isOpen}></room-notes>`,
  },
  received,
};

declare global {
  interface HTMLElementTagNameMap {
    "room-notes": RoomNotes;
  }
}
