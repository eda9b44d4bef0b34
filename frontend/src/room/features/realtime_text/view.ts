// Real-time text: a tab to read and write it, and a strip over the stage, where it is read whichever tab is open.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { ref } from "lit/directives/ref.js";
import { repeat } from "lit/directives/repeat.js";
import { isComposing } from "../../../keys";
import { readItem, writeItem } from "../../../storage";
import { avatar, icon, roleInWords } from "../../page";
import type { RoomEvent, TextBeingTyped, TextLine } from "../../protocol.generated";
import type { RoomClient } from "../../room-client";
import { isHost, may, type State } from "../../state";
import { formatTime, t, tn } from "../../translations";
import { RoomElement } from "../../views/error-boundary";
import type { RoomContext, RoomFeature } from "../registry";
import { isCaption, isSame, typedByOthers, unreadLines, type PendingLine } from "./state";

const LONGEST = 1000;
const ANNOUNCE = "live-text-announce";
const CAPTIONS = "captions";
/** Milliseconds for which a finished line stays over the stage. */
const STAYS = 6_000;
const OVER_STAGE = 3;
const CAPTION_LINES = 2;
const MOST_KEPT = 10;
const TAIL = 140;

/** Whether finished lines are announced to screen readers; letters never are. */
const isAnnounced = (): boolean => readItem("localStorage", ANNOUNCE) !== "off";

const areCaptionsShown = (): boolean => readItem("localStorage", CAPTIONS) !== "off";

@customElement("room-live-text")
export class RoomLiveText extends RoomElement {
  @property({ attribute: false }) room!: RoomClient;
  @property({ attribute: false }) now!: State;
  @state() private isAway = false;
  @state() private isLoading = false;
  private draft = "";

  private get scroller(): HTMLElement | null {
    return this.querySelector(".scroll");
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
    if (scroller) this.isAway = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight > 48;
  };

  private readonly typed = (event: Event): void => {
    this.write((event.target as HTMLTextAreaElement).value);
    this.room.liveText.type(this.draft);
  };

  /** Kept over a reload, and when the field is rendered anew. */
  private write(draft: string): void {
    this.draft = draft;
    writeItem("sessionStorage", this.draftName, draft);
  }

  private get draftName(): string {
    return `live text ${location.pathname}`;
  }

