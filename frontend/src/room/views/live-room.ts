// The room: header, stage, controls and panel, and the notices.
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { isComposing } from "../../keys";
import type { Notice } from "../actions";
import { Announcer } from "../announcer";
import { FEATURES } from "../features/all";
import { toggleHand } from "../features/hands/view";
import { showAskField } from "../features/questions/view";
import { shownStageParts, shownTabs, shownTextActions, tabForKey, UnreadCounter, type RoomContext, type Tab } from "../features/registry";
import { Fading } from "../fading";
import { LayoutQuery, PanelSizes, type PanelSize } from "../layout";
import { FloatingPicture } from "../floating-picture";
import { LevelMeter } from "../level";
import type { DeviceChange } from "../media";
import { MutedSpeech } from "../muted-speech";
import { icon, type Page } from "../page";
import type { RoomEvent } from "../protocol.generated";
import type { RoomClient } from "../room-client";
import { Shortcuts } from "../shortcuts";
import { ActiveSpeaker, picturesOf, type Arrangement } from "../stage-layout";
import { may, mayPrepare, mayPublish, type State } from "../state";
import { formatTime, localized, t, tn } from "../translations";
import { controlsView, type ControlActions } from "./controls";
import type { ConfirmDialog } from "./confirm-dialog";
import "./confirm-dialog";
import { headView } from "./head";
import type { LeaveDialog } from "./leave-dialog";
import "./leave-dialog";
import { deviceInWords } from "./devices";
import { leftScreen } from "./left-screen";
import { withErrorBoundary } from "./error-boundary";
import type { RoomSettings } from "./settings";
import "./settings";
import { arrangementOf, focusPin, trackToFloat, type StageView } from "./stage";
import { noticesInWords, stageContent } from "./stage-content";
import type { RoomToasts } from "./toasts";
import "./toasts";

const CHECK_EVERY = 250;
const PHONE = "(max-width: 37.49rem), (max-height: 29.99rem)";
const TELL_TIME_EVERY = 10_000;
const SPEAKING = 0.02;
const SPEAKING_STEPS = 7;

@customElement("live-room")
export class LiveRoom extends LitElement {
  @property({ attribute: false }) room!: RoomClient;
  @property({ attribute: false }) page!: Page;
  @state() private now!: State;
  /** The selected one; while it is not shown, the first is. */
  @state() private tab = "";
  @state() private speaking: ReadonlySet<string> = new Set();
  @state() private announcement = "";
  @state() private isAudioBlocked = false;
  @query("room-toasts") private readonly toasts!: RoomToasts | null;
  @query("confirm-dialog") private readonly question!: ConfirmDialog | null;
  @query("leave-dialog") private readonly leaving!: LeaveDialog | null;
  @query("room-settings") private readonly settings!: RoomSettings | null;
  private readonly unread = new UnreadCounter();
  private readonly layoutQuery = new LayoutQuery(() => this.layoutChanged());
  private readonly panelSizes = new PanelSizes();
  private readonly fading = new Fading(
    () => this.mayFade(),
    (element) => element.closest(".room__controls, .room__header") !== null,
    () => this.requestUpdate(),
  );
  /** Of the bar, in rem. */
  @state() private barWidth = inRem(window.innerWidth);
  private readonly barResized = new ResizeObserver(([bar]) => {
    if (bar) this.barWidth = inRem(bar.contentRect.width);
  });
  private timer: ReturnType<typeof setInterval> | undefined;
  private clock: ReturnType<typeof setInterval> | undefined;
  private meter: LevelMeter | null = null;
  private readonly mutedSpeech = new MutedSpeech();
  private wasMuted = true;
  private notices: readonly string[] = [];
  private readonly announcer = new Announcer((text) => (this.announcement = text), (count) => tn("chat.news", count));
  private readonly shortcuts = new Shortcuts({
    microphone: () => this.maySetUp() && void this.room.setMuted(this.room.media.microphone),
    camera: () => this.maySetUp() && void this.room.setCamera(!this.room.media.camera),
    hand: () => may(this.now, "hand.raise") && toggleHand(this.room),
    ask: () => this.now.you?.admission === "admitted" && showAskField(this.here),
    talk: (isTalking) => this.talk(isTalking),
    list: () => void this.settings?.open("keys"),
  });

