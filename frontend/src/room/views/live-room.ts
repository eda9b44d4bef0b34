// The room itself: head, stage, controls, panel; and what stands there before it begins and after one has left.
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { Announcer } from "../announcer";
import { LevelMeter } from "../level";
import { icon, type Page } from "../page";
import type { Notice, Participation } from "../participation";
import { Shortcuts } from "../shortcuts";
import { isHost, may, mayPublish, stage, type Ending, type State } from "../state";
import { hour, own, t, tn } from "../words";
import "./chat";
import { controlsView, reactionInWords } from "./controls";
import type { RoomQuestion } from "./dialog";
import "./dialog";
import "./people";
import type { RoomSettings } from "./settings";
import "./settings";
import { stageView } from "./stage";
import type { RoomToasts } from "./toasts";
import "./toasts";

type Tab = "chat" | "people";

const LOOK_EVERY = 250;
const SPEAKING = 0.02;
const SPEAKING_STEPS = 7;

@customElement("live-room")
export class LiveRoom extends LitElement {
  @property({ attribute: false }) room!: Participation;
  @property({ attribute: false }) page!: Page;
  @state() private now!: State;
  @state() private tab: Tab = "chat";
  @state() private speaking: ReadonlySet<string> = new Set();
  @state() private announcement = "";
  @state() private reactions: { key: number; text: string }[] = [];
  @state() private isSilent = false;
  @query("room-toasts") private readonly toasts!: RoomToasts | null;
  @query("room-question") private readonly question!: RoomQuestion | null;
  @query("room-settings") private readonly settings!: RoomSettings | null;
  private seen = 0;
  private lastKey = 0;
  private timer: ReturnType<typeof setInterval> | undefined;
  private meter: LevelMeter | null = null;
  private wasMuted = true;
  private readonly announcer = new Announcer((text) => (this.announcement = text), (count) => tn("chat.news", count));
  private readonly shortcuts = new Shortcuts({
    microphone: () => mayPublish(this.now) && void this.room.setMuted(this.room.media.microphone),
    camera: () => mayPublish(this.now) && void this.room.setCamera(!this.room.media.camera),
    hand: () => may(this.now, "hand.raise") && void this.room.raiseHand(!this.now.you?.hand_raised_at),
    talk: (isTalking) => this.talk(isTalking),
    list: () => void this.settings?.open("keys"),
  });

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.now = this.room.state;
    this.room.addEventListener("change", this.changed);
    this.room.addEventListener("notice", this.noticed);
    this.room.addEventListener("reactions", this.reacted);
    this.addEventListener("room-silent", () => (this.isSilent = true));
    this.timer = setInterval(() => this.lookWhoSpeaks(), LOOK_EVERY);
    this.shortcuts.listen();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.room.removeEventListener("change", this.changed);
    this.room.removeEventListener("notice", this.noticed);
    this.room.removeEventListener("reactions", this.reacted);
    clearInterval(this.timer);
    this.shortcuts.rest();
    this.meter?.close();
  }

  // ---- what happens ----

  private readonly changed = (): void => {
    const before = this.now;
    this.now = this.room.state;
    this.requestUpdate();
    this.announceNew(before);
    if (this.now.link === "closed") this.shortcuts.rest();
  };

  private announceNew(before: State): void {
    const { lines, you } = this.now;
    const last = before.lines.at(-1)?.id ?? Number.MAX_SAFE_INTEGER;
    for (const line of lines.slice(-20)) {
      if (line.id <= last || (line.kind === "said" && line.from.id === you?.id)) continue;
      this.announcer.tell(line.kind === "said" ? t("chat.says", { name: line.from.name, text: line.text.slice(0, 200) }) : "");
    }
  }

  private readonly noticed = (event: Event): void => {
    const notice = (event as CustomEvent<Notice>).detail;
    if (notice.what === "stage.invited") void this.invited();
    else if (notice.what === "mute.requested") this.toasts?.show(t("notice.muted", { name: notice.who ?? "" }));
    else if (notice.what === "lobby") this.toasts?.show(t("notice.lobby", { name: notice.who ?? "" }), { word: t("notice.see"), act: () => this.show("people") });
    else if (notice.what === "hand.raised") this.toasts?.show(t("notice.hand", { name: notice.who ?? "" }), { word: t("notice.see"), act: () => this.show("people") });
    else this.toasts?.show(plainNotice(notice.what));
  };

  private async invited(): Promise<void> {
    const yes = await this.question?.ask({ title: t("stage.invited"), text: t("stage.invited_text"), yes: t("stage.invited_yes"), no: t("not_now") });
    if (yes) await this.room.setMuted(false);
  }

  private readonly reacted = (event: Event): void => {
    const counts = (event as CustomEvent<Record<string, number>>).detail;
    for (const [sign, count] of Object.entries(counts)) {
      const key = ++this.lastKey;
      const word = reactionInWords(sign);
      const text = count > 1 ? t("reaction.many", { word, n: count }) : word;
      this.reactions = [...this.reactions, { key, text }].slice(-5);
      setTimeout(() => (this.reactions = this.reactions.filter((one) => one.key !== key)), 4_000);
    }
  };

  private lookWhoSpeaks(): void {
    const { media, exchange } = this.room;
    const speaking = new Set<string>();
    for (const person of stage(this.now)) {
      if (person.id === this.now.you?.id) {
        if (media.microphone && this.ownLevel() >= SPEAKING_STEPS) speaking.add(person.id);
      } else if (person.microphone && (exchange?.loudness(person.id) ?? 0) > SPEAKING) speaking.add(person.id);
    }
    if (!sameSet(speaking, this.speaking)) this.speaking = speaking;
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

  private show(tab: Tab): void {
    this.tab = tab;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(`#t-${tab}`)?.focus());
  }

  private unmuteVoices(): void {
    this.isSilent = false;
    for (const player of this.querySelectorAll("audio")) void player.play().catch(() => (this.isSilent = true));
  }

  // ---- leaving and ending ----

  private async leave(): Promise<void> {
    if (this.room.recorder.isRecording) {
      const question = { title: t("leave.recording"), text: t("leave.recording_text"), yes: t("leave.recording_yes"), no: t("stay") };
      if (!(await this.question?.ask(question))) return;
      await this.room.stopRecording();
    }
    await this.room.leave();
  }

  private async end(): Promise<void> {
    const question = { title: t("end.title"), text: tn("end.text", this.now.count), yes: t("end.yes"), no: t("keep_going"), isGrave: true };
    if (!(await this.question?.ask(question))) return;
    if (this.room.recorder.isRecording) await this.room.stopRecording();
    await this.room.ask({ do: "meeting.end" });
  }

  // ---- drawing ----

  protected override willUpdate(changes: PropertyValues): void {
    if (this.tab === "chat") this.seen = this.now.lines.at(-1)?.id ?? this.seen;
    if (changes.has("now")) document.title = this.titleNow();
  }

  private titleNow(): string {
    const unread = this.tab === "chat" ? 0 : this.unread();
    return `${unread > 0 ? `(${unread}) ` : ""}${this.heading()} · ${t("room")}`;
  }

  private heading(): string {
    return (this.now.room && own(this.now.room.title).text) ?? this.page.title;
  }

  private unread(): number {
    return this.now.lines.filter((line) => line.kind === "said" && line.id > this.seen && line.from.id !== this.now.you?.id).length;
  }

  protected override render(): TemplateResult {
    if (this.now.link === "closed") return this.parting();
    return html`
      <a class="skip" href="#stage">${t("skip")}</a>
      ${this.head()}
      <main class="stage ${this.now.room?.kind === "project" ? "stage--plain" : ""}" id="stage" tabindex="-1" aria-label=${t("stage")}>
        ${this.onStage()}
        <div class="room__reactions" aria-hidden="true">${this.reactions.map((one) => html`<span class="reaction">${one.text}</span>`)}</div>
      </main>
      ${controlsView(this.room, {
        settings: () => void this.settings?.open("devices"),
        keys: () => void this.settings?.open("keys"),
        leave: () => void this.leave(),
        end: () => void this.end(),
      })}
      ${this.now.you?.admission === "admitted" ? this.panel() : this.emptyPanel()}
      <p class="visually-hidden" aria-live="polite">${this.announcement}</p>
      <room-toasts></room-toasts>
      <room-question></room-question>
      <room-settings .media=${this.room.media}></room-settings>`;
  }

  private head(): TemplateResult {
    const { room } = this.now;
    const title = room ? own(room.title) : null;
    return html`<header class="room__top">
      <div class="room__title">
        <h1 lang=${title?.language ?? nothing}>${title?.text ?? this.page.title}</h1>
        <p>${this.page.subtitle}</p>
      </div>
      ${room?.state === "live" && room.started_at ? html`<strong class="badge badge--live">${t("live")}</strong>${this.elapsed()}` : nothing}
      <p class="status" data-status="recording">${room?.recording ? html`${icon("record")}${t("recorded")}` : t("not_recorded")}</p>
      <p class="status" role="status" data-status="line" data-link=${this.now.link}>${this.lineInWords()}</p>
    </header>`;
  }

  private elapsed(): TemplateResult | typeof nothing {
    const { room } = this.now;
    if (!room?.started_at) return nothing;
    const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(room.started_at)) / 60_000));
    return html`<p class="status only-wide">${tn("minutes", minutes)}</p>`;
  }

  private lineInWords(): TemplateResult {
    const { link, you } = this.now;
    if (link === "connecting") return html`${icon("signal")}${t("line.connecting")}`;
    if (link === "reconnecting") return html`${icon("warning")}${t("line.reconnecting")}`;
    if (you?.admission === "waiting") return html`${icon("clock")}${t("line.lobby")}`;
    if (mayPublish(this.now) && !this.room.media.microphone) return html`${icon("mic-off")}${t("line.muted")}`;
    return html`${icon("signal")}${t("line.connected")}`;
  }

  private onStage(): TemplateResult {
    const { you, room, link } = this.now;
    if (!you || !room) return empty("signal", t("line.connecting"), link === "reconnecting" ? t("connecting.again") : t("connecting.text"));
    if (you.admission === "waiting") return this.outside();
    if (room.state === "ended") return empty("check", t("over.title"), t("over.text"), this.backLink());
    const people = stage(this.now);
    return html`
      ${this.banners()}
      ${people.length > 0 ? stageView(this.room, this.speaking) : empty("clock", t("waiting.title"), room.starts_at ? t("waiting.text", { hour: hour(room.starts_at) }) : "")}`;
  }

  private outside(): TemplateResult {
    const { room } = this.now;
    if (room?.state === "live") return empty("clock", t("outside.title"), t("outside.text", { name: this.now.you?.name ?? "" }));
    return empty("clock", t("waiting.title"), room?.starts_at ? t("waiting.text", { hour: hour(room.starts_at) }) : t("waiting.soon"));
  }

  private banners(): TemplateResult | typeof nothing {
    const { room, waiting } = this.now;
    if (this.isSilent) return banner(t("silent.text"), t("silent.button"), () => this.unmuteVoices());
    if (room && may(this.now, "meeting.start") && isSoon(room.starts_at)) {
      const text = room.is_webinar ? t("practice.text") : t("practice.meeting");
      return banner(text, t("host.start"), () => void this.room.ask({ do: "meeting.start" }), true);
    }
    if (waiting.length > 0 && isHost(this.now.you))
      return banner(tn("lobby.waiting", waiting.length), t("notice.see"), () => this.show("people"));
    return room?.state === "waiting" ? html`<p class="notice notice--slim">${icon("clock")}<span>${t("line.waiting")}</span></p>` : nothing;
  }

  private backLink(): TemplateResult {
    return html`<a class="button" href=${this.page.backUrl}>${t("parting.meeting")}</a>`;
  }

  // ---- panel ----

  private panel(): TemplateResult {
    const unread = this.tab === "chat" ? 0 : this.unread();
    const tabs: [Tab, string, string][] = [
      ["chat", t("chat"), unread > 0 ? tn("chat.new", unread) : ""],
      ["people", t("people"), String(this.now.count)],
    ];
    return html`<aside class="room__panel" aria-label=${t("panel")}>
      <div class="tabs" role="tablist" aria-label=${t("panel")} @keydown=${this.tabKeys}>
        ${tabs.map(([tab, word, count]) => html`<button type="button" role="tab" id="t-${tab}" aria-selected=${String(this.tab === tab)} aria-controls="p-${tab}" tabindex=${this.tab === tab ? 0 : -1} @click=${() => (this.tab = tab)}>${word} <span class="count">${count}</span></button>`)}
      </div>
      <div role="tabpanel" id="p-chat" aria-labelledby="t-chat" ?hidden=${this.tab !== "chat"}><room-chat .room=${this.room} .now=${this.now}></room-chat></div>
      <div role="tabpanel" id="p-people" aria-labelledby="t-people" ?hidden=${this.tab !== "people"}><room-people .room=${this.room} .now=${this.now} ?open=${this.tab === "people"}></room-people></div>
    </aside>`;
  }

  private readonly tabKeys = (event: KeyboardEvent): void => {
    if (!["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
    event.preventDefault();
    this.show(this.tab === "chat" ? "people" : "chat");
  };

  private emptyPanel(): TemplateResult {
    return html`<aside class="room__panel" aria-label=${t("panel")}><div class="scroll"><p class="soft">${t("panel.waiting")}</p></div></aside>`;
  }

  // ---- afterwards ----

  private parting(): TemplateResult {
    const mayComeBack = ["left", "replaced", "no_entry"].includes(this.now.ending);
    return html`<main class="page stack stack--wide parting" id="stage" tabindex="-1">
      <div class="stack stack--close"><h1>${endingInWords(this.now.ending)}</h1><p class="lead">${this.page.title}</p></div>
      ${this.now.pending.length > 0 ? html`<p class="notice">${icon("info")}<span>${t("parting.unsent")}: ${this.now.pending.map((waiting) => waiting.text).join(" · ")}</span></p>` : nothing}
      <p class="actions">
        ${mayComeBack ? html`<button class="button button--primary" type="button" @click=${() => this.room.enter()}>${t("parting.back")}</button>` : nothing}
        <a class="button" href=${this.page.backUrl}>${t("parting.meeting")}</a>
      </p>
    </main>`;
  }

  protected override updated(changes: PropertyValues): void {
    const before = changes.get("now") as State | undefined;
    if (before && before.link !== "closed" && this.now.link === "closed") this.querySelector<HTMLElement>("#stage")?.focus();
    if (before?.link === "closed" && this.now.link !== "closed") this.shortcuts.listen();
  }
}

/** A project room is open all the time: only shortly before a meeting its start is offered. */
function isSoon(startsAt: string | null): boolean {
  return startsAt !== null && Date.parse(startsAt) - Date.now() < 30 * 60_000;
}

function plainNotice(what: Notice["what"]): string {
  const words: Partial<Record<Notice["what"], () => string>> = {
    "stage.removed": () => t("notice.off_stage"),
    too_fast: () => t("notice.too_fast"),
    pictures: () => t("notice.pictures"),
    "recording.failed": () => t("notice.recording_failed"),
  };
  return words[what]?.() ?? t("notice.refused");
}

function endingInWords(ending: Ending): string {
  const words: Partial<Record<Ending, () => string>> = {
    removed: () => t("parting.removed"),
    denied: () => t("parting.removed"),
    replaced: () => t("parting.replaced"),
    no_entry: () => t("parting.no_entry"),
  };
  return words[ending]?.() ?? t("parting.left");
}

function empty(sign: string, title: string, text: string, action: TemplateResult | typeof nothing = nothing): TemplateResult {
  return html`<div class="empty">${icon(sign)}<h2>${title}</h2><p>${text}</p>${action}</div>`;
}

function banner(text: string, word: string, act: () => void, isPrimary = false): TemplateResult {
  return html`<div class="notice notice--slim">${icon("info")}<span>${text}</span><button class="button button--small ${isPrimary ? "button--primary" : ""}" type="button" @click=${act}>${word}</button></div>`;
}

function sameSet(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((item) => other.has(item));
}