  private readonly restore = (field?: Element): void => {
    if (!(field instanceof HTMLTextAreaElement) || field.value !== "") return;
    this.draft ||= readItem("sessionStorage", this.draftName);
    field.value = this.draft;
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && !isComposing(event)) this.finish(event);
  };

  private readonly finish = (event: Event): void => {
    event.preventDefault();
    const field = this.querySelector("textarea");
    if (!field || field.value.trim() === "") return;
    this.room.liveText.type(field.value);
    this.room.liveText.finish();
    field.value = "";
    this.write("");
    this.isAway = false;
    field.focus();
  };

  private async loadEarlier(): Promise<void> {
    this.isLoading = true;
    const { scroller } = this;
    const below = scroller ? scroller.scrollHeight - scroller.scrollTop : 0;
    this.isAway = true;
    await this.room.liveText.loadEarlier().catch(() => undefined);
    this.isLoading = false;
    await this.updateComplete;
    if (scroller) scroller.scrollTop = scroller.scrollHeight - below;
  }

  protected override render(): TemplateResult {
    const { lines, pending, hasEarlier } = this.now.liveText;
    const typed = typedByOthers(this.now);
    const isEmpty = lines.length === 0 && pending.length === 0 && typed.length === 0;
    return html`
      <div class="scroll" tabindex="0" role="log" aria-live="off" aria-label=${t("live_text")} @scroll=${this.scrolled}>
        ${hasEarlier ? html`<button class="button button--small" type="button" aria-busy=${this.isLoading ? "true" : nothing} @click=${() => void this.loadEarlier()}>${t("live_text.earlier")}</button>` : nothing}
        ${isEmpty ? html`<p class="soft">${t("live_text.empty")}</p>` : nothing}
        <ul class="messages">
          ${repeat(lines, ({ id }) => id, (line) => this.line(line))}
          ${repeat(pending, ({ textId }) => textId, (waiting) => this.waiting(waiting))}
          ${repeat(typed, ({ person, text_id }) => `${person.id} ${text_id}`, (each) => beingTyped(each))}
        </ul>
        ${this.isAway ? html`<button class="button button--small jump" type="button" @click=${() => this.toEnd()}>${icon("down")}${t("live_text.newest")}</button>` : nothing}
      </div>
      <div class="live-text-setting"><label class="choice small"><input type="checkbox" .checked=${isAnnounced()} @change=${choose}><span>${t("live_text.announce")}</span></label></div>
      ${hasCaptions(this.now) ? html`<div class="live-text-setting"><label class="choice small"><input type="checkbox" data-setting="captions" .checked=${areCaptionsShown()} @change=${chooseCaptions}><span>${t("captions.show")}</span></label></div>` : nothing}
      ${may(this.now, "rtt.type") ? this.compose() : nothing}
    `;
  }

  private compose(): TemplateResult {
    return html`<form class="compose" @submit=${this.finish}>
      <label class="small soft" for="live-text">${t("live_text.write")}</label>
      <textarea class="input" id="live-text" rows="1" maxlength=${LONGEST} enterkeyhint="send" autocomplete="off" ${ref(this.restore)} @input=${this.typed} @keydown=${this.pressed}></textarea>
      <div class="spread"><p class="small soft compose__hint">${t("live_text.hint")}</p><button class="button button--primary button--small" type="submit">${t("live_text.finish")}</button></div>
    </form>`;
  }

  private line(line: TextLine): TemplateResult {
    const isOwn = line.person.id === this.now.you?.id;
    const mayDelete = may(this.now, "rtt.delete") && (isOwn || isHost(this.now.you));
    const role = roleInWords(line.person.role);
    return html`<li class="message" data-line=${line.id}>
      ${avatar(line.person)}
      <p class="message__author"><b>${isOwn ? t("you") : line.person.name}</b> ${role && !isOwn ? html`${role} · ` : nothing}<time datetime=${line.at}>${formatTime(line.at)}</time>
        ${mayDelete ? html`<button class="link message__action" type="button" aria-label=${t("live_text.delete", { text: line.text.slice(0, 40) })} @click=${() => void this.room.liveText.deleteLine(line.id)}>${isOwn ? t("chat.take_back") : t("chat.remove")}</button>` : nothing}</p>
      <p class="message__text" dir="auto">${line.text}</p>
    </li>`;
  }

  private waiting(waiting: PendingLine): TemplateResult {
    return html`<li class="message message--waiting">
      ${this.now.you ? avatar(this.now.you) : html`<span></span>`}
      <p class="message__author"><b>${t("you")}</b> ${waiting.isRefused ? t("chat.not_sent") : t("chat.sending")}
        ${waiting.isRefused
          ? html`<button class="link message__action" type="button" @click=${() => this.room.liveText.retry(waiting)}>${t("chat.try_again")}</button>
              <button class="link message__action" type="button" @click=${() => this.room.liveText.discard(waiting.textId)}>${t("chat.forget")}</button>`
          : nothing}</p>
      <p class="message__text" dir="auto">${waiting.text}</p>
    </li>`;
  }
}

function beingTyped({ person, text_id, text }: TextBeingTyped): TemplateResult {
  return html`<li class="message message--typing" data-typing=${text_id}>
    ${avatar(person)}
    <p class="message__author"><b>${person.name}</b> ${t("live_text.typing")}</p>
    <p class="message__text" dir="auto">${text}</p>
  </li>`;
}

function choose(event: Event): void {
  writeItem("localStorage", ANNOUNCE, (event.target as HTMLInputElement).checked ? "on" : "off");
}