  private readonly activeSpeaker = new ActiveSpeaker();
  private readonly floating = new FloatingPicture();
  @query("[data-floating]") private readonly floatingVideo!: HTMLVideoElement | null;

  private readonly actions: ControlActions = {
    float: () => void this.float(),
    settings: () => void this.settings?.open("devices"),
    keys: () => void this.settings?.open("keys"),
    leave: () => void this.leave(),
    end: () => void this.end(),
  };

  /** What features are given. */
  private readonly here: RoomContext = this.context();

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.now = this.room.state;
    this.room.addEventListener("change", this.changed);
    this.room.addEventListener("notice", this.noticed);
    this.room.addEventListener("received", this.received);
    this.room.media.addEventListener("device", this.deviceTaken);
    this.addEventListener("audio-blocked", () => (this.isAudioBlocked = true));
    this.timer = setInterval(() => {
      this.updateSpeakers();
      this.tellMutedSpeaker();
    }, CHECK_EVERY);
    this.clock = setInterval(() => this.requestUpdate(), TELL_TIME_EVERY);
    this.shortcuts.listen();
    this.layoutQuery.listen();
    this.fading.listen();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.room.removeEventListener("change", this.changed);
    this.room.removeEventListener("notice", this.noticed);
    this.room.removeEventListener("received", this.received);
    this.room.media.removeEventListener("device", this.deviceTaken);
    clearInterval(this.timer);
    clearInterval(this.clock);
    this.shortcuts.stop();
    this.layoutQuery.stop();
    this.fading.stop();
    this.barResized.disconnect();
    this.meter?.close();
    this.mutedSpeech.close();
  }

  // ---- events ----

  private readonly changed = (): void => {
    const before = this.now;
    this.now = this.room.state;
    this.requestUpdate();
    this.announceNew(before);
    this.announceNotices();
    if (this.now.link === "closed") this.shortcuts.stop();
  };

  private announceNew(before: State): void {
    const { lines, you } = this.now;
    const last = before.lines.at(-1)?.id ?? (before.you ? 0 : Number.MAX_SAFE_INTEGER); // on entering nothing is new
    for (const line of lines.slice(-20)) {
      if (line.kind !== "message" || line.id <= last || line.from.id === you?.id || line.isDeleted) continue;
      this.announcer.announce(t("chat.says", { name: line.from.name, text: line.text.slice(0, 200) }));
    }
  }

  /** Those over the stage: one that is inserted with its text is not always read. */
  private announceNotices(): void {
    const before = this.notices;
    this.notices = noticesInWords(this.room);
    for (const notice of this.notices) if (!before.includes(notice)) this.announcer.announce(notice);
  }

  private readonly noticed = (event: Event): void => {
    const notice = (event as CustomEvent<Notice>).detail;
    if (notice.what === "stage.invited") void this.invited(t("stage.invited"));
    else if (notice.what === "floor.given") void this.invited(t("floor.given"));
    else if (notice.what === "mute.requested") this.toasts?.show(t("notice.muted", { name: notice.who ?? "" }));
    else if (notice.what === "lobby") this.announcer.announce(t("notice.lobby", { name: notice.who ?? "" })); // shown as a banner over the stage
    else if (notice.what === "meeting.closing") this.closes();
    else if (notice.what === "meeting.extended") this.extended();
    else if (notice.what === "readmitted") this.toasts?.show(t("notice.readmitted", { name: notice.who ?? "" }));
    else this.toasts?.show(plainNotice(notice.what));
  };

  private readonly deviceTaken = (event: Event): void => {
    const { detail } = event as CustomEvent<DeviceChange>;
    const isBackMuted = detail.kind === "microphone" && detail.why === "back" && this.room.media.isMuted;
    const unmute = { word: t("notice.unmute"), act: () => void this.room.setMuted(false) };
    const change = { word: t("settings.change"), act: () => void this.settings?.open("devices") };
    this.toasts?.show(deviceInWords(detail, isBackMuted), isBackMuted ? unmute : change, `device-${detail.kind}`);
  };

  private closes(): void {
    const at = this.room.state.room?.closes_at;
    const extend = { word: t("host.extend", { n: 15 }), act: () => void this.room.ask({ do: "meeting.extend", minutes: 15 }) };
    if (at) this.toasts?.show(t("notice.closes", { time: formatTime(at) }), extend, "closes");
  }

  private extended(): void {
    const until = this.room.state.room?.ends_at;
    if (until) this.toasts?.show(t("notice.extended", { time: formatTime(until) }), null, "closes");
  }

  /** Nobody is heard before they agree; in a webinar they may decline, and leave the stage. */
  private async invited(title: string): Promise<void> {
    const text = this.now.room?.recording ? t("stage.invited_recorded") : t("stage.invited_text");
    const answers = this.now.room?.is_webinar ? { other: t("not_now"), no: t("stage.decline") } : { no: t("not_now") };
    const answer = await this.question?.choose({ title, text, yes: t("stage.invited_yes"), ...answers });
    if (answer === "yes") await this.room.setMuted(false);
    if (answer === "no" && this.now.room?.is_webinar) await this.room.ask({ do: "stage.leave" });
  }

  private readonly received = (event: Event): void => {
    const { detail } = event as CustomEvent<RoomEvent>;
    for (const feature of FEATURES) feature.received?.(detail, this.here);
  };

  private updateSpeakers(): void {
    const { media, transport } = this.room;
    const speaking = new Set<string>();
    for (const person of this.now.people.values()) {
      if (person.id === this.now.you?.id) {
        if (media.microphone && this.ownLevel() >= SPEAKING_STEPS) speaking.add(person.id);
      } else if (person.microphone && (transport?.loudness(person.id) ?? 0) > SPEAKING) speaking.add(person.id);
    }
    if (!sameSet(speaking, this.speaking)) this.speaking = speaking;
    const before = this.activeSpeaker.current;
    this.activeSpeaker.look(new Set([...speaking].filter((id) => id !== this.now.you?.id)));
    if (this.activeSpeaker.current !== before) this.requestUpdate();
  }

  // ---- view ----

  private get stageView(): StageView {
    const isSmall = this.layoutQuery.layout !== "side" && matchMedia(PHONE).matches;
    return { speaking: this.speaking, active: this.activeSpeaker.current, isSmall, content: this.contentName, pin: (key, name) => this.pin(key, name) };
  }

  private get contentName(): string {
    const { content } = shownStageParts(FEATURES, this.now);
    return content?.label?.() ?? t("stage.slides");
  }

  /** The element moves to another place: the focus goes along. */
  private pin(key: string, name: string): void {
    const { view } = this.room;
    const hadFocus = this.querySelector(`[data-pin="${key}"]`) === document.activeElement;
    view.pin(view.pinned === key ? null : key);
    this.announcer.announce(view.pinned === key ? t("stage.pinned", { name }) : t("stage.unpinned", { name }));
    if (hadFocus) void this.updateComplete.then(() => focusPin(this, key));
  }

  private async float(): Promise<void> {
    try {
      if (this.floatingVideo) await this.floating.toggle(this.floatingVideo, this.floated);
    } catch (error) {
      console.warn("No picture-in-picture", error);
      this.toasts?.show(t("notice.refused"));
    }
  }

  private get floated(): MediaStreamTrack | null {
    return trackToFloat(this.room, this.arrangement, this.activeSpeaker.current);
  }

  private get arrangement(): Arrangement {
    const isIn = this.now.you?.admission === "admitted";
    return arrangementOf(this.room, this.stageView, isIn && shownStageParts(FEATURES, this.now).content !== null);
  }

  private tellMutedSpeaker(): void {
    const { media } = this.room;
    const muted = media.isMuted && mayPublish(this.now) ? (media.tracks.get("microphone") ?? null) : null;
    if (!muted) this.toasts?.forget("speaking-muted");
    if (!this.mutedSpeech.isSpeaking(muted)) return;
    this.toasts?.show(t("notice.speaking_muted"), { word: t("notice.unmute"), act: () => void this.room.setMuted(false) }, "speaking-muted");
  }

  private ownLevel(): number {
    this.meter ??= new LevelMeter();
    this.meter.listen(this.room.media.tracks.get("microphone") ?? null);
    return this.meter.level;
  }

  private talk(isTalking: boolean): void {
    if (!mayPublish(this.now)) return;
    if (isTalking) this.wasMuted = !this.room.media.microphone;
    if (this.wasMuted) void this.room.setMuted(!isTalking);
  }

  private maySetUp(): boolean {
    return mayPublish(this.now) || mayPrepare(this.now);
  }

  private show(tab: string): void {
    this.select(tab);
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(`#t-${tab}`)?.focus());
  }

  private playAudio(): void {
    this.isAudioBlocked = false;
    for (const player of this.querySelectorAll("audio")) void player.play().catch(() => (this.isAudioBlocked = true));
  }

  // ---- leaving and ending ----

  private async leave(): Promise<void> {
    if (this.room.recorder.isRecording) {
      const question = { title: t("leave.recording"), text: t("leave.recording_text"), yes: t("leave.recording_yes"), no: t("stay") };
      if (!(await this.question?.ask(question))) return;
      await this.room.stopRecording();
    }
    if (await this.mayLeave()) await this.room.leave();
  }

  /** The host of a live meeting with others in it is asked what becomes of it. */
  private async mayLeave(): Promise<boolean> {
    const { you, count } = this.now;
    if (you?.role !== "host" || count < 2 || !may(this.now, "meeting.end")) return true;
    const choice = await this.leaving?.ask(this.room);
    if (choice?.what === "end") void this.end();
    if (choice?.what !== "leave") return false;
    return choice.handOverTo === "" || (await this.room.handOver(choice.handOverTo));
  }

  private async end(): Promise<void> {
    const question = { title: t("end.title"), text: tn("end.text", this.now.count), yes: t("end.yes"), no: t("keep_going"), isGrave: true };
    if (!(await this.question?.ask(question))) return;
    if (this.room.recorder.isRecording) await this.room.stopRecording();
    await this.room.ask({ do: "meeting.end" });
  }

  // ---- rendering ----

  protected override willUpdate(): void {
    if (this.now.you?.admission === "admitted") this.unread.look(this.tabs, this.now, (id) => this.isTabOpen(id));
    document.title = this.titleNow();
    const isLaidOut = this.now.link !== "closed";
    this.toggleAttribute("data-layout", isLaidOut);
    if (!isLaidOut) return;
    this.dataset.layout = this.layoutQuery.layout;
    this.dataset.panel = this.panelSize;
    this.dataset.controls = this.layoutQuery.layout === "over" ? this.fading.fade : "shown";
  }

  private titleNow(): string {
    const unread = this.unread.total(this.tabs, this.now);
    return `${unread > 0 ? `(${unread}) ` : ""}${this.heading()} · ${t("room")}`;
  }

  private heading(): string {
    return (this.now.room && localized(this.now.room.title).text) ?? this.page.title;
  }

  protected override render(): TemplateResult {
    if (this.now.link === "closed") return leftScreen(this.now, this.page, () => this.room.enter());
    const isIn = this.now.you?.admission === "admitted";
    const { over, above, content } = isIn ? shownStageParts(FEATURES, this.now) : { over: [], above: [], content: null };
    return html`
      ${withErrorBoundary(() => headView(this.room, this.page))}
      <main class="room__stage" aria-label=${t("stage")}>
        <div class="stage ${this.now.room?.kind === "project" ? "stage--plain" : ""}" id="stage" tabindex="-1">
          ${withErrorBoundary(() => stageContent({ room: this.room, page: this.page, view: this.stageView, isAudioBlocked: this.isAudioBlocked, enableAudio: () => this.playAudio(), showWaiting: () => this.show("people"), content: content?.render(this.here) ?? null, above: above.map((part) => withErrorBoundary(() => part.render(this.here))), whileWaiting: FEATURES.map(({ whileWaiting }) => (whileWaiting ? withErrorBoundary(() => whileWaiting(this.here)) : nothing)) }))}
        </div>
        ${over.length > 0 ? html`<div class="stage__over">${over.map((part) => withErrorBoundary(() => part.render(this.here)))}</div>` : nothing}
      </main>
      ${withErrorBoundary(() => controlsView(this.here, this.actions, { width: this.barWidth, panel: this.panelControl() }))}
      ${isIn ? this.panel() : nothing}
      <p class="visually-hidden" aria-live="polite">${this.announcement}</p>
      <video class="visually-hidden" data-floating aria-hidden="true" tabindex="-1" playsinline .muted=${true}></video>
      <room-toasts></room-toasts>
      <confirm-dialog></confirm-dialog>
      <leave-dialog></leave-dialog>
      <room-settings .media=${this.room.media}></room-settings>`;
  }

  // ---- panel ----

  private get tabs(): Tab[] {
    return shownTabs(FEATURES, this.now, this.page);
  }

  private get selected(): string | undefined {
    const { tabs } = this;
    return (tabs.find(({ id }) => id === this.tab) ?? tabs[0])?.id;
  }

  private isTabOpen(id: string): boolean {
    return this.selected === id && this.panelSize !== "closed";
  }

  /** A press on a tab opens the panel, too. */
  private select(id: string): void {
    this.tab = id;
    this.panelSizes.open(this.layoutQuery.layout);
    this.requestUpdate();
  }

  private get panelSize(): PanelSize {
    return this.panelSizes.of(this.layoutQuery.layout);
  }

  /** Who is writing when the phone is turned goes on writing. */
  private layoutChanged(): void {
    if (this.querySelector(".room__panel")?.contains(document.activeElement)) this.panelSizes.open(this.layoutQuery.layout);
    this.requestUpdate();
  }

  private resize(size: PanelSize): void {
    this.panelSizes.set(this.layoutQuery.layout, size);
    this.requestUpdate();
  }

  /** Where the panel slides over the stage the focus goes along: into it, and back to the control that opened it. */
  private openPanel(): void {
    if (this.selected) this.show(this.selected);
  }

  private closePanel(): void {
    this.resize("closed");
    const opener = this.layoutQuery.layout === "over" ? "[data-control=panel]" : "[data-panel-button=size]";
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(opener)?.focus());
  }

  private readonly panelKeys = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || isComposing(event) || event.defaultPrevented || this.layoutQuery.layout !== "over") return;
    if (event.target instanceof Element && event.target.closest("details.menu[open]")) return;
    this.closePanel();
  };

  private panelControl(): TemplateResult | typeof nothing {
    const tab = this.tabs.find(({ id }) => id === this.selected);
    if (this.layoutQuery.layout !== "over" || this.now.you?.admission !== "admitted" || !tab) return nothing;
    const isOpen = this.panelSize !== "closed";
    const unread = this.unread.total(this.tabs, this.now);
    const word = unread > 0 ? `${tab.label()} (${unread})` : tab.label();
    const act = (): void => (isOpen ? this.closePanel() : this.openPanel());
    return html`<button class="control ${isOpen ? "control--on" : ""}" type="button" data-control="panel" aria-expanded=${String(isOpen)} @click=${act}>${icon("chat")}<span class="control__word"><span>${word}</span></span></button>`;
  }

  private panelButton(name: string, sign: string, word: string, size: PanelSize): TemplateResult {
    const act = (): void => (size === "closed" ? this.closePanel() : this.resize(size));
    return html`<button class="panel-button" type="button" data-panel-button=${name} @click=${act}>${icon(sign)}<span class="visually-hidden">${word}</span></button>`;
  }

  private panelButtons(): TemplateResult | typeof nothing {
    const { layout } = this.layoutQuery;
    if (layout === "side") return nothing;
    const size = this.panelSize;
    const resize = size === "full" ? this.panelButton("size", "down", t("panel.half"), "half") : this.panelButton("size", "up", size === "closed" ? t("panel.open") : t("panel.full"), size === "closed" ? "half" : "full");
    return html`<div class="panel-buttons">${layout === "sheet" ? resize : nothing}${size === "closed" ? nothing : this.panelButton("close", "cross", t("panel.close"), "closed")}</div>`;
  }

  // ---- controls over the stage ----

  /** Only where they lie over the stage of a touch screen, and nothing else is open. */
  private mayFade(): boolean {
    const isTouched = matchMedia("(hover: none)").matches;
    const isQuiet = this.panelSize === "closed" && this.querySelector("details.menu[open], dialog[open]") === null;
    return this.layoutQuery.layout === "over" && isTouched && isQuiet && this.now.link === "open" && this.now.you?.admission === "admitted";
  }

  private panel(): TemplateResult {
    const { tabs, selected } = this;
    return html`<aside class="room__panel" aria-label=${t("panel")} @keydown=${this.panelKeys}>
      <div class="panel-head"><div class="tabs" role="tablist" aria-label=${t("panel")} @keydown=${this.tabKeys}>
        ${repeat(tabs, ({ id }) => id, (tab) => html`<button type="button" role="tab" id="t-${tab.id}" aria-selected=${String(tab.id === selected)} aria-controls="p-${tab.id}" tabindex=${tab.id === selected ? 0 : -1} @click=${() => this.select(tab.id)}>${tab.label()} <span class="count">${this.unread.words(tab, this.now)}</span></button>`)}
      </div>${this.panelButtons()}</div>
      ${repeat(tabs, ({ id }) => id, (tab) => html`<div role="tabpanel" id="p-${tab.id}" aria-labelledby="t-${tab.id}" ?hidden=${tab.id !== selected}>${tab.render(this.here, this.isTabOpen(tab.id))}</div>`)}
    </aside>`;
  }

  private readonly tabKeys = (event: KeyboardEvent): void => {
    const tab = isComposing(event) ? undefined : tabForKey(this.tabs, this.selected ?? "", event.key);
    if (!tab) return;
    event.preventDefault();
    this.show(tab.id);
  };

  /** The state is that of the room, which may be newer than what is rendered. */
  private context(): RoomContext {
    const now = (): { room: RoomClient; page: Page } => ({ room: this.room, page: this.page });
    return {
      get room() {
        return now().room;
      },
      get page() {
        return now().page;
      },
      get state() {
        return now().room.state;
      },
      isTabOpen: (id) => this.isTabOpen(id),
      showTab: (id) => this.show(id),
      announce: (text) => this.announcer.announce(text),
      toast: (text, action = null, subject = text) => this.toasts?.show(text, action, subject),
      forgetToasts: (subject) => this.toasts?.forget(subject),
      textActions: () => shownTextActions(FEATURES, this.here),
      ask: async (question) => (await this.question?.ask(question)) ?? false,
    };
  }

  protected override updated(changes: PropertyValues): void {
    if (this.now.you?.admission === "admitted" && this.now.link !== "closed") {
      this.room.showPictures(picturesOf(this.arrangement));
      this.floating.follow(this.floated);
    }
    const bar = this.querySelector(".room__controls");
    if (bar) this.barResized.observe(bar);
    if (changes.has("tab")) this.querySelector(`#t-${this.tab}`)?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (changes.has("tab")) this.tabs.find(({ id }) => this.isTabOpen(id))?.opened?.(this.here);
    const before = changes.get("now") as State | undefined;
    if (before && before.link !== "closed" && this.now.link === "closed") this.querySelector<HTMLElement>("#stage")?.focus();
    if (before?.link === "closed" && this.now.link !== "closed") this.shortcuts.listen();
  }
}

function plainNotice(what: Notice["what"]): string {
  const words: Partial<Record<Notice["what"], () => string>> = {
    "stage.removed": () => t("notice.off_stage"),
    handed_over: () => t("notice.handed_over"),
    no_account: () => t("notice.no_account"),
    too_fast: () => t("notice.too_fast"),
    "muted.all": () => t("notice.muted_all"),
    pictures: () => t("notice.pictures"),
    "breakouts.closed": () => t("notice.breakouts_closed"),
    "breakouts.moved": () => t("notice.breakouts_moved"),
    "breakouts.lost": () => t("notice.breakouts_lost"),
    "breakouts.recording": () => t("notice.breakouts_recording"),
    "recording.failed": () => t("notice.recording_failed"),
    "recording.unsupported": () => t("notice.recording_unsupported"),
  };
  return words[what]?.() ?? t("notice.refused");
}

function inRem(pixels: number): number {
  return pixels / Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}

function sameSet(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((item) => other.has(item));
}
