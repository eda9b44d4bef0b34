// The toolbar under the stage.
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { isComposing } from "../../keys";
import { FEATURES } from "../features/all";
import { shownControls, type BarControl, type RoomContext } from "../features/registry";
import { controlsThatFit } from "../layout";
import { hasPictureInPicture } from "../floating-picture";
import { icon } from "../page";
import type { RoomClient } from "../room-client";
import { recordingKind } from "../recorder";
import { STAGE_LAYOUTS, type StageLayout } from "../stage-layout";
import { may, mayMuteAll, mayPrepare, mayPublish } from "../state";
import { formatTime, t } from "../translations";
import { choice, control, item, menu } from "./menus";
import { hasFullscreen } from "./stage";

export interface ControlActions {
  settings: () => void;
  leave: () => void;
  end: () => void;
  keys: () => void;
  /** Opens or closes picture-in-picture. */
  float: () => void;
}

/** A bar of this width in rem; `panel` opens the panel where it slides over the stage. */
export interface Bar {
  width: number;
  panel: TemplateResult | typeof nothing;
}

/** A control that goes under More when the bar is full. */
type Movable = Pick<BarControl, "id" | "render" | "items">;

export function controlsView(here: RoomContext, actions: ControlActions, bar: Bar): TemplateResult {
  const { room, state } = here;
  const hasDevices = mayPublish(state) || mayPrepare(state);
  const hasPanel = bar.panel !== nothing;
  const fixed = 2 + (hasDevices ? 2 : 0) + (hasHostActions(room) ? 1 : 0) + (hasPanel ? 1 : 0);
  // The first feature, the hand, is needed more often than the screen, and this more often than the others.
  const [first, ...others] = shownControls(FEATURES, state);
  const movable: Movable[] = [...(first ? [first] : []), ...(mayPublish(state) && mayShare() ? [sharing] : []), ...others, ...(state.you?.admission === "admitted" ? [viewing(actions)] : [])];
  const places = Math.max(0, controlsThatFit(bar.width) - fixed);
  const shown = movable.slice(0, places);
  return html`<section class="room__controls" aria-label=${t("controls")}>
    <div role="toolbar" aria-label=${t("controls.toolbar")} @keydown=${moveFocus}>
      ${hasDevices ? ownDevices(room) : nothing}
      ${repeat(shown, ({ id }) => id, (one) => one.render(here))}
      ${bar.panel}
      ${hasHostActions(room) ? hostMenu(room, actions) : nothing}
      ${more(here, movable.slice(places), actions)}
      <button class="control control--leave" type="button" data-control="leave" @click=${actions.leave}>${icon("leave")}<span class="control__word"><span>${t("controls.leave")}</span></span></button>
    </div>
  </section>`;
}

function ownDevices(room: RoomClient): TemplateResult {
  const { microphone, camera } = room.media;
  return html`
    ${control("microphone", microphone ? "mic" : "mic-off", microphone ? t("controls.mic_on") : t("controls.muted"), microphone, () => void room.setMuted(microphone), "", microphone ? t("controls.muted") : t("controls.mic_on"))}
    ${control("camera", camera ? "camera" : "camera-off", camera ? t("controls.camera_on") : t("controls.camera_off"), camera, () => void room.setCamera(!camera), "", camera ? t("controls.camera_off") : t("controls.camera_on"))}
  `;
}

function mayShare(): boolean {
  return "getDisplayMedia" in (navigator.mediaDevices as MediaDevices | undefined ?? {});
}

const sharing: Movable = {
  id: "screen",
  render: ({ room }) => control("screen", "screen", sharingWord(room), room.media.screen || null, () => toggleScreen(room), "", sharingWord(room, !room.media.screen)),
  items: ({ room }) => item(sharingWord(room), () => toggleScreen(room), "screen"),
};

function sharingWord({ media }: RoomClient, isShared = media.screen): string {
  return isShared ? t("controls.stop_sharing") : t("controls.share");
}

function toggleScreen(room: RoomClient): void {
  void room.setScreen(!room.media.screen);
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
    ${mayMuteAll(state) ? item(t("people.mute_all"), () => void room.muteAll(), "mic-off", "mute-all") : nothing}
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

/** It also has the controls that do not fit in the bar. */
function more(here: RoomContext, movable: readonly Movable[], actions: ControlActions): TemplateResult {
  const { room, state } = here;
  const items = html`
    ${movable.map((one) => one.items(here))}
    ${movable.length > 0 ? html`<hr>` : nothing}
    ${state.room?.is_webinar && may(state, "stage.leave") ? item(t("controls.step_down"), () => void room.ask({ do: "stage.leave" }), "down", "step-down") : nothing}
    ${item(t("settings.devices"), actions.settings, "settings", "settings")}
    ${item(t("keys.title"), actions.keys, "info", "keys")}
  `;
  return menu("more", "more", t("controls.more"), items);
}

/** How this person sees the room. */
function viewing(actions: ControlActions): Movable {
  return {
    id: "view",
    render: ({ room }) => menu("view", "grid", t("controls.view"), viewItems(room, actions)),
    items: ({ room }) => html`<p class="menu__head">${t("controls.view")}</p>${viewItems(room, actions)}`,
  };
}

const LAYOUTS: Record<StageLayout, () => string> = {
  auto: () => t("view.auto"),
  gallery: () => t("view.gallery"),
  speaker: () => t("view.speaker"),
  side: () => t("view.side"),
};

function viewItems({ view }: RoomClient, actions: ControlActions): TemplateResult {
  const layout = (one: StageLayout): TemplateResult => choice(LAYOUTS[one](), view.layout === one, () => view.choose(one), `layout-${one}`);
  return html`
    ${STAGE_LAYOUTS.map(layout)}
    <hr>
    ${choice(t("view.save_data"), view.savesData, () => view.saveData(!view.savesData), "save-data", t("view.save_data_text"))}
    ${choice(t("view.silent"), view.isSilent, () => view.silence(!view.isSilent), "silent", t("view.silent_text"))}
    ${hasPictureInPicture() ? item(t("view.floating"), actions.float, "pip", "pip") : nothing}
    ${hasFullscreen() ? item(t("controls.fullscreen"), fullscreen, "fullscreen", "fullscreen") : nothing}
  `;
}

/* eslint-disable own/oldest-browsers -- only where hasFullscreen() */
/** The whole room. */
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
