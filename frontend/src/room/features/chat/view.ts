// The conversation: what was said, what is on its way, and a place to write. Nothing typed is lost.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { ref } from "lit/directives/ref.js";
import { repeat } from "lit/directives/repeat.js";
import { isComposing } from "../../../keys";
import { readItem, writeItem } from "../../../storage";
import { avatar, icon, roleInWords } from "../../page";
import { REACTIONS, type Reaction } from "../../reactions";
import type { RoomClient } from "../../room-client";
import type { PersonRef } from "../../protocol.generated";
import { isHost, may, type Line, type Note, type State } from "../../state";
import { formatDateAndTime, formatTime, isOnDayOf, t, tn } from "../../translations";
import { linkify } from "../../links";
import { RoomElement } from "../../views/error-boundary";
import { closeOnEscape, closesAfterChoice } from "../../views/menus";
import type { RoomContext, RoomFeature } from "../registry";
import "./search";
import { chatSettings } from "./settings";
import { heldMessages, mayEdit, mayReactTo, mayWrite, mayWriteTo, recipients, unreadMessages, type ChatLine, type Pending, type Recipient } from "./state";

const LONGEST = 2000;
const QUOTED = 120;
/** Pages of earlier messages that are loaded to show one. */
const PAGES_TO_FIND = 20;

@customElement("room-chat")
export class RoomChat extends RoomElement {
  @property({ attribute: false }) room!: RoomClient;
  @property({ attribute: false }) now!: State;
  @property({ attribute: false }) here: RoomContext | null = null;
  @state() private isAway = false;
  @state() private isLoading = false;
  @property({ type: Boolean }) isOpen = true;
  @state() private to: Recipient = null;
  @state() private replyTo: ChatLine | null = null;
  @state() private editing: number | null = null;
  @state() private notice = "";
  /** The newest line when the tab was closed last: what follows is marked as new. */
  private seen: number | null = null;
  /** The message of a chip that was pressed, and may vanish. */
  private pressedChipOf: number | null = null;
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

  protected override willUpdate(changes: PropertyValues<this>): void {
    if (!changes.has("isOpen")) return;
    if (!this.isOpen) this.seen = this.now.lines.at(-1)?.id ?? 0;
  }

  protected override updated(changes: PropertyValues<this>): void {
    if (changes.has("now") && !this.isAway) this.toEnd();
    if (this.pressedChipOf !== null && document.activeElement === document.body) {
      this.find(this.pressedChipOf)?.focus({ preventScroll: true });
      this.pressedChipOf = null;
    }
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
    this.room.chat.sendMessage(text, { to: this.to, replyTo: this.replyTo?.id ?? null });
    this.replyTo = null;
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
    const { lines, pending, hasEarlier, chat, you } = this.now;
    const isEmpty = lines.length === 0 && pending.length === 0;
    return html`
      <div class="chat-tools">
        <room-chat-search .room=${this.room} .show=${(id: number) => void this.jumpTo(id)}></room-chat-search>
        ${may(this.now, "chat.configure") ? chatSettings(this.room, chat) : nothing}
        ${this.pins()} ${this.held()}
      </div>
      <div class="scroll" tabindex="0" role="log" aria-live="off" aria-label=${t("chat.log")} @scroll=${this.scrolled}>
        ${hasEarlier ? this.earlier() : nothing}
        ${isEmpty ? html`<p class="soft">${t("chat.empty")}</p>` : nothing}
        <ul class="messages">
          ${repeat(lines, (line) => line.id, (line) => html`${line.id === this.firstNew ? html`<li class="message--new"><span>${t("chat.new_from_here")}</span></li>` : nothing}${this.line(line)}`)}
          ${repeat(pending, (waiting) => waiting.key, (waiting) => this.waiting(waiting))}
        </ul>
        ${this.isAway ? html`<button class="button button--small jump" type="button" @click=${() => this.toEnd()}>${icon("down")}${t("chat.newest")}</button>` : nothing}
      </div>
      <p class="visually-hidden" role="status">${this.notice}</p>
      ${mayWrite(this.now) ? this.compose() : nothing}
      ${!chat.on && !isHost(you) ? html`<p class="chat-note small soft">${t("chat.is_off")}</p>` : nothing}
    `;
  }

  /** The first message of somebody else since the tab was closed last. */
  private get firstNew(): number | undefined {
    const { seen } = this;
    if (seen === null || !this.isOpen) return undefined;
    return this.now.lines.find((line) => line.id > seen && line.kind === "message" && line.from.id !== this.now.you?.id)?.id;
  }

  private earlier(): TemplateResult {
    return html`<button class="button button--small" type="button" aria-busy=${this.isLoading ? "true" : nothing} @click=${() => void this.loadEarlier()}>${t("chat.earlier")}</button>`;
  }

