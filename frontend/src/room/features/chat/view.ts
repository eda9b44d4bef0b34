// The conversation: what was said, what is on its way, and a place to write. Nothing typed is lost.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { ref } from "lit/directives/ref.js";
import { repeat } from "lit/directives/repeat.js";
import { isComposing } from "../../../keys";
import { readItem, writeItem } from "../../../storage";
import { avatar, icon, roleInWords } from "../../page";
import type { RoomClient } from "../../room-client";
import { isHost, may, type Line, type Note, type State } from "../../state";
import { formatDateAndTime, formatTime, isOnDayOf, t, tn } from "../../translations";
import { linkify } from "../../links";
import { RoomElement } from "../../views/error-boundary";
import type { RoomFeature } from "../registry";
import { unreadMessages, type Pending, type ChatLine } from "./state";

const LONGEST = 2000;

@customElement("room-chat")
export class RoomChat extends RoomElement {
  @property({ attribute: false }) room!: RoomClient;
  @property({ attribute: false }) now!: State;
  @state() private isAway = false;
  @state() private isLoading = false;
  private draft = "";
  private height = 0;

  private get scroller(): HTMLElement | null {
    return this.querySelector(".scroll");
  }

  /** Turning a phone or opening its keyboard makes the list shorter: at the end it stays at the end. */
  private readonly resized = new ResizeObserver(() => {
    this.height = this.scroller?.clientHeight ?? 0;
    if (!this.isAway) this.toEnd();
  });

  protected override firstUpdated(): void {
    if (this.scroller) this.resized.observe(this.scroller);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
  }

  protected override updated(changes: PropertyValues<this>): void {
    if (changes.has("now") && !this.isAway) this.toEnd();
  }

  private toEnd(): void {
    const { scroller } = this;
    if (scroller) scroller.scrollTop = scroller.scrollHeight;
    this.isAway = false;
  }

  private readonly scrolled = (): void => {
    const { scroller } = this;
    if (!scroller || scroller.clientHeight === 0 || scroller.clientHeight !== this.height) return; // resized, not scrolled
    this.isAway = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight > 48;
  };

  private readonly send = (event?: Event): void => {
    event?.preventDefault();
    const field = this.querySelector("textarea");
    const text = field?.value.trim() ?? "";
    if (!field || text === "") return;
    this.room.chat.sendMessage(text);
    field.value = "";
    this.write("");
    this.isAway = false;
    field.focus();
  };

  private readonly typed = (event: Event): void => {
    this.write((event.target as HTMLTextAreaElement).value);
  };

  /** Kept over a reload, and when the field is rendered anew. */
  private write(draft: string): void {
    this.draft = draft;
    writeItem("sessionStorage", this.draftName, draft);
  }

  private get draftName(): string {
    return `chat ${location.pathname}`;
  }

  private readonly restore = (field?: Element): void => {
    if (!(field instanceof HTMLTextAreaElement)) return;
    this.draft ||= readItem("sessionStorage", this.draftName);
    field.value = this.draft;
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
    this.send(event);
  };

  private async loadEarlier(): Promise<void> {
    this.isLoading = true;
    const { scroller } = this;
    const below = scroller ? scroller.scrollHeight - scroller.scrollTop : 0;
    this.isAway = true;
    await this.room.chat.loadEarlier().catch(() => undefined);
    this.isLoading = false;
    await this.updateComplete;
    if (scroller) scroller.scrollTop = scroller.scrollHeight - below;
  }

  protected override render(): TemplateResult {
    const { lines, pending, hasEarlier } = this.now;
    const isEmpty = lines.length === 0 && pending.length === 0;
    return html`
      <div class="scroll" tabindex="0" role="log" aria-live="off" aria-label=${t("chat.log")} @scroll=${this.scrolled}>
        ${hasEarlier ? this.earlier() : nothing}
        ${isEmpty ? html`<p class="soft">${t("chat.empty")}</p>` : nothing}
        <ul class="messages">
          ${repeat(lines, (line) => line.id, (line) => this.line(line))}
          ${repeat(pending, (waiting) => waiting.key, (waiting) => this.waiting(waiting))}
        </ul>
        ${this.isAway ? html`<button class="button button--small jump" type="button" @click=${() => this.toEnd()}>${icon("down")}${t("chat.newest")}</button>` : nothing}
      </div>
      ${may(this.now, "chat.send") ? this.compose() : nothing}
    `;
  }

  private earlier(): TemplateResult {
    return html`<button class="button button--small" type="button" aria-busy=${this.isLoading ? "true" : nothing} @click=${() => void this.loadEarlier()}>${t("chat.earlier")}</button>`;
  }

