// The toolbar under the stage.
import { html, nothing, type TemplateResult } from "lit";
import { isComposing } from "../../keys";
import { FEATURES } from "../features/all";
import { shownControls, type BarControl, type RoomContext } from "../features/registry";
import { icon } from "../page";
import type { RoomClient } from "../room-client";
import { recordingKind } from "../recorder";
import { may, mayPrepare, mayPublish } from "../state";
import { formatTime, t } from "../translations";
import { control, item, menu } from "./menus";

export interface ControlActions {
  settings: () => void;
  leave: () => void;
  end: () => void;
  keys: () => void;
}

/** As many controls as 320 px hold without touching each other. */
const MOST_ON_PHONES = 5;

export function controlsView(here: RoomContext, actions: ControlActions): TemplateResult {
  const { room, state } = here;
  const hasDevices = mayPublish(state) || mayPrepare(state);
  const controls = shownControls(FEATURES, state);
  const kept = keptOnPhones(hasDevices, hasHostActions(room));
  return html`<section class="room__controls" aria-label=${t("controls")}>
    <div role="toolbar" aria-label=${t("controls.toolbar")} @keydown=${moveFocus}>
      ${hasDevices ? ownDevices(room) : nothing}
      ${mayPublish(state) ? sharing(room) : nothing}
      ${controls.map((one, place) => html`<div class="control-slot ${place < kept ? "" : "control-slot--secondary"}">${one.render(here)}</div>`)}
      ${hasHostActions(room) ? hostMenu(room, actions) : nothing}
      ${more(here, controls.slice(kept), actions)}
      <button class="control control--leave" type="button" data-control="leave" @click=${actions.leave}>${icon("leave")}${t("controls.leave")}</button>
    </div>
  </section>`;
}

/** How many features have their control in the bar of a phone; the others are under More. */
function keptOnPhones(hasDevices: boolean, hasHostMenu: boolean): number {
  const fixed = 2 + (hasDevices ? 2 : 0) + (hasHostMenu ? 1 : 0);
  return MOST_ON_PHONES - fixed;
}

function ownDevices(room: RoomClient): TemplateResult {
  const { microphone, camera } = room.media;
  return html`
    ${control("microphone", microphone ? "mic" : "mic-off", microphone ? t("controls.mic_on") : t("controls.muted"), microphone, () => void room.setMuted(microphone))}
    ${control("camera", camera ? "camera" : "camera-off", camera ? t("controls.camera_on") : t("controls.camera_off"), camera, () => void room.setCamera(!camera))}
  `;
}

function mayShare(): boolean {
  return "getDisplayMedia" in (navigator.mediaDevices as MediaDevices | undefined ?? {});
}

function sharing(room: RoomClient): TemplateResult | typeof nothing {
  const { screen } = room.media;
  if (!mayShare()) return nothing;
  return control("screen", "screen", screen ? t("controls.stop_sharing") : t("controls.share"), screen || null, () => void room.setScreen(!screen), "control--secondary");
}

// ---- menus ----

function hasHostActions(room: RoomClient): boolean {
  return ["meeting.start", "meeting.end", "recording.start", "recording.stop"].some((command) => may(room.state, command));
}

function hostMenu(room: RoomClient, actions: ControlActions): TemplateResult {
  const { state, recorder } = room;
  const items = html`
    ${may(state, "meeting.start") ? item(t("host.start"), () => void room.ask({ do: "meeting.start" }), "play", "start") : nothing}
    ${recordItem(room)}
    ${recorder.isRecording || !may(state, "recording.stop") ? nothing : item(t("host.stop_other_recording"), () => void room.ask({ do: "recording.stop" }), "", "stop-other")}
    ${may(state, "stage.mute") && state.count > 1 ? item(t("people.mute_all"), () => void room.muteAll(), "mic-off", "mute-all") : nothing}
    ${extendItems(room)}
    ${may(state, "meeting.end") ? item(t("host.end"), actions.end, "cross", "end") : nothing}
  `;
  return menu("host", "seat", t("controls.host"), items);
}

function extendItems(room: RoomClient): TemplateResult | typeof nothing {
  const at = room.state.room?.closes_at;
  if (!at || !may(room.state, "meeting.extend")) return nothing;
  const more = (minutes: 15 | 30): TemplateResult => item(t("host.extend", { n: minutes }), () => void room.ask({ do: "meeting.extend", minutes }), "clock", `extend-${minutes}`);
  return html`<p class="menu__head">${t("host.closes", { time: formatTime(at) })}</p>${more(15)}${more(30)}`;
}

function recordItem(room: RoomClient): TemplateResult | typeof nothing {
  const { state, recorder } = room;
  if (recorder.isRecording) return item(t("host.stop_recording"), () => void room.stopRecording(), "record", "stop-recording");
  if (!may(state, "recording.start") || recordingKind() === null) return nothing;
  return item(t("host.record"), () => void room.startRecording(), "record", "record");
}

/** On a phone it also has the controls that do not fit there. */
function more(here: RoomContext, secondary: readonly BarControl[], actions: ControlActions): TemplateResult {
  const { room, state } = here;
  const { screen } = room.media;
  const canShare = mayPublish(state) && mayShare();
  const items = html`
    <div class="menu__narrow">
      ${canShare ? item(screen ? t("controls.stop_sharing") : t("controls.share"), () => void room.setScreen(!screen), "screen") : nothing}
      ${secondary.map((one) => one.items(here))}
      ${canShare || secondary.length > 0 ? html`<hr>` : nothing}
    </div>
    ${state.room?.is_webinar && may(state, "stage.leave") ? item(t("controls.step_down"), () => void room.ask({ do: "stage.leave" }), "down", "step-down") : nothing}
    ${item(t("settings.devices"), actions.settings, "settings", "settings")}
    ${item(t("keys.title"), actions.keys, "info", "keys")}
    ${hasFullscreen() ? item(t("controls.fullscreen"), fullscreen, "fullscreen") : nothing}
  `;
  return menu("more", "more", t("controls.more"), items);
}

function hasFullscreen(): boolean {
  return "requestFullscreen" in Element.prototype && document.fullscreenEnabled; // eslint-disable-line own/oldest-browsers -- this is the check
}

/* eslint-disable own/oldest-browsers -- only where hasFullscreen() */
function fullscreen(): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void document.documentElement.requestFullscreen();
}

/* eslint-enable own/oldest-browsers */

// ---- keyboard ----

/** Arrow keys move along a toolbar (ARIA Authoring Practices, Toolbar). */
function moveFocus(event: KeyboardEvent): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const bar = event.currentTarget as HTMLElement;
  const controls = [...bar.querySelectorAll<HTMLElement>(".control")].filter((one) => one.offsetParent !== null);
  const place = controls.indexOf(document.activeElement as HTMLElement);
  if (step === undefined || place < 0 || isComposing(event)) return;
  controls.at((place + step) % controls.length)?.focus();
}
