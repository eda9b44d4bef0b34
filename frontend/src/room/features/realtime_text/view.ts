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
import { activeLanguage, formatTime, languageNames, t, tn } from "../../translations";
import { RoomElement } from "../../views/error-boundary";
import { choice, item, menu } from "../../views/menus";
import type { RoomContext, RoomFeature } from "../registry";
import { expanded, isCaption, isRead, keepShortForms, keptShortForms, PLACES, readLanguage, shortForms, SIZES } from "./captions";
import { captionLanguage, captionLanguages, isSame, lastOwnCaption, readLines, typedByOthers, unreadLines, type PendingLine } from "./state";

const LONGEST = 1000;
const ANNOUNCE = "live-text-announce";
const WRITTEN = "captions-written";
const SIZE_WORDS: Record<(typeof SIZES)[number], () => string> = {
  normal: () => t("captions.size_normal"),
  large: () => t("captions.size_large"),
  largest: () => t("captions.size_largest"),
};
const PLACE_WORDS: Record<(typeof PLACES)[number], () => string> = {
  below: () => t("captions.place_below"),
  above: () => t("captions.place_above"),
};
/** Milliseconds for which a finished line stays over the stage. */
const STAYS = 6_000;
const OVER_STAGE = 3;
const CAPTION_LINES = 2;
const MOST_KEPT = 10;
const TAIL = 140;

/** Whether finished lines are announced to screen readers; letters never are. */
const isAnnounced = (): boolean => readItem("localStorage", ANNOUNCE) !== "off";

const isCaptioner = (state: State): boolean => state.you?.role === "captioner";

/** In itself. */
const languageName = (code: string): string => languageNames()[code] ?? code;

