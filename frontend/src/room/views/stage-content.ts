// The content of the stage: people and screens, or what there is to do before and after the meeting.
import { html, nothing, type TemplateResult } from "lit";
import { templateContent } from "lit/directives/template-content.js";
import { icon, type Page } from "../page";
import type { RoomClient } from "../room-client";
import type { RoomInfo } from "../protocol.generated";
import { supportsWebRtc } from "../publishing";
import { isHost, may, stageShows, type State } from "../state";
import { formatDateAndTime, formatTime, isOnDayOf, t, tn } from "../translations";
import "./countdown";
import { ownDeviceHelp } from "./devices";
import { stageView, type StageView } from "./stage";
import "./track";

export interface StageContext {
  room: RoomClient;
  page: Page;
  view: StageView;
  /** The browser blocks audio until a user gesture. */
  isAudioBlocked: boolean;
  enableAudio: () => void;
  showWaiting: () => void;
  /** What a feature shows in the place of a shared screen. */
  content: TemplateResult | null;
  /** Notices of features. */
  above: readonly unknown[];
  /** What features show to those who wait. */
  whileWaiting: readonly unknown[];
}

export function stageContent(here: StageContext): TemplateResult {
  const { you, room, link } = here.room.state;
  if (!you || !room) return empty("signal", t("line.connecting"), link === "reconnecting" ? t("connecting.again") : t("connecting.text"));
  if (you.admission === "waiting") return html`${ownDeviceHelp(here.room.media)}${outside(here)}`;
  if (room.state === "ended") return over(here);
  return html`${banners(here)}${interpretation(here)}${onStage(here, room)}`;
}

/** The voice of the interpreter that is listened to, over the lowered original. */
function interpretation({ room }: StageContext): TemplateResult {
  return html`<room-audio data-interpretation .track=${room.interpretation()} .speaker=${room.media.speaker} .volume=${room.view.isSilent ? 0 : 1}></room-audio>`;
}

function onStage(here: StageContext, room: RoomInfo): TemplateResult {
  const { content } = here;
  if (content) return stageView(here.room, here.view, content);
  switch (stageShows(here.room.state)) {
    case "people":
      return stageView(here.room, here.view);
    case "nobody":
      return empty("person", t("stage.nobody"), t("stage.nobody_text"));
    case "waiting":
      return untilStart(here, room.starts_at);
  }
}

// ---- before ----

function outside(here: StageContext): TemplateResult {
  const { room, you } = here.room.state;
  if (room?.state !== "live") return html`${ownPicture(here)}${untilStart(here, room?.starts_at ?? null)}`;
  return html`${ownPicture(here)}${empty("clock", t("outside.title"), t("outside.text", { name: you?.name ?? "" }), aboutMeeting(here))}`;
}

/** What features show, and what the host wrote about the meeting, from the server. */
function aboutMeeting({ whileWaiting }: StageContext): TemplateResult {
  const about = document.querySelector<HTMLTemplateElement>("template#about-meeting");
  return html`<div class="waiting__about">${whileWaiting}${about ? templateContent(about) : nothing}</div>`;
}

function untilStart(here: StageContext, startsAt: string | null): TemplateResult {
  const { room } = here;
  if (startsAt === null) return empty("clock", t("waiting.title"), t("waiting.soon"), aboutMeeting(here));
  const now = room.now();
  return html`<div class="empty">
    <p class="waiting__time"><time datetime=${startsAt}>${formatTime(startsAt)}</time></p>
    <h2>${t("waiting.title")}</h2>
    <p>${isOnDayOf(startsAt, now) ? t("waiting.text", { hour: formatTime(startsAt) }) : t("waiting.day", { when: formatDateAndTime(startsAt) })}</p>
    <room-countdown .room=${room} .until=${startsAt}></room-countdown>
    ${room.state.room?.lobby && room.state.you?.admission === "waiting" ? html`<p>${t("waiting.lobby")}</p>` : nothing}
    ${aboutMeeting(here)}
  </div>`;
}

/** Nobody else sees it yet; it shows that the camera is on. */
function ownPicture({ room }: StageContext): TemplateResult | typeof nothing {
  const picture = room.media.tracks.get("camera");
  if (!picture) return nothing;
  return html`<div class="tile waiting__mirror"><room-video .track=${picture} mirrored role="img" aria-label=${t("mirror")}></room-video><p class="tile__name">${icon(room.media.microphone ? "mic" : "mic-off")}<span>${t("mirror.private")}</span></p></div>`;
}

// ---- after ----

function over({ room, page }: StageContext): TemplateResult {
  // The next steps for a host, from the server.
  const next = isHost(room.state.you) ? document.querySelector<HTMLTemplateElement>("template#after-hosting") : null;
  const back = html`<a class="button ${next ? "button--plain" : "button--primary"}" href=${page.backUrl}>${t("left_screen.meeting")}</a>`;
  return empty("check", t("over.title"), t("over.text"), html`<p class="actions">${next ? templateContent(next) : nothing}${back}</p>`);
}

