// The settings dialog: devices and keyboard shortcuts.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { createRef, ref } from "lit/directives/ref.js";
import type { LocalMedia } from "../media";
import { playNotes } from "../level";
import { icon } from "../page";
import { areShortcutsOn, setShortcutsOn } from "../shortcuts";
import { t } from "../translations";
import { blurField, deviceField } from "./devices";
import { RoomElement } from "./error-boundary";

@customElement("room-settings")
export class RoomSettings extends RoomElement {
  @property({ attribute: false }) media!: LocalMedia;
  @state() private shows: "" | "devices" | "keys" = "";
  private readonly dialog = createRef<HTMLDialogElement>();
  private readonly changed = (): void => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.media.addEventListener("change", this.changed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.media.removeEventListener("change", this.changed);
  }

  async open(shows: "devices" | "keys"): Promise<void> {
    this.shows = shows;
    void this.media.refreshDevices();
    await this.updateComplete;
    if (!this.dialog.value?.open) this.dialog.value?.showModal();
  }

  private close(): void {
    this.dialog.value?.close();
    this.shows = "";
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.shows === "") return nothing;
    return html`<dialog class="dialog dialog--settings" aria-labelledby="settings-title" ${ref(this.dialog)} @close=${() => (this.shows = "")}>
      <form method="dialog">
        <h2 id="settings-title">${this.shows === "devices" ? t("settings.devices") : t("keys.title")}</h2>
        ${this.shows === "devices" ? this.devices() : this.keys()}
        <p class="actions"><button class="button button--primary" type="button" @click=${() => this.close()}>${t("done")}</button></p>
      </form>
    </dialog>`;
  }

  private devices(): TemplateResult {
    const { media } = this;
    const { microphones, cameras, speakers } = media.devices;
    const none = microphones.length + cameras.length + speakers.length === 0;
    return html`
      ${deviceField(media, "microphone", t("devices.microphone"))}
      ${deviceField(media, "camera", t("devices.camera"))}
      ${blurField(media)}
      <div class=${speakers.length > 0 ? "with-button" : ""}>
        ${deviceField(media, "speaker", t("devices.speaker"))}
        <button class="button" type="button" @click=${() => void playNotes(media.speaker).catch(() => undefined)}>${icon("play")}${t("speaker.play")}</button>
      </div>
      ${none ? html`<p class="mid soft">${t("devices.none")}</p>` : nothing}`;
  }

  private keys(): TemplateResult {
    return html`
      <dl class="keys mid">
        <div><dt>${t("keys.microphone")}</dt><dd><kbd>${t("keys.ctrl")}</kbd> <kbd>D</kbd></dd></div>
        <div><dt>${t("keys.camera")}</dt><dd><kbd>${t("keys.ctrl")}</kbd> <kbd>E</kbd></dd></div>
        <div><dt>${t("keys.talk")}</dt><dd><kbd>V</kbd></dd></div>
        <div><dt>${t("keys.hand")}</dt><dd><kbd>${t("keys.ctrl")}</kbd> <kbd>${t("keys.shift")}</kbd> <kbd>H</kbd></dd></div>
        <div><dt>${t("keys.ask")}</dt><dd><kbd>${t("keys.ctrl")}</kbd> <kbd>${t("keys.shift")}</kbd> <kbd>F</kbd></dd></div>
        <div><dt>${t("keys.list")}</dt><dd><kbd>?</kbd></dd></div>
      </dl>
      <label class="choice"><input type="checkbox" ?checked=${areShortcutsOn()} @change=${(event: Event) => setShortcutsOn((event.target as HTMLInputElement).checked)}>${t("keys.on")}</label>`;
  }
}