@customElement("room-live-text")
export class RoomLiveText extends RoomElement {
  @property({ attribute: false }) room!: RoomClient;
  @property({ attribute: false }) now!: State;
  @state() private isAway = false;
  @state() private isLoading = false;
  /** The own caption that is being corrected. */
  @state() private correcting: TextLine | undefined;
  private draft = "";
  private forms = shortForms(keptShortForms());

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
    const field = event.target as HTMLTextAreaElement;
    if (isCaptioner(this.now)) this.expand(field);
    if (this.correcting) return;
    this.write(field.value);
    this.room.liveText.language = this.language;
    this.room.liveText.type(this.draft);
  };

  /** Not in the middle of the text, where the caret would jump. */
  private expand(field: HTMLTextAreaElement): void {
    if (field.selectionStart !== field.value.length) return;
    const text = expanded(field.value, this.forms);
    if (text !== field.value) field.value = text.slice(0, LONGEST);
  }

  /** In which this person writes captions; undefined for who is no captioner. */
  private get language(): string | undefined {
    if (!isCaptioner(this.now)) return undefined;
    const written = readItem("localStorage", WRITTEN);
    return written in languageNames() ? written : activeLanguage();
  }

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
    if (isComposing(event)) return;
    const isEmpty = (event.target as HTMLTextAreaElement).value === "";
    if (event.key === "Enter") this.finish(event);
    else if (event.key === "Escape" && this.correcting) this.endCorrecting();
    else if (event.key === "ArrowUp" && isEmpty && isCaptioner(this.now)) this.correct(event, lastOwnCaption(this.now));
  };

  private correct(event: Event, line: TextLine | undefined): void {
    const field = this.querySelector<HTMLTextAreaElement>("#live-text");
    if (!line || !field) return;
    event.preventDefault();
    this.correcting = line;
    field.value = line.text;
    field.focus();
  }

  /** What was being typed is there again. */
  private endCorrecting(): void {
    const field = this.querySelector<HTMLTextAreaElement>("#live-text");
    this.correcting = undefined;
    if (field) field.value = this.draft;
    field?.focus();
  }

  private async sendCorrection({ id, text }: TextLine, corrected: string): Promise<void> {
    if (corrected === text || (await this.room.liveText.correct(id, corrected))) this.endCorrecting();
  }

  private readonly finish = (event: Event): void => {
    event.preventDefault();
    const field = this.querySelector<HTMLTextAreaElement>("#live-text");
    if (!field || field.value.trim() === "") return;
    if (isCaptioner(this.now)) field.value = expanded(`${field.value} `, this.forms).trimEnd().slice(0, LONGEST);
    if (this.correcting) return void this.sendCorrection(this.correcting, field.value.trim());
    this.room.liveText.language = this.language;
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
    const { pending, hasEarlier } = this.now.liveText;
    const lines = readLines(this.now, this.now.liveText.lines);
    const typed = readLines(this.now, typedByOthers(this.now));
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
      ${may(this.now, "rtt.type") ? this.compose() : nothing}
    `;
  }

  private compose(): TemplateResult {
    const { correcting } = this;
    const label = correcting ? t("captions.correcting") : isCaptioner(this.now) ? t("captions.write") : t("live_text.write");
    const hint = correcting ? t("captions.correcting_hint") : isCaptioner(this.now) ? t("captions.hint") : t("live_text.hint");
    return html`<form class="compose" @submit=${this.finish}>
      ${isCaptioner(this.now) ? this.captionTools() : nothing}
      <label class="small soft" for="live-text">${label}</label>
      <textarea class="input" id="live-text" rows="1" lang=${this.language ?? nothing} maxlength=${LONGEST} enterkeyhint="send" autocomplete="off" aria-describedby="live-text-hint" ${ref(this.restore)} @input=${this.typed} @keydown=${this.pressed}></textarea>
      <div class="spread"><p class="small soft compose__hint" id="live-text-hint">${hint}</p><span class="actions">
        ${correcting ? html`<button class="button button--small button--plain" type="button" data-act="cancel-correction" @click=${() => this.endCorrecting()}>${t("captions.cancel")}</button>` : nothing}
        <button class="button button--primary button--small" type="submit">${correcting ? t("captions.save") : t("live_text.finish")}</button></span></div>
    </form>`;
  }

  private captionTools(): TemplateResult {
    const choose = (event: Event): void => {
      writeItem("localStorage", WRITTEN, (event.target as HTMLSelectElement).value);
      this.requestUpdate();
    };
    const change = (event: Event): void => {
      const { value } = event.target as HTMLTextAreaElement;
      keepShortForms(value);
      this.forms = shortForms(value);
    };
    return html`<label class="field small">${t("captions.language")}<select class="input" data-captions-written @change=${choose}>
        ${Object.keys(languageNames()).map((code) => html`<option value=${code} ?selected=${code === this.language}>${languageName(code)}</option>`)}</select></label>
      <details class="small"><summary>${t("captions.short_forms")}</summary>
        <label class="field">${t("captions.short_forms_hint")}<textarea class="input" rows="4" data-short-forms spellcheck="false" placeholder="hp = heat pump" .value=${keptShortForms()} @input=${change}></textarea></label></details>`;
  }

  private line(line: TextLine): TemplateResult {
    const isOwn = line.person.id === this.now.you?.id;
    const mayDelete = may(this.now, "rtt.delete") && (isOwn || isHost(this.now.you));
    const role = roleInWords(line.person.role);
    const mayCorrect = isOwn && isCaption(line) && may(this.now, "rtt.correct");
    return html`<li class="message" data-line=${line.id}>
      ${avatar(line.person)}
      <p class="message__author"><b>${isOwn ? t("you") : line.person.name}</b> ${role && !isOwn ? html`${role} · ` : nothing}<time datetime=${line.at}>${formatTime(line.at)}</time>
        ${mayCorrect ? html`<button class="link message__action" type="button" data-act="correct" aria-label=${t("captions.correct_line", { text: line.text.slice(0, 40) })} @click=${(event: Event) => this.correct(event, line)}>${t("captions.correct")}</button>` : nothing}
        ${mayDelete ? html`<button class="link message__action" type="button" aria-label=${t("live_text.delete", { text: line.text.slice(0, 40) })} @click=${() => void this.room.liveText.deleteLine(line.id)}>${isOwn ? t("chat.take_back") : t("chat.remove")}</button>` : nothing}</p>
      <p class="message__text" dir="auto" lang=${line.language ?? nothing}>${line.text}</p>
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

  /** While captions are written they have room of their own on a phone, also between two of them: nothing moves. */
  protected override updated(): void {
    const { isShown, size, place } = this.now.liveText.captions;
    if (isShown && hasCaptions(this.now)) Object.assign(this.dataset, { captions: place, size });
    else delete this.dataset.captions;
  }

  private readonly received = (event: Event): void => {
    const { detail } = event as CustomEvent<RoomEvent>;
    if (detail.ev === "rtt.corrected") this.finished = this.finished.map((each) => (each.id === detail.line ? { ...each, text: detail.text } : each));
    if (detail.ev === "rtt.deleted") this.finished = this.finished.filter(({ id }) => id !== detail.line);
    if (detail.ev !== "rtt.committed" || detail.deleted || (detail.person.id === this.now.you?.id && !isCaption(detail))) return;
    const line: TextLine = detail;
    this.finished = newestOfEach([...this.finished, line]);
    setTimeout(() => (this.finished = this.finished.filter((each) => !isSame(each, line))), STAYS);
  };

  protected override render(): TemplateResult | typeof nothing {
    const shown = [...this.finished, ...typedByOthers(this.now)];
    const { isShown, size, place } = this.now.liveText.captions;
    const language = captionLanguage(this.now);
    const captions = isShown ? shown.filter((line) => isCaption(line) && isRead(line, language)).slice(-CAPTION_LINES) : [];
    const others = this.isTabOpen ? [] : shown.filter((each) => !isCaption(each)).slice(-OVER_STAGE);
    if (captions.length + others.length === 0) return nothing;
    const read = captions.length === 0 ? nothing : html`<section class="captions" data-size=${size} aria-label=${t("captions")}>${captions.map((line) => html`<p dir="auto" lang=${line.language ?? nothing}>${tailOf(line.text)}</p>`)}</section>`;
    return html`${place === "above" && captions.length > 0 ? html`<div class="under-stage under-stage--above">${read}</div>` : nothing}
      <div class="under-stage">${others.length === 0 ? nothing : this.strip(others)}${place === "below" ? read : nothing}</div>`;
  }

  private strip(lines: readonly Pick<TextLine, "person" | "text">[]): TemplateResult {
    return html`<div class="live-text-strip">
      ${lines.map(({ person, text }) => html`<p dir="auto"><b>${person.name}</b> ${tailOf(text)}</p>`)}
      <button class="button button--small" type="button" @click=${() => this.here.showTab("live-text")}>${t("live_text.show")}</button>
    </div>`;
  }
}

