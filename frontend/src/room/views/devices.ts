// Choosing microphone, camera and speaker: the same fields before and in the room.
import { html, nothing, type TemplateResult } from "lit";
import type { OwnMedia } from "../media";
import { t } from "../words";

type Kind = "microphone" | "camera" | "speaker";

export function deviceField(media: OwnMedia, kind: Kind, label: string, isLabelHidden = false): TemplateResult | typeof nothing {
  const devices = { microphone: media.devices.microphones, camera: media.devices.cameras, speaker: media.devices.speakers }[kind];
  if (devices.length === 0) return nothing;
  const chosen = kind === "speaker" ? media.speaker : media.chosenDevice(kind);
  const choose = (event: Event): void => void media.choose(kind, (event.target as HTMLSelectElement).value);
  return html`<div class="field">
    <label class=${isLabelHidden ? "visually-hidden" : ""} for="choose-${kind}">${label}</label>
    <select class="input" id="choose-${kind}" @change=${choose}>
      ${devices.map((device, place) => html`<option value=${device.deviceId} ?selected=${device.deviceId === chosen}>${device.label || t("devices.numbered", { n: place + 1 })}</option>`)}
    </select>
  </div>`;
}

export function troubleInWords(kind: "microphone" | "camera", trouble: string): string {
  if (trouble === "denied") return kind === "camera" ? t("trouble.camera_denied") : t("trouble.mic_denied");
  if (trouble === "missing") return kind === "camera" ? t("trouble.camera_missing") : t("trouble.mic_missing");
  if (trouble === "unsupported") return t("trouble.unsupported");
  return kind === "camera" ? t("trouble.camera_busy") : t("trouble.mic_busy");
}
