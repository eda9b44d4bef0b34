// Choosing microphone, camera and speaker, before and in the room.
import { html, nothing, type TemplateResult } from "lit";
import { canBlur, type DeviceChange, type LocalSource, type LocalMedia, type Trouble } from "../media";
import { icon } from "../page";
import { t, tn } from "../translations";

type Kind = "microphone" | "camera" | "speaker";

export function deviceField(media: LocalMedia, kind: Kind, label: string, isLabelHidden = false): TemplateResult | typeof nothing {
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

/** Whether the background is blurred, and how that goes. */
export function blurField(media: LocalMedia): TemplateResult | typeof nothing {
  if (media.devices.cameras.length === 0) return nothing;
  if (!canBlur()) return html`<p class="mid soft">${t("blur.unsupported")}</p>`;
  const choose = (event: Event): void => void media.blurBackground((event.target as HTMLInputElement).checked);
  const words = media.isPreparingBlur ? t("blur.preparing") : media.slowBlur === null ? "" : tn("blur.slow", media.slowBlur);
  return html`<div>
    <label class="choice"><input type="checkbox" id="blur" .checked=${media.blursBackground} ?disabled=${media.isPreparingBlur} @change=${choose}>${t("blur")}</label>
    <p class="mid soft" role="status">${words}</p>
  </div>`;
}

const TROUBLES: Record<LocalSource, Partial<Record<Trouble, () => string>>> = {
  microphone: {
    denied: () => t("trouble.mic_denied"),
    missing: () => t("trouble.mic_missing"),
    unplugged: () => t("trouble.mic_unplugged"),
    busy: () => t("trouble.mic_busy"),
  },
  camera: {
    denied: () => t("trouble.camera_denied"),
    missing: () => t("trouble.camera_missing"),
    unplugged: () => t("trouble.camera_unplugged"),
    busy: () => t("trouble.camera_busy"),
    blur: () => t("trouble.blur"),
  },
  screen: { unsupported: () => t("trouble.screen_unsupported"), busy: () => t("trouble.screen_busy"), missing: () => t("trouble.screen_busy") },
};
const OF_ANY: Partial<Record<Trouble, () => string>> = {
  system: () => t("trouble.system"),
  insecure: () => t("trouble.insecure"),
  unsupported: () => t("trouble.unsupported"),
};

export function troubleInWords(kind: LocalSource, trouble: Trouble): string {
  return (TROUBLES[kind][trouble] ?? OF_ANY[trouble])?.() ?? "";
}

const TAKEN: Record<DeviceChange["kind"], Record<DeviceChange["why"], (device: string) => string>> = {
  microphone: {
    unplugged: (device) => t("device.mic_unplugged", { device }),
    busy: (device) => t("device.mic_busy", { device }),
    back: (device) => t("device.mic_back", { device }),
  },
  camera: {
    unplugged: (device) => t("device.camera_unplugged", { device }),
    busy: (device) => t("device.camera_busy", { device }),
    back: (device) => t("device.camera_back", { device }),
  },
};

/** That another device was taken, or the former one again. */
export function deviceInWords({ kind, why, device }: DeviceChange, isBackMuted: boolean): string {
  return isBackMuted ? t("device.mic_back_muted", { device }) : TAKEN[kind][why](device);
}

// ---- help with devices ----

type Browser = "ios" | "android" | "firefox" | "safari" | "chromium" | "other";

/** The browser whose settings hold the permission. On iOS all use Safari's engine; iPadOS claims to be a Mac. */
export function browserOf(agent: string, touchPoints: number): Browser {
  if (/iPhone|iPad|iPod/.test(agent) || (agent.includes("Macintosh") && touchPoints > 1)) return "ios";
  if (agent.includes("Android")) return agent.includes("Firefox") ? "other" : "android";
  if (agent.includes("Firefox")) return "firefox";
  if (/Chrome|Chromium|Edg\//.test(agent)) return "chromium";
  return agent.includes("Safari") ? "safari" : "other";
}

const STEPS: Record<Browser, () => string> = {
  ios: () => t("help.ios"),
  android: () => t("help.android"),
  firefox: () => t("help.firefox"),
  safari: () => t("help.safari"),
  chromium: () => t("help.chromium"),
  other: () => t("help.other"),
};

function stepsInWords(trouble: Trouble): string {
  if (trouble === "denied") return STEPS[browserOf(navigator.userAgent, navigator.maxTouchPoints)]();
  const steps: Partial<Record<Trouble, () => string>> = {
    system: () => t("help.system"),
    missing: () => t("help.missing"),
    unplugged: () => t("help.unplugged"),
    busy: () => t("help.busy"),
    blur: () => t("help.blur"),
  };
  return steps[trouble]?.() ?? "";
}

/** One box instead of two with the same help when both devices are blocked. */
export function ownDeviceHelp(media: LocalMedia): (TemplateResult | typeof nothing)[] {
  const { microphone, camera } = media.trouble;
  if (microphone !== "denied" || camera !== "denied") return (["microphone", "camera", "screen"] as const).map((kind) => deviceHelp(media, kind));
  return [bothDeniedHelp(media), deviceHelp(media, "screen")];
}

function bothDeniedHelp(media: LocalMedia): TemplateResult {
  const again = async (): Promise<void> => {
    await media.setMuted(false);
    await media.setCamera(true);
  };
  const close = (): void => {
    media.dismissTrouble("microphone");
    media.dismissTrouble("camera");
  };
  return html`<div class="notice device-help" role="alert" data-help="both" data-trouble="denied">${icon("warning")}
    <div><p><strong>${t("trouble.both_denied")}</strong></p><p>${stepsInWords("denied")}</p>
      <p class="actions">
        <button class="button button--small" type="button" @click=${() => void again()}>${t("chat.try_again")}</button>
        <button class="button button--small button--plain" type="button" @click=${close}>${t("close")}</button>
      </p></div></div>`;
}

/** The problem of a device, help for this browser, and a button to try again. */
function deviceHelp(media: LocalMedia, kind: LocalSource): TemplateResult | typeof nothing {
  const trouble = media.trouble[kind];
  if (trouble === "") return nothing;
  const again = { microphone: () => media.setMuted(false), camera: () => media.setCamera(true), screen: () => media.setScreen(true) }[kind];
  const isHopeless = trouble === "unsupported" || trouble === "insecure";
  return html`<div class="notice device-help" role="alert" data-help=${kind} data-trouble=${trouble}>${icon("warning")}
    <div class="stack stack--close"><p><strong>${troubleInWords(kind, trouble)}</strong></p><p>${stepsInWords(trouble)}</p>
      <p class="actions">
        ${isHopeless ? nothing : html`<button class="button button--small" type="button" @click=${() => void again()}>${t("chat.try_again")}</button>`}
        <button class="button button--small button--plain" type="button" @click=${() => media.dismissTrouble(kind)}>${t("close")}</button>
      </p></div></div>`;
}