/** Takes effect with the next letter of a caption. */
function chooseCaptions(event: Event): void {
  writeItem("localStorage", CAPTIONS, (event.target as HTMLInputElement).checked ? "on" : "off");
}

// ---- over the stage ------------------------------------------------------------------------------------------

/** What others type, and for some seconds what they have finished; what captioners write stands below as captions. */
@customElement("live-text-strip")
export class LiveTextStrip extends RoomElement {
  @property({ attribute: false }) here!: RoomContext;
  @property({ attribute: false }) now!: State;
  @property({ type: Boolean }) isTabOpen = false;
  @state() private finished: TextLine[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    this.here.room.addEventListener("received", this.received);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.here.room.removeEventListener("received", this.received);
  }

  private readonly received = (event: Event): void => {
    const { detail } = event as CustomEvent<RoomEvent>;
    if (detail.ev === "rtt.deleted") this.finished = this.finished.filter(({ id }) => id !== detail.line);
    if (detail.ev !== "rtt.committed" || detail.deleted || (detail.person.id === this.now.you?.id && !isCaption(detail))) return;
    const line: TextLine = detail;
    this.finished = [...this.finished, line].slice(-MOST_KEPT);
    setTimeout(() => (this.finished = this.finished.filter((each) => !isSame(each, line))), STAYS);
  };

  protected override render(): TemplateResult | typeof nothing {
    const shown = [...this.finished, ...typedByOthers(this.now)];
    const captions = areCaptionsShown() ? shown.filter(isCaption).slice(-CAPTION_LINES) : [];
    const others = this.isTabOpen ? [] : shown.filter((each) => !isCaption(each)).slice(-OVER_STAGE);
    if (captions.length + others.length === 0) return nothing;
    return html`<div class="under-stage">
      ${others.length === 0 ? nothing : this.strip(others)}
      ${captions.length === 0 ? nothing : html`<section class="captions" aria-label=${t("captions")}>${captions.map(({ text }) => html`<p dir="auto">${tailOf(text)}</p>`)}</section>`}
    </div>`;
  }

  private strip(lines: readonly Pick<TextLine, "person" | "text">[]): TemplateResult {
    return html`<div class="live-text-strip">
      ${lines.map(({ person, text }) => html`<p dir="auto"><b>${person.name}</b> ${tailOf(text)}</p>`)}
      <button class="button button--small" type="button" @click=${() => this.here.showTab("live-text")}>${t("live_text.show")}</button>
    </div>`;
  }
}

const tailOf = (text: string): string => [...text].slice(-TAIL).join("");

/** Somebody who writes captions is here, or has been. */
function hasCaptions(state: State): boolean {
  return [...state.people.values()].some(({ role }) => role === "captioner") || state.liveText.lines.some(isCaption);
}

export const liveTextFeature: RoomFeature = {
  tab: {
    id: "live-text",
    label: () => t("live_text"),
    isShown: (state) => may(state, "rtt.type") || state.liveText.lines.length > 0 || state.liveText.typed.length > 0,
    unread: {
      newest: ({ liveText }) => liveText.lines.at(-1)?.id ?? 0,
      count: unreadLines,
      words: (count) => tn("chat.new", count),
    },
    render: ({ room, state }) => html`<room-live-text .room=${room} .now=${state}></room-live-text>`,
  },
  stagePart: {
    id: "live-text",
    place: "over",
    isShown: () => true,
    render: (here) => html`<live-text-strip .here=${here} .now=${here.state} .isTabOpen=${here.isTabOpen("live-text")}></live-text-strip>`,
  },
  received: (event, here) => {
    if (event.ev !== "rtt.committed" || event.deleted || event.person.id === here.state.you?.id || !isAnnounced()) return;
    here.announce(t("live_text.says", { name: event.person.name, text: event.text.slice(0, 200) }));
  },
};
