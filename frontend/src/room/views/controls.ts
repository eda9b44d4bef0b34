// The controls at the foot of the stage: a sign and a word that says the state.
import { html, nothing, type TemplateResult } from "lit";
import { isComposing } from "../../keys";
import { icon } from "../page";
import type { Participation } from "../participation";
import type { Sign } from "../protocol";
import { recordingKind } from "../recorder";
import { may, mayPrepare, mayPublish } from "../state";
import { hour, t } from "../words";

export interface Doings {
  settings: () => void;
  leave: () => void;
  end: () => void;
  keys: () => void;
}

export function controlsView(room: Participation, doings: Doings): TemplateResult {
  return html`<section class="room__controls" aria-label=${t("controls")}>
    <div role="toolbar" aria-label=${t("controls.toolbar")} @keydown=${moveFocus}>
      ${mayPublish(room.state) || mayPrepare(room.state) ? ownDevices(room) : nothing}
      ${mayPublish(room.state) ? sharing(room) : nothing}
      ${may(room.state, "hand.raise") ? hand(room) : nothing}
      ${may(room.state, "reaction.send") ? reactions(room) : nothing}
      ${isAnyHostDoing(room) ? hostMenu(room, doings) : nothing}
      ${more(room, doings)}
      <button class="control control--leave" type="button" data-control="leave" @click=${doings.leave}>${icon("leave")}${t("controls.leave")}</button>
    </div>
  </section>`;
}

function control(name: string, sign: string, word: string, isOn: boolean | null, act: () => void, css = ""): TemplateResult {
  const pressed = isOn === null ? nothing : String(isOn);
  return html`<button class="control ${css} ${isOn === false ? "control--off" : ""}" type="button" data-control=${name} aria-pressed=${pressed} @click=${act}>${icon(sign)}${word}</button>`;
}

function ownDevices(room: Participation): TemplateResult {
  const { microphone, camera } = room.media;
  return html`
    ${control("microphone", microphone ? "mic" : "mic-off", microphone ? t("controls.mic_on") : t("controls.muted"), microphone, () => void room.setMuted(microphone))}
    ${control("camera", camera ? "camera" : "camera-off", camera ? t("controls.camera_on") : t("controls.camera_off"), camera, () => void room.setCamera(!camera))}
  `;
}

function mayShare(): boolean {
  return "getDisplayMedia" in (navigator.mediaDevices as MediaDevices | undefined ?? {});
}

function sharing(room: Participation): TemplateResult | typeof nothing {
  const { screen } = room.media;
  if (!mayShare()) return nothing;
  return control("screen", "screen", screen ? t("controls.stop_sharing") : t("controls.share"), screen || null, () => void room.setScreen(!screen), "control--second");
}

/** Hosts seldom ask for the floor: on a phone their hand waits under More. */
function hand(room: Participation): TemplateResult {
  const { isUp, word, turn } = ownHand(room);
  return control("hand", "hand", word, isUp || null, turn, isAnyHostDoing(room) ? "control--second" : "");
}

function ownHand(room: Participation): { isUp: boolean; word: string; turn: () => void } {
  const isUp = Boolean(room.state.you?.hand_raised_at);
  return { isUp, word: isUp ? t("controls.hand_up") : t("controls.hand"), turn: () => void room.raiseHand(!isUp) };
}

// ---- reactions ----

const SIGNS: { sign: Sign; word: () => string }[] = [
  { sign: "applause", word: () => t("reaction.applause") },
  { sign: "thumbs_up", word: () => t("reaction.thumbs_up") },
  { sign: "heart", word: () => t("reaction.heart") },
  { sign: "laugh", word: () => t("reaction.laugh") },
  { sign: "surprise", word: () => t("reaction.surprise") },
];

export function reactionInWords(sign: string): string {
  return SIGNS.find((known) => known.sign === sign)?.word() ?? "";
}

function reactionItems(room: Participation): TemplateResult[] {
  return SIGNS.map(({ sign, word }) => item(word(), () => void room.react(sign), "", `react-${sign}`));
}

function reactions(room: Participation): TemplateResult {
  return menu("react", "smile", t("controls.react"), html`${reactionItems(room)}`, "control--second");
}

// ---- menus ----

function menu(name: string, sign: string, word: string, items: TemplateResult, css = ""): TemplateResult {
  return html`<details class="menu menu--up ${css}" data-menu=${name} @toggle=${closeOthers} @click=${closesAfterChoice} @keydown=${closeOnEscape}>
    <summary class="control" data-control=${name}>${icon(sign)}${word}</summary>
    <div class="menu__list">${items}</div>
  </details>`;
}

function item(word: string, act: () => void, sign = "", name = ""): TemplateResult {
  return html`<button type="button" data-item=${name || nothing} @click=${act}><span>${word}</span>${sign ? icon(sign) : nothing}</button>`;
}

function isAnyHostDoing(room: Participation): boolean {
  return ["meeting.start", "meeting.end", "recording.start", "recording.stop"].some((command) => may(room.state, command));
}

