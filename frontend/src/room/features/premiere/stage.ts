// The film on the stage: every player follows the server's clock, and the host's presses move all of them.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { inDigits } from "../../clock";
import { icon } from "../../page";
import type { Premiere } from "../../protocol.generated";
import { may } from "../../state";
import { activeLanguage, languageNames, localized, t } from "../../translations";
import { TickingElement } from "../../views/ticking";
import type { RoomContext } from "../registry";
import { correctionOf, positionAt } from "./state";

const EVERY = 250;
/** Milliseconds between two jumps: a slow connection would do nothing else. */
const JUMPS_EVERY = 3_000;
/** Seconds; a longer pause is the connection's and not the jump's. */
const LONGEST_JUMP = 3;
const ATTEMPTS = 3;
const TRIES_AGAIN_AFTER = 1_000;

/** WebVTT. */
interface CaptionsAddress {
  language: string;
  address: string;
}

@customElement("room-premiere")
export class RoomPremiere extends TickingElement {
  @property({ attribute: false }) here!: RoomContext;
  @property({ attribute: false }) premiere!: Premiere;
  @property({ attribute: false }) now!: RoomContext["state"];
  @state() private file = "";
  @state() private captions: readonly CaptionsAddress[] = [];
  @state() private chosen: string | null = null;
  @state() private isMuted = false;
  @state() private isBlocked = false;
  @state() private hasFailed = false;
  @state() private second = 0;
  @query("video") private readonly video!: HTMLVideoElement | null;
  protected readonly every = EVERY;
  private wanted = "";
  private attempts = 0;
  private isDragged = false;
  private jumpedAt = -Infinity;
  private jumpTakes = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.wanted = "";
  }

  protected override willUpdate(changes: PropertyValues<this>): void {
    const before = changes.get("premiere");
    if (before && before.as_of !== this.premiere.as_of) this.jumpedAt = -Infinity;
    if (before && before.film.id !== this.premiere.film.id) this.chosen = null;
  }

  protected override updated(): void {
    if (this.wanted !== this.premiere.film.id && this.now.link === "open") void this.load();
    for (const track of this.video?.textTracks ?? []) track.mode = track.language === this.shownCaptions ? "showing" : "disabled";
    if (this.video) this.video.muted = this.isQuiet;
  }

  private get isQuiet(): boolean {
    return this.isMuted || this.isBlocked || this.here.room.view.isSilent;
  }

  /** An address holds for one connection to the room: after a break the old one may be refused. */
  private async load(): Promise<void> {
    const film = (this.wanted = this.premiere.film.id);
    const reply = await this.here.room.actions.send({ do: "premiere.file" }).catch(() => null);
    if (this.wanted !== film) return;
    this.file = typeof reply?.file === "string" ? reply.file : "";
    this.captions = (reply?.captions ?? []) as CaptionsAddress[];
    if (!this.file) this.failed();
  }

  private readonly failed = (): void => {
    this.file = "";
    this.hasFailed = ++this.attempts >= ATTEMPTS;
    if (!this.hasFailed) setTimeout(() => this.again(), TRIES_AGAIN_AFTER);
  };

  private again(): void {
    this.wanted = "";
    this.requestUpdate();
  }

  private readonly retry = (): void => {
    this.attempts = 0;
    this.hasFailed = false;
    this.again();
  };

  private get target(): number {
    return positionAt(this.premiere, this.here.room.now());
  }

  // ---- following -------------------------------------------------------------------------------------------------

  protected override tick(): void {
    const second = Math.floor(this.target);
    if (second !== this.second) this.second = second;
    const { video } = this;
    if (!video || video.readyState < HTMLMediaElement.HAVE_METADATA || video.seeking) return;
    if (this.premiere.is_playing && this.target < this.premiere.film.seconds) this.keepUp(video);
    else this.stand(video);
  }

  private keepUp(video: HTMLVideoElement): void {
    if (video.paused && !video.ended) void video.play().catch((error: unknown) => this.refused(error));
    const { jumpsTo, rate } = correctionOf(this.target, video.currentTime);
    if (video.playbackRate !== rate) video.playbackRate = rate;
    if (jumpsTo === null || performance.now() - this.jumpedAt < JUMPS_EVERY) return;
    this.jumpedAt = performance.now();
    video.currentTime = Math.min(this.premiere.film.seconds, jumpsTo + this.jumpTakes);
  }

  private stand(video: HTMLVideoElement): void {
    if (!video.paused) video.pause();
    if (Math.abs(video.currentTime - this.target) > 0.1 && !video.ended) video.currentTime = this.target;
  }

  private readonly jumped = (): void => {
    this.jumpTakes = Math.min(LONGEST_JUMP, Math.max(0, (performance.now() - this.jumpedAt) / 1_000));
  };

  /** Without a gesture browsers play no sound: the picture goes on, and a button asks for the gesture. */
  private refused(error: unknown): void {
    if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return;
    this.isBlocked = true;
    if (this.video) this.video.muted = true;
  }

  private readonly allow = (): void => {
    this.isBlocked = false;
    this.isMuted = false;
    if (this.here.room.view.isSilent) this.here.room.view.silence(false);
    if (!this.video) return;
    this.video.muted = false;
    void this.video.play().catch((error: unknown) => this.refused(error));
  };

  // ---- rendering -------------------------------------------------------------------------------------------------

  private get shownCaptions(): string {
    const languages = this.captions.map(({ language }) => language);
    return this.chosen ?? languages.find((code) => code === activeLanguage()) ?? languages[0] ?? "";
  }

  private get name(): string {
    return localized(this.premiere.film.title).text;
  }

  protected override render(): TemplateResult {
    return html`<figure class="slides premiere ${this.premiere.film.has_picture ? "" : "premiere--sound"}" data-premiere=${this.premiere.film.id}>
      ${this.hasFailed
        ? html`<p class="slides__failed" role="status">${icon("warning")}<span>${t("premiere.failed")}</span><button class="button button--small" type="button" @click=${this.retry}>${t("premiere.again")}</button></p>`
        : this.player()}
      <figcaption class=${this.premiere.film.has_picture ? "visually-hidden" : ""} dir="auto">${this.name}</figcaption>
      ${this.isBlocked ? html`<div class="premiere__blocked"><p>${t("premiere.blocked")}</p><button class="button button--primary" type="button" data-act="allow" @click=${this.allow}>${icon("speaker")}${t("premiere.allow")}</button></div>` : nothing}
      <div class="slides__controls" role="group" aria-label=${t("premiere.controls")}>${may(this.now, "premiere.play") ? this.hostControls() : html`${this.premiere.is_playing ? nothing : icon("pause")}${this.progress()}`}${this.ownControls()}</div>
    </figure>`;
  }

  private player(): TemplateResult | typeof nothing {
    if (!this.file) return nothing;
    return html`<video src=${this.file} preload="auto" playsinline disablepictureinpicture aria-label=${this.name} @error=${this.failed} @seeked=${this.jumped} @playing=${() => (this.attempts = 0)}>
      ${this.captions.map(({ language, address }) => html`<track kind="captions" srclang=${language} label=${languageNames()[language] ?? language} src=${address} />`)}
    </video>`;
  }

  private progress(): TemplateResult {
    return html`<span class="slides__number">${inDigits(this.second)} / ${inDigits(Math.floor(this.premiere.film.seconds))}</span>`;
  }

  private hostControls(): TemplateResult {
    const { is_playing, film } = this.premiere;
    const { actions } = this.here.room;
    return html`${button(is_playing ? "pause" : "play", is_playing ? t("premiere.pause") : t("premiere.play"), () => void actions.ask({ do: is_playing ? "premiere.pause" : "premiere.play" }))}
      <input class="premiere__position" type="range" min="0" max=${Math.floor(film.seconds)} step="1" aria-label=${t("premiere.position")} aria-valuetext=${inDigits(this.second)} .value=${this.isDragged ? nothing : String(this.second)} @input=${() => (this.isDragged = true)} @change=${this.moved} />
      ${this.progress()}
      ${button("cross", t("premiere.stop"), () => void actions.ask({ do: "premiere.stop" }), "stop")}`;
  }

  private readonly moved = (event: Event): void => {
    const position = Number((event.currentTarget as HTMLInputElement).value);
    this.isDragged = false;
    void this.here.room.actions.ask({ do: this.premiere.is_playing ? "premiere.play" : "premiere.pause", position });
  };

  private ownControls(): TemplateResult {
    const isOff = this.isQuiet;
    const word = isOff ? t("premiere.unmute") : t("premiere.mute");
    const toggle = (): void => (isOff ? this.allow() : void (this.isMuted = true));
    return html`<button class="button button--small button--plain" type="button" data-premiere-act="sound" title=${word} aria-label=${word} aria-pressed=${String(!isOff)} @click=${toggle}>${icon("speaker")}</button>
      ${this.captions.length > 0
        ? html`<select class="premiere__captions" aria-label=${t("premiere.captions")} @change=${(event: Event) => (this.chosen = (event.currentTarget as HTMLSelectElement).value)}>
            <option value="" ?selected=${this.shownCaptions === ""}>${t("premiere.no_captions")}</option>
            ${this.captions.map(({ language }) => html`<option value=${language} ?selected=${language === this.shownCaptions}>${languageNames()[language] ?? language}</option>`)}</select>`
        : nothing}`;
  }
}

function button(sign: string, word: string, act: () => void, name = sign): TemplateResult {
  return html`<button class="button button--small button--plain" type="button" data-premiere-act=${name} title=${word} aria-label=${word} @click=${act}>${icon(sign)}</button>`;
}