  private compose(): TemplateResult {
    return html`<form class="compose" @submit=${this.send}>
      <label class="visually-hidden" for="say">${t("chat.write")}</label>
      <textarea class="input" id="say" rows="1" maxlength=${LONGEST} placeholder=${t("chat.placeholder")} ${ref(this.restore)} @input=${this.typed} @change=${this.typed} @compositionend=${this.typed} @keydown=${this.pressed}></textarea>
      <div class="spread"><span class="small soft compose__hint">${t("chat.hint")}</span><button class="button button--primary button--small" type="submit">${t("chat.send")}</button></div>
    </form>`;
  }

  private line(line: Line): TemplateResult {
    return line.kind === "note" ? this.note(line) : this.message(line);
  }

  private note(note: Note): TemplateResult {
    return html`<li class="message message--note">${noteInWords(note)} <time datetime=${note.at}>${formatTime(note.at)}</time></li>`;
  }

  private message(line: ChatLine): TemplateResult {
    const own = line.from.id === this.now.you?.id;
    const role = roleInWords(line.from.role);
    const word = own ? t("chat.take_back") : t("chat.remove");
    const mayDelete = !line.isDeleted && (own || isHost(this.now.you)) && may(this.now, "chat.delete");
    return html`<li class="message" data-message=${line.id}>
      ${avatar(line.from)}
      <p class="message__author"><b>${own ? t("you") : line.from.name}</b> ${role && !own ? html`${role} · ` : nothing}<time datetime=${line.at}>${formatTime(line.at)}</time>
        ${mayDelete
          ? html`<button class="link message__action" type="button" aria-label=${`${word}: ${line.text.slice(0, 40)}`} @click=${() => void this.room.chat.deleteMessage(line.id)}>${word}</button>`
          : nothing}</p>
      <p class="message__text ${line.isDeleted ? "soft" : ""}" dir="auto">${line.isDeleted ? t("chat.taken_back") : withLinks(line.text)}</p>
    </li>`;
  }

  private waiting(waiting: Pending): TemplateResult {
    return html`<li class="message message--waiting" data-pending=${waiting.key}>
      ${this.now.you ? avatar(this.now.you) : html`<span></span>`}
      <p class="message__author"><b>${t("you")}</b> ${waiting.isRefused ? t("chat.not_sent") : t("chat.sending")}
        ${waiting.isRefused
          ? html`<button class="link message__action" type="button" @click=${() => this.room.chat.retry(waiting.key)}>${t("chat.try_again")}</button>
              <button class="link message__action" type="button" @click=${() => this.room.chat.discard(waiting.key)}>${t("chat.forget")}</button>`
          : nothing}</p>
      <p class="message__text" dir="auto">${waiting.text}</p>
    </li>`;
  }
}

/** The text with its addresses as links, which open in a new tab. */
function withLinks(text: string): (string | TemplateResult)[] {
  return linkify(text).map(({ text: piece, address }) => (address ? html`<a href=${address} target="_blank" rel="noopener noreferrer">${piece}</a>` : piece));
}

const NOTES: Record<Note["what"], (note: Note) => string> = {
  "stage.joined": ({ name }) => t("note.stage_joined", { name }),
  "stage.left": ({ name }) => t("note.stage_left", { name }),
  "meeting.started": () => t("note.started"),
  "meeting.ended": () => t("note.ended"),
  "meeting.extended": ({ detail }) => t("note.extended", { time: formatTime(detail) }),
  "meeting.moved": ({ detail, at }) => (isOnDayOf(detail, at) ? t("note.moved", { hour: formatTime(detail) }) : t("note.moved_day", { when: formatDateAndTime(detail) })),
  "meeting.cancelled": ({ detail }) => (detail ? t("note.cancelled_why", { reason: detail }) : t("note.cancelled")),
  "recording.skipped": () => t("note.recording_skipped"),
  "recording.started": () => t("note.recording_started"),
  "recording.stopped": () => t("note.recording_stopped"),
};

export function noteInWords(note: Note): string {
  return NOTES[note.what](note);
}

export const chatFeature: RoomFeature = {
  tab: {
    id: "chat",
    label: () => t("chat"),
    unread: {
      newest: ({ lines }) => lines.at(-1)?.id ?? 0,
      count: unreadMessages,
      words: (count) => tn("chat.new", count),
    },
    render: ({ room, state }) => html`<room-chat .room=${room} .now=${state}></room-chat>`,
  },
};