// ---- above the people ----

/** What happens by itself while one looks elsewhere, to be read out. */
export function noticesInWords(room: RoomClient): string[] {
  const { you, room: now } = room.state;
  if (you?.admission !== "admitted" || !now || now.state === "ended") return [];
  const missing = missingInWords(room);
  return [
    ...(room.isMediaAway ? [t("media.away")] : missing ? [missing] : []),
    ...(room.arePicturesPaused ? [t("quality.paused")] : []),
    ...(isToRecord(room.state) ? [t("record.reminder")] : []),
  ];
}

/** People whose audio or video does not arrive: the name, or a number. */
function missingInWords({ missing, state }: RoomClient): string | null {
  const [first, ...others] = [...missing];
  if (!first) return null;
  const [person, what] = first;
  const name = state.people.get(person)?.name ?? "";
  const words = { audio: () => t("missing.audio", { name }), video: () => t("missing.video", { name }), both: () => t("missing.both", { name }) };
  return others.length > 0 ? tn("missing.many", missing.size) : words[what]();
}

function missingMedia(room: RoomClient): TemplateResult | typeof nothing {
  const text = missingInWords(room);
  const [person] = room.missing.keys();
  return text === null ? nothing : html`<p class="notice notice--slim" data-missing=${person ?? nothing}>${icon("warning")}<span>${text}</span></p>`;
}

/** It was announced, and has not begun. */
const isToRecord = (state: State): boolean => may(state, "recording.skip") && may(state, "recording.start");

function banners(here: StageContext): unknown[] {
  const { state } = here.room;
  const { room, waiting } = state;
  const shown: unknown[] = [...here.above, ...ownDeviceHelp(here.room.media), here.room.isMediaAway ? mediaAway() : missingMedia(here.room)];
  if (here.room.arePicturesPaused) shown.push(picturesPaused(here.room));
  if (!supportsWebRtc()) shown.push(html`<p class="notice notice--slim">${icon("warning")}<span>${t("trouble.unsupported")}</span></p>`);
  if (here.isAudioBlocked) shown.push(banner("speaker", t("silent.text"), t("silent.button"), here.enableAudio));
  const mayStart = may(state, "meeting.start") && isSoon(room?.starts_at ?? null, here.room.now());
  if (mayStart) {
    const outside = waiting.length > 0 ? html`<br>${tn("lobby.waiting", waiting.length)}` : nothing;
    const text = room?.is_webinar ? t("practice.text") : t("practice.meeting");
    shown.push(banner("info", html`${text}${outside}`, t("host.start"), () => void here.room.ask({ do: "meeting.start" }), true));
  } else if (room?.state === "waiting") shown.push(html`<p class="notice notice--slim">${icon("clock")}<span>${t("line.waiting")}</span></p>`);
  if (isToRecord(state)) shown.push(recordingReminder(here.room));
  if (waiting.length > 0 && !mayStart && isHost(state.you)) shown.push(banner("person", tn("lobby.waiting", waiting.length), t("notice.see"), here.showWaiting));
  return shown;
}

function mediaAway(): TemplateResult {
  return html`<p class="notice notice--slim" data-media="away">${icon("warning")}<span>${t("media.away")}</span></p>`;
}

function picturesPaused(room: RoomClient): TemplateResult {
  return html`<div class="notice notice--slim" data-paused="pictures">${icon("signal")}<span>${t("quality.paused")}</span><button class="button button--small" type="button" @click=${() => room.insistOnPictures()}>${t("quality.show")}</button></div>`;
}

/** Stays until a host has answered: the recording was announced to everybody. */
function recordingReminder(room: RoomClient): TemplateResult {
  return html`<div class="notice notice--slim" data-reminder="recording">${icon("record")}<span>${t("record.reminder")}</span>
    <button class="button button--small button--primary" type="button" data-act="record" @click=${() => void room.startRecording()}>${t("record.start")}</button>
    <button class="button button--small button--plain" type="button" data-act="skip-recording" @click=${() => void room.ask({ do: "recording.skip" })}>${t("record.skip")}</button></div>`;
}

/** In a project room the meeting can be started only shortly before its time. */
function isSoon(startsAt: string | null, now: number): boolean {
  return startsAt !== null && Date.parse(startsAt) - now < 30 * 60_000;
}

function banner(sign: string, text: string | TemplateResult, word: string, act: () => void, isPrimary = false): TemplateResult {
  return html`<div class="notice notice--slim">${icon(sign)}<span>${text}</span><button class="button button--small ${isPrimary ? "button--primary" : ""}" type="button" @click=${act}>${word}</button></div>`;
}

function empty(sign: string, title: string, text: string, action: TemplateResult | typeof nothing = nothing): TemplateResult {
  return html`<div class="empty">${icon(sign)}<h2>${title}</h2><p>${text}</p>${action}</div>`;
}