  private compose(): TemplateResult {
    return html`<form class="compose" @submit=${this.send}>
      ${this.replyTo ? html`<p class="spread small compose__reply"><span class="compose__quote">${t("chat.replying", { name: this.replyTo.from.name })}: ${this.replyTo.text.slice(0, QUOTED)}</span><button class="link" type="button" @click=${this.cancelReply}>${t("chat.reply_cancel")}</button></p>` : nothing}
      <label class="visually-hidden" for="say">${t("chat.write")}</label>
      <textarea class="input" id="say" rows="1" maxlength=${LONGEST} placeholder=${this.to === null ? t("chat.placeholder") : t("chat.write")} ${ref(this.restore)} @input=${this.typed} @change=${this.typed} @compositionend=${this.typed} @keydown=${this.pressed}></textarea>
      ${this.conditions()}
      <div class="spread">${this.receiver()}<button class="button button--primary button--small" type="submit">${t("chat.send")}</button></div>
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
    return html`<li class="message ${line.to || line.isHeld ? "message--some" : ""}" data-message=${line.id} tabindex="-1">
      ${avatar(line.from)}
      <p class="message__author"><b>${own ? t("you") : line.from.name}</b> ${role && !own ? html`${role} · ` : nothing}<time datetime=${line.at}>${formatTime(line.at)}</time>
        ${line.isEdited && !line.isDeleted ? html`<span>· ${t("chat.edited")}</span>` : nothing}
        ${line.to ? html`<span class="badge badge--line">${receiverInWords(line.to, this.now.you)}</span>` : nothing}
        ${line.isHeld && !line.isDeleted ? html`<span class="badge badge--line">${t("chat.is_held")}</span>` : nothing}</p>
      ${line.replyTo === null || line.isDeleted ? nothing : this.quote(line.replyTo)}
      ${this.editing === line.id && mayEdit(this.now, line) ? this.editor(line) : html`<p class="message__text ${line.isDeleted ? "soft" : ""}" dir="auto">${textOf(line)}</p>`}
      ${this.reactions(line)}
      ${line.isDeleted ? nothing : this.options(line, own)}
    </li>`;
  }

  // ---- reactions ---------------------------------------------------------------------------------------

  private reactions(line: ChatLine): TemplateResult | typeof nothing {
    const given = REACTIONS.filter(({ sign }) => line.reactions.counts[sign]);
    if (given.length === 0) return nothing;
    const mayReact = mayReactTo(this.now, line);
    const chips = given.map(({ sign, emoji, word }) => {
      const count = line.reactions.counts[sign] ?? 0;
      const name = t("chat.reaction", { word: word(), n: count });
      const shown = html`<span aria-hidden="true">${emoji} ${count}</span>`;
      if (!mayReact) return html`<li><span class="message__chip" role="img" aria-label=${name}>${shown}</span></li>`;
      return html`<li><button class="message__chip" type="button" data-reaction=${sign} aria-label=${name} title=${word()} aria-pressed=${String(line.ownReactions.includes(sign))} @click=${() => this.react(line, sign)}>${shown}</button></li>`;
    });
    return html`<ul class="message__chips" aria-label=${t("controls.react")}>${chips}</ul>`;
  }

  private reactionOptions(line: ChatLine): TemplateResult {
    const buttons = REACTIONS.map(
      ({ sign, emoji, word }) =>
        html`<button type="button" data-item="react-${sign}" aria-label=${word()} title=${word()} aria-pressed=${String(line.ownReactions.includes(sign))} @click=${() => this.react(line, sign)}><span aria-hidden="true">${emoji}</span></button>`,
    );
    return html`<div class="message__options" role="group" aria-label=${t("controls.react")}>${buttons}</div>`;
  }

  private react(line: ChatLine, sign: Reaction): void {
    this.pressedChipOf = line.id;
    void this.room.chat.react(line.id, sign, !line.ownReactions.includes(sign));
  }

  private quote(id: number): TemplateResult {
    const quoted = this.now.lines.find((line): line is ChatLine => line.kind === "message" && line.id === id);
    const words = quoted?.isDeleted ? t("chat.quote_gone") : quoted ? t("chat.quote", { name: quoted.from.name, text: quoted.text.slice(0, QUOTED) }) : t("chat.quote_earlier");
    return html`<button class="message__quote" type="button" dir="auto" @click=${() => void this.jumpTo(id)}>${words}</button>`;
  }

  private options(line: ChatLine, own: boolean): TemplateResult | typeof nothing {
    const { now } = this;
    const isPinned = now.pinned.some(({ id }) => id === line.id);
    const mayDelete = may(now, "chat.delete") && (own || isHost(now.you));
    const options = [
      line.isHeld && may(now, "chat.approve") ? option("approve", t("chat.approve"), () => void this.room.chat.approve(line.id)) : nothing,
      mayWrite(now) && !line.isHeld ? option("reply", t("chat.reply"), () => this.reply(line)) : nothing,
      mayWrite(now) && mayWriteTo(now, line.from) ? option("private", t("chat.reply_privately"), () => this.writeTo(line.from)) : nothing,
      may(now, "chat.pin") && !line.to && !line.isHeld ? option("pin", isPinned ? t("chat.unpin") : t("chat.pin"), () => void this.room.chat.pin(line.id, !isPinned)) : nothing,
      ...(line.to || line.isHeld ? [] : this.textActions(line.text)),
      mayEdit(now, line) ? option("edit", t("chat.edit"), () => void this.startEditing(line)) : nothing,
      mayDelete ? option("delete", own ? t("chat.take_back") : t("chat.remove"), () => void this.room.chat.deleteMessage(line.id)) : nothing,
    ].filter((each) => each !== nothing);
    const mayReact = mayReactTo(now, line);
    if (options.length === 0 && !mayReact) return nothing;
    return html`<details class="message__menu" ?open=${line.isHeld && may(now, "chat.approve")} @click=${closesAfterChoice} @keydown=${closeOnEscape}>
      <summary aria-label=${t("chat.more", { text: line.text.slice(0, 40) })}>${icon("more")}</summary>
      ${mayReact ? this.reactionOptions(line) : nothing}
      <div class="message__options">${options}</div>
    </details>`;
  }

  private textActions(text: string): TemplateResult[] {
    const { here } = this;
    return here ? here.textActions().map(({ id, label, run }) => option(id, label(), () => run(here, text))) : [];
  }

  // ---- writing -----------------------------------------------------------------------------------------

  private receiver(): TemplateResult {
    const { to } = this;
    const people = recipients(this.now);
    if (to !== null && to !== "hosts" && !people.some(({ id }) => id === to.id)) people.push(to);
    const chosen = to === null ? "" : to === "hosts" ? to : to.id;
    const option = (value: string, words: string): TemplateResult => html`<option value=${value} .selected=${value === chosen}>${words}</option>`;
    return html`<label class="compose__to small"><span>${t("chat.to")}</span>
        <select class="input" id="say-to" @change=${(event: Event) => this.chooseReceiver((event.target as HTMLSelectElement).value, people)}>
          ${option("", t("chat.to_everybody"))} ${option("hosts", t("chat.to_hosts"))}
          ${people.map(({ id, name }) => option(id, t("chat.to_person", { name })))}
      </select></label>`;
  }

  /** Who sees the message, and when. */
  private conditions(): TemplateResult {
    const { chat, you } = this.now;
    const seen = this.to === null ? "" : this.to === "hosts" ? t("chat.seen_by_hosts") : t("chat.seen_by_person", { name: this.to.name });
    const held = this.to === null && chat.moderated && !isHost(you) ? t("chat.is_moderated") : "";
    const slow = chat.slow_seconds && !isHost(you) ? tn("chat.slow", chat.slow_seconds) : "";
    const words = [seen, held, slow].filter(Boolean).join(" ");
    return html`<p class="small soft ${words ? "" : "compose__hint"}" aria-live="polite">${words || t("chat.hint")}</p>`;
  }

  private chooseReceiver(value: string, people: readonly PersonRef[]): void {
    this.to = value === "hosts" ? value : (people.find(({ id }) => id === value) ?? null);
    if (this.replyTo?.to || (this.replyTo && this.to !== null)) this.replyTo = null; // a reply goes to those who see the message
  }

  private reply(line: ChatLine): void {
    const own = line.from.id === this.now.you?.id;
    this.replyTo = line;
    this.to = line.to === null || line.to === "hosts" || own ? line.to : line.from;
    this.focusField();
  }

  private writeTo(person: PersonRef): void {
    this.replyTo = null;
    this.to = person;
    this.focusField();
  }

  private readonly cancelReply = (): void => {
    this.replyTo = null;
    this.focusField();
  };

  private focusField(): void {
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("#say")?.focus());
  }

  // ---- editing -----------------------------------------------------------------------------------------

  private async startEditing(line: ChatLine): Promise<void> {
    this.editing = line.id;
    await this.updateComplete;
    this.querySelector<HTMLElement>(".message__edit textarea")?.focus();
  }

  private editor(line: ChatLine): TemplateResult {
    const save = (event: Event): void => {
      event.preventDefault();
      const text = this.querySelector<HTMLTextAreaElement>(".message__edit textarea")?.value.trim() ?? "";
      if (text !== "" && text !== line.text) void this.room.chat.editMessage(line.id, text).then((isSaved) => isSaved && this.endEditing(line.id));
      else this.endEditing(line.id);
    };
    const pressed = (event: KeyboardEvent): void => {
      if (isComposing(event)) return;
      if (event.key === "Escape") {
        event.stopPropagation();
        this.endEditing(line.id);
      } else if (event.key === "Enter" && !event.shiftKey) save(event);
    };
    return html`<form class="message__edit" @submit=${save}>
      <textarea class="input" rows="2" maxlength=${LONGEST} aria-label=${t("chat.edit_field")} .value=${line.text} @keydown=${pressed}></textarea>
      <span class="cluster"><button class="button button--primary button--small" type="submit">${t("chat.save")}</button>
      <button class="button button--small" type="button" @click=${() => this.endEditing(line.id)}>${t("chat.cancel")}</button></span>
    </form>`;
  }

  private endEditing(id: number): void {
    this.editing = null;
    void this.updateComplete.then(() => this.find(id)?.focus());
  }

  // ---- above the list ----------------------------------------------------------------------------------

  private pins(): TemplateResult | typeof nothing {
    const { pinned } = this.now;
    if (pinned.length === 0) return nothing;
    return html`<section class="chat-pins" aria-label=${t("chat.pinned")}><ul>${pinned.map((line) => html`<li data-pin=${line.id}>
      <button class="chat-pins__text" type="button" dir="auto" @click=${() => void this.jumpTo(line.id)}><b>${line.from.name}</b> ${line.text}</button>
      ${may(this.now, "chat.pin") ? html`<button class="link small" type="button" @click=${() => void this.room.chat.pin(line.id, false)}>${t("chat.unpin")}</button>` : nothing}
    </li>`)}</ul></section>`;
  }

  private held(): TemplateResult | typeof nothing {
    const waiting = heldMessages(this.now);
    if (!waiting[0]) return nothing;
    const [{ id }] = waiting;
    return html`<p class="chat-note spread small" role="status"><span>${tn("chat.held", waiting.length)}</span><button class="link" type="button" @click=${() => void this.jumpTo(id)}>${t("chat.first_held")}</button></p>`;
  }

  private find(id: number): HTMLElement | null {
    return this.querySelector<HTMLElement>(`[data-message="${id}"]`);
  }

  /** Loads earlier messages until this one is there. */
  private async jumpTo(id: number): Promise<void> {
    this.isAway = true;
    for (let page = 0; !this.find(id) && this.now.hasEarlier && page < PAGES_TO_FIND; page += 1) {
      const before = this.now.lines[0]?.id;
      await this.loadEarlier();
      if (this.room.state.lines[0]?.id === before) break;
      this.now = this.room.state;
      await this.updateComplete;
    }
    const found = this.find(id);
    this.notice = found ? "" : t("chat.gone");
    found?.scrollIntoView({ block: "center" });
    found?.focus({ preventScroll: true });
  }

  private waiting(waiting: Pending): TemplateResult {
    return html`<li class="message message--waiting" data-pending=${waiting.key}>
      ${this.now.you ? avatar(this.now.you) : html`<span></span>`}
      <p class="message__author"><b>${t("you")}</b> ${waiting.isRefused ? t("chat.not_sent") : t("chat.sending")} ${waiting.wait ? tn("chat.wait", waiting.wait) : nothing}
        ${waiting.isRefused
          ? html`<button class="link message__action" type="button" @click=${() => this.room.chat.retry(waiting.key)}>${t("chat.try_again")}</button>
              <button class="link message__action" type="button" @click=${() => this.room.chat.discard(waiting.key)}>${t("chat.forget")}</button>`
          : nothing}</p>
      <p class="message__text" dir="auto">${waiting.text}</p>
    </li>`;
  }
}

const option = (name: string, word: string, act: () => void): TemplateResult => html`<button type="button" data-item=${name} @click=${act}>${word}</button>`;

function receiverInWords(to: PersonRef | "hosts", you: PersonRef | null): string {
  if (to === "hosts") return t("chat.to_hosts");
  return to.id === you?.id ? t("chat.private_from") : t("chat.to_person", { name: to.name });
}

function textOf(line: ChatLine): string | (string | TemplateResult)[] {
  if (line.isDeletedByHost) return t("chat.deleted_by_host");
  return line.isDeleted ? t("chat.taken_back") : withLinks(line.text);
}

/** The text with its addresses as links, which open in a new tab. */
function withLinks(text: string): (string | TemplateResult)[] {
  return linkify(text).map(({ text: piece, address }) => (address ? html`<a href=${address} title=${new URL(address).hostname} target="_blank" rel="noopener noreferrer">${piece}</a>` : piece));
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
    render: (here, isOpen) => html`<room-chat .here=${here} .room=${here.room} .now=${here.state} .isOpen=${isOpen}></room-chat>`,
  },
};
