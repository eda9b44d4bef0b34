// The device check before the room: own picture and microphone level.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { LevelMeter, STEPS } from "../level";
import type { LocalMedia } from "../media";
import { icon, type Page } from "../page";
import { t } from "../translations";
import { blurField, deviceField, ownDeviceHelp, troubleInWords } from "./devices";
import "./track";
import { RoomElement } from "./error-boundary";

const CHECK_EVERY = 80;
const HEARD = 6;

@customElement("device-check")
export class DeviceCheck extends RoomElement {
  @property({ attribute: false }) media!: LocalMedia;
  @property({ attribute: false }) page!: Page;
  @state() private level = 0;
  @state() private wasHeard = false;
  private meter: LevelMeter | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly changed = (): void => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.media.addEventListener("change", this.changed);
    this.timer = setInterval(() => this.measure(), CHECK_EVERY);
    if (this.page.maySpeak) void this.openDevices();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.media.removeEventListener("change", this.changed);
    clearInterval(this.timer);
    this.meter?.close();
    this.meter = null;
  }

  /** Speakers are asked for both devices at once, but for what they left off the last time; attendees only when they press a button. */
  private async openDevices(): Promise<void> {
    if (this.media.entersWith("microphone")) await this.media.setMuted(false);
    if (this.media.entersWith("camera")) await this.media.setCamera(true);
  }

  private measure(): void {
    this.meter ??= new LevelMeter();
    this.meter.listen(this.media.microphone ? (this.media.tracks.get("microphone") ?? null) : null);
    const level = this.meter.level;
    if (level !== this.level) this.level = level;
    if (level >= HEARD) this.wasHeard = true;
  }

  // ---- rendering ----

  protected override render(): TemplateResult {
    return html`${this.mirror()}${ownDeviceHelp(this.media)}${this.soundLevel()}`;
  }

  private mirror(): TemplateResult {
    const { media } = this;
    const picture = media.tracks.get("camera");
    return html`<div>
      <div class="mirror" data-camera=${picture ? "on" : "off"}>
        ${picture
          ? html`<room-video .track=${picture} mirrored role="img" aria-label=${t("mirror")}></room-video>`
          : html`<p class="mirror__off">${icon("camera-off")}<span>${this.whyNoPicture()}</span></p>`}
      </div>
      <div class="mirror__controls">
        ${this.switch("microphone", media.microphone, media.microphone ? t("controls.mic_on") : t("controls.muted"), () => this.turn("microphone", !media.microphone))}
        ${this.switch("camera", media.camera, media.camera ? t("controls.camera_on") : t("controls.camera_off"), () => this.turn("camera", !media.camera))}
      </div>
    </div>`;
  }

  private whyNoPicture(): string {
    const { trouble, isPreparingBlur } = this.media;
    if (isPreparingBlur) return t("blur.preparing");
    return trouble.camera ? troubleInWords("camera", trouble.camera) : t("mirror.off");
  }

  private switch(name: "microphone" | "camera", isOn: boolean, word: string, act: () => void): TemplateResult {
    const sign = name === "microphone" ? "mic" : "camera";
    return html`<button class="control ${isOn ? "" : "control--off"}" type="button" data-control=${name} aria-pressed=${String(isOn)} @click=${act}>${icon(isOn ? sign : `${sign}-off`)}${word}</button>`;
  }

  private turn(kind: "microphone" | "camera", on: boolean): void {
    this.media.rememberForEntry(kind, on);
    void (kind === "microphone" ? this.media.setMuted(!on) : this.media.setCamera(on));
  }

  private soundLevel(): TemplateResult {
    const { media, level } = this;
    const { words, isGood } = this.soundInWords();
    const bars = Array.from({ length: STEPS }, (_bar, place) => html`<i class=${place < level ? "on" : ""}></i>`);
    return html`<div class="stack stack--close">
      <div class="spread mid"><span class="strong" id="lvl">${t("devices.microphone")}</span>
        <span class="status ${isGood ? "status--good" : ""}" role="status">${isGood ? icon("check") : nothing}${words}</span></div>
      <div class="level" role="meter" aria-labelledby="lvl" aria-valuemin="0" aria-valuemax=${STEPS} aria-valuenow=${level} aria-valuetext=${words}>${bars}</div>
      ${deviceField(media, "microphone", t("devices.which_microphone"), true)}
      ${deviceField(media, "camera", t("devices.camera"))}
      ${blurField(media)}
    </div>`;
  }

  private soundInWords(): { words: string; isGood: boolean } {
    const { media } = this;
    if (media.trouble.microphone) return { words: troubleInWords("microphone", media.trouble.microphone), isGood: false };
    if (!media.microphone) return { words: t("sound.off"), isGood: false };
    return this.wasHeard ? { words: t("sound.good"), isGood: true } : { words: t("sound.say"), isGood: false };
  }
}