/** Of each language, so that many in one leave those in another. */
const newestOfEach = (lines: readonly TextLine[]): TextLine[] => lines.filter(({ language }, at) => lines.slice(at + 1).filter((other) => other.language === language).length < MOST_KEPT);

const tailOf = (text: string): string => [...text].slice(-TAIL).join("");

// ---- the control ---------------------------------------------------------------------------------------------

/** Somebody who writes captions is here, or has been. */
function hasCaptions(state: State): boolean {
  return [...state.people.values()].some(({ role }) => role === "captioner") || [...state.liveText.lines, ...state.liveText.typed].some(isCaption);
}

function captionItems({ room, state, showTab }: RoomContext): TemplateResult {
  const { isShown, size, place } = state.liveText.captions;
  const languages = captionLanguages(state);
  const read = readLanguage(languages, state.liveText.captions.language); // though others be shown while nobody writes it
  const show = (language: string): void => room.liveText.chooseCaptions({ isShown: true, language });
  const shown = languages.length === 0 ? choice(t("captions.on"), isShown, () => show(""), "captions-on") : languages.map((code) => choice(languageName(code), isShown && code === read, () => show(code), `captions-${code}`));
  return html`<p class="menu__head">${t("captions")}</p>
    ${choice(t("captions.off"), !isShown, () => room.liveText.chooseCaptions({ isShown: false }), "captions-off")}${shown}
    ${isShown ? html`<p class="menu__head">${t("captions.size")}</p>${SIZES.map((each) => choice(SIZE_WORDS[each](), each === size, () => room.liveText.chooseCaptions({ size: each }), `captions-size-${each}`))}
      <p class="menu__head">${t("captions.place")}</p>${PLACES.map((each) => choice(PLACE_WORDS[each](), each === place, () => room.liveText.chooseCaptions({ place: each }), `captions-place-${each}`))}` : nothing}
    ${item(t("captions.history"), () => showTab("live-text"), "", "captions-history")}`;
}

/** Its words alone: they come often. */
function captionAnnounced(line: Pick<TextLine, "person" | "language" | "text">, { state, announce }: RoomContext): void {
  if (state.liveText.captions.isShown && isRead(line, captionLanguage(state))) announce(line.text.slice(0, 200));
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
  control: {
    id: "captions",
    isShown: (state) => hasCaptions(state) && state.room?.state !== "ended",
    render: (here) => menu("captions", "captions", t("captions"), captionItems(here)),
    items: captionItems,
  },
  stagePart: {
    id: "live-text",
    place: "over",
    isShown: () => true,
    render: (here) => html`<live-text-strip .here=${here} .now=${here.state} .isTabOpen=${here.isTabOpen("live-text")}></live-text-strip>`,
  },
  received: (event, here) => {
    if (event.ev !== "rtt.committed" || event.deleted || event.person.id === here.state.you?.id || !isAnnounced()) return;
    if (isCaption(event)) return captionAnnounced(event, here);
    here.announce(t("live_text.says", { name: event.person.name, text: event.text.slice(0, 200) }));
  },
};