function hostMenu(room: Participation, doings: Doings): TemplateResult {
  const { state, recorder } = room;
  const items = html`
    ${may(state, "meeting.start") ? item(t("host.start"), () => void room.ask({ do: "meeting.start" }), "play", "start") : nothing}
    ${recordItem(room)}
    ${recorder.isRecording || !may(state, "recording.stop") ? nothing : item(t("host.stop_other_recording"), () => void room.ask({ do: "recording.stop" }), "", "stop-other")}
    ${extendItems(room)}
    ${may(state, "meeting.end") ? item(t("host.end"), doings.end, "cross", "end") : nothing}
  `;
  return menu("host", "seat", t("controls.host"), items);
}

function extendItems(room: Participation): TemplateResult | typeof nothing {
  const at = room.state.room?.closes_at;
  if (!at || !may(room.state, "meeting.extend")) return nothing;
  const more = (minutes: 15 | 30): TemplateResult => item(t("host.extend", { n: minutes }), () => void room.ask({ do: "meeting.extend", minutes }), "clock", `extend-${minutes}`);
  return html`<p class="menu__head">${t("host.closes", { time: hour(at) })}</p>${more(15)}${more(30)}`;
}

function recordItem(room: Participation): TemplateResult | typeof nothing {
  const { state, recorder } = room;
  if (recorder.isRecording) return item(t("host.stop_recording"), () => void room.stopRecording(), "record", "stop-recording");
  if (!may(state, "recording.start") || recordingKind() === null) return nothing;
  return item(t("host.record"), () => void room.startRecording(), "record", "record");
}

/** On a phone it also holds what has no place of its own there. */
function more(room: Participation, doings: Doings): TemplateResult {
  const { state } = room;
  const { screen } = room.media;
  const canShare = mayPublish(state) && mayShare();
  const { word, turn } = ownHand(room);
  const items = html`
    <div class="menu__narrow">
      ${canShare ? item(screen ? t("controls.stop_sharing") : t("controls.share"), () => void room.setScreen(!screen), "screen") : nothing}
      ${may(state, "hand.raise") && isAnyHostDoing(room) ? item(word, turn, "hand") : nothing}
      ${may(state, "reaction.send") ? html`<p class="menu__head">${t("controls.react")}</p>${reactionItems(room)}` : nothing}
      ${canShare || may(state, "reaction.send") ? html`<hr>` : nothing}
    </div>
    ${state.room?.is_webinar && may(state, "stage.leave") ? item(t("controls.step_down"), () => void room.ask({ do: "stage.leave" }), "down", "step-down") : nothing}
    ${item(t("settings.devices"), doings.settings, "settings", "settings")}
    ${item(t("keys.title"), doings.keys, "info", "keys")}
    ${hasFullscreen() ? item(t("controls.fullscreen"), fullscreen, "fullscreen") : nothing}
  `;
  return menu("more", "more", t("controls.more"), items);
}

function hasFullscreen(): boolean {
  return "requestFullscreen" in Element.prototype && document.fullscreenEnabled; // eslint-disable-line own/oldest-browsers -- that is the question
}

/* eslint-disable own/oldest-browsers -- offered only where it is there */
function fullscreen(): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void document.documentElement.requestFullscreen();
}

/* eslint-enable own/oldest-browsers */

// ---- keyboard and closing ----

function closeOthers(event: Event): void {
  const opened = event.currentTarget as HTMLDetailsElement;
  if (!opened.open) return;
  for (const other of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) if (other !== opened) other.open = false;
  const outside = (press: Event): void => {
    if (opened.contains(press.target as Node)) return;
    opened.open = false;
    document.removeEventListener("pointerdown", outside);
  };
  document.addEventListener("pointerdown", outside);
}

/** Closes before the choice acts: a dialog that it opens then gives the focus back to the menu. */
export const closesAfterChoice = { handleEvent: closeAfterChoice, capture: true };

function closeAfterChoice(event: Event): void {
  const { currentTarget, target } = event;
  if (!(target instanceof Element) || target.closest("summary") || !target.closest("button")) return;
  const menu = currentTarget as HTMLDetailsElement;
  menu.open = false;
  menu.querySelector("summary")?.focus();
}

export function closeOnEscape(event: KeyboardEvent): void {
  const menu = event.currentTarget as HTMLDetailsElement;
  if (event.key !== "Escape" || isComposing(event) || !menu.open) return;
  menu.open = false;
  menu.querySelector("summary")?.focus();
}

/** Arrow keys move along a toolbar (ARIA Authoring Practices, Toolbar). */
function moveFocus(event: KeyboardEvent): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const bar = event.currentTarget as HTMLElement;
  const controls = [...bar.querySelectorAll<HTMLElement>(".control")].filter((one) => one.offsetParent !== null);
  const place = controls.indexOf(document.activeElement as HTMLElement);
  if (step === undefined || place < 0 || isComposing(event)) return;
  controls.at((place + step) % controls.length)?.focus();
}
