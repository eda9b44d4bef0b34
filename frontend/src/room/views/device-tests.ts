// Tests of camera, microphone, speaker and connection.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { playNotes } from "../level";
import { testConnection, verdictOf, type ConnectionResult } from "../connection-test";
import type { LocalMedia } from "../media";
import { icon, type Page } from "../page";
import { t, tn } from "../translations";
import { deviceField, troubleInWords } from "./devices";
import { RoomElement } from "./error-boundary";

@customElement("device-tests")
export class DeviceTests extends RoomElement {
  @property({ attribute: false }) media!: LocalMedia;
  @property({ attribute: false }) page!: Page;
  @state() private speaker: "" | "playing" | "asked" | "heard" | "silent" = "";
  @state() private line: ConnectionResult | null = null;
  private readonly changed = (): void => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.media.addEventListener("change", this.changed);
    void this.testConnection();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.media.removeEventListener("change", this.changed);
  }

  private async testConnection(): Promise<void> {
    this.line = null;
    this.line = await testConnection(this.page.probeUrl, this.page.iceServers);
  }

  private async play(): Promise<void> {
    this.speaker = "playing";
    await playNotes(this.media.speaker).catch(() => undefined);
    this.speaker = "asked";
  }

  protected override render(): TemplateResult {
    return html`<section class="stack" aria-labelledby="tests-title">
      <h2 id="tests-title">${t("tests")}</h2>
      <ul class="tests mid">${this.cameraTest()}${this.speakerTest()}${this.lineTest()}</ul>
    </section>`;
  }

  private cameraTest(): TemplateResult {
    const { media } = this;
    const settings = media.tracks.get("camera")?.getSettings();
    const isGood = settings !== undefined;
    const words = isGood ? `${settings.width ?? 0} × ${settings.height ?? 0}` : media.trouble.camera ? troubleInWords("camera", media.trouble.camera) : t("test.camera_off");
    return test("camera", t("devices.camera"), words, isGood, isGood ? html`${good()}` : html`<span></span>`);
  }

  private speakerTest(): TemplateResult {
    const { speaker } = this;
    const words = { "": t("speaker.text"), playing: t("speaker.playing"), asked: t("speaker.asked"), heard: t("speaker.heard"), silent: t("speaker.silent") }[speaker];
    const buttons = html`<div class="wide actions">
      <button class="button button--small" type="button" aria-busy=${speaker === "playing" ? "true" : nothing} @click=${() => void this.play()}>${icon("play")}${speaker === "" ? t("speaker.play") : t("speaker.again")}</button>
      ${speaker === "asked" ? html`<button class="button button--small" type="button" @click=${() => (this.speaker = "heard")}>${t("yes")}</button><button class="button button--small" type="button" @click=${() => (this.speaker = "silent")}>${t("no")}</button>` : nothing}
      ${speaker === "silent" ? deviceField(this.media, "speaker", t("devices.speaker")) : nothing}
    </div>`;
    return test("speaker", t("devices.speaker"), words, speaker === "heard", html`${speaker === "heard" ? good() : html`<span></span>`}${buttons}`);
  }

  private lineTest(): TemplateResult {
    const { line } = this;
    if (!line) return test("signal", t("test.line"), t("test.line_running"), false, html`<span></span>`, "running");
    const verdict = verdictOf(line);
    const again = html`<button class="button button--small" type="button" @click=${() => void this.testConnection()}>${t("test.again")}</button>`;
    return test("signal", t("test.line"), lineInWords(line), verdict === "good", { good: good(), slow: html`<span class="status">${t("test.slow")}</span>${again}`, bad: again }[verdict], verdict);
  }
}

function lineInWords(line: ConnectionResult): string {
  const { socket, media } = line;
  if (socket === null) return t("test.no_socket");
  if (media === "none") return t("test.no_media");
  const ms = Math.round(socket);
  if (verdictOf(line) === "bad") return t("test.poor_text", { ms });
  if (verdictOf(line) === "slow") return t("test.slow_text", { ms });
  return media === "relay" ? t("test.relay", { ms }) : tn("test.good", ms);
}

function test(sign: string, title: string, words: string, isGood: boolean, rest: TemplateResult, result = ""): TemplateResult {
  return html`<li data-test=${sign} data-result=${result || nothing}>${icon(sign, isGood ? "good" : "")}<div><h3 class="mid">${title}</h3><p class="soft" role="status">${words}</p></div>${rest}</li>`;
}

function good(): TemplateResult {
  return html`<span class="status status--good">${icon("check")}${t("test.ok")}</span>`;
}
