// The stage: something large with people beside it, or a grid of people (see stage-layout.ts).
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { avatar, icon } from "../page";
import type { RoomClient } from "../room-client";
import type { ParticipantInfo } from "../protocol.generated";
import { originalVolume } from "../features/interpretation/state";
import { arrange, keyOf, type Arrangement, type StageItem } from "../stage-layout";
import { stage } from "../state";
import { t, tn } from "../translations";
import "./track";

export interface StageView {
  speaking: ReadonlySet<string>;
  /** Who speaks, or spoke last. */
  active: string | null;
  isSmall: boolean;
  /** What the content is called that a feature shows. */
  content: string;
  /** Makes it large for this person, or, if it is, no longer; `name` says what. */
  pin: (key: string, name: string) => void;
}

/** `hasContent`: a feature shows something, as slides. */
export function arrangementOf(room: RoomClient, { active, isSmall }: Pick<StageView, "active" | "isSmall">, hasContent: boolean): Arrangement {
  const people = stage(room.state);
  const sharing = room.shares.sort(people.filter((person) => person.screen && room.tracksOf(person).has("screen")));
  const { layout, pinned } = room.view;
  return arrange({ layout, people, sharing, hasContent, pinned, spotlight: room.state.spotlight, active, isSmall });
}

/** `content` is what a feature shows. */
export function stageView(room: RoomClient, view: StageView, content: TemplateResult | null = null): TemplateResult {
  const { large, tiles, more, isSplit, choices } = arrangementOf(room, view, content !== null);
  const beside = repeat(tiles, keyOf, (item) => tile(room, item, view, content));
  const css = large === null ? "gallery" : isSplit ? "gallery gallery--side" : "stage__tiles";
  return html`
    ${choices.length > 1 ? chooser(room, choices, large, view) : nothing}
    ${large ? largeView(room, large, view, content) : nothing}
    ${tiles.length > 0 ? html`<ul class=${css} data-tiles=${tiles.length} aria-label=${t("stage.people")}>${beside}</ul>` : nothing}
    ${more > 0 ? html`<p class="small soft">${tn("stage.more", more)}</p>` : nothing}
    ${repeat(others(room), (person) => person.id, (person) => voices(room, person))}
  `;
}

function others(room: RoomClient): ParticipantInfo[] {
  return stage(room.state).filter((person) => person.id !== room.state.you?.id);
}

function largeView(room: RoomClient, item: StageItem, view: StageView, content: TemplateResult | null): TemplateResult {
  if (item.kind === "content") return html`<div class="stage__screen">${content}${actions(room, item, view, true)}</div>`;
  if (item.kind === "screen") return html`<figure class="stage__screen" data-screen=${item.person.id}>${screen(room, item.person)}${actions(room, item, view, true)}</figure>`;
  const { person } = item;
  const isSpotlit = person.id === room.state.spotlight;
  return html`<div class="stage__screen stage__screen--person" data-large=${person.id} data-spotlight=${isSpotlit ? person.id : nothing}>
    <ul class="gallery" data-tiles="1" aria-label=${isSpotlit ? t("stage.spotlight") : t("stage.large")}>${personTile(room, person, view, true)}</ul></div>`;
}

function tile(room: RoomClient, item: StageItem, view: StageView, content: TemplateResult | null): TemplateResult {
  if (item.kind === "person") return personTile(room, item.person, view);
  if (item.kind === "content") return html`<li class="tile tile--screen">${content}${actions(room, item, view)}</li>`;
  return html`<li class="tile tile--screen" data-screen=${item.person.id}>${screen(room, item.person)}${actions(room, item, view)}<p class="tile__name" aria-hidden="true">${icon("screen")}<span>${item.person.id === room.state.you?.id ? t("you") : item.person.name}</span></p></li>`;
}

function screen(room: RoomClient, person: ParticipantInfo): TemplateResult {
  return html`<room-video .track=${room.tracksOf(person).get("screen") ?? null} whole></room-video><span class="visually-hidden">${nameOf(room, { kind: "screen", person })}</span>`;
}

function nameOf(room: RoomClient, item: StageItem, content = ""): string {
  if (item.kind === "content") return content;
  const isOwn = item.person.id === room.state.you?.id;
  if (item.kind === "screen") return isOwn ? t("stage.own_screen") : t("stage.screen", { name: item.person.name });
  return isOwn ? t("you") : item.person.name;
}

/** The picture of a person that is shown; a camera that is off, or not asked for, leaves a last frame. */
function pictureOf(room: RoomClient, person: ParticipantInfo): MediaStreamTrack | undefined {
  const own = person.id === room.state.you?.id;
  const isShown = own ? room.media.camera : person.camera && room.showsCameras;
  return isShown ? room.tracksOf(person).get("camera") : undefined;
}

/** For picture-in-picture: what is large, else who speaks, else somebody with a picture. */
export function trackToFloat(room: RoomClient, { large, tiles }: Arrangement, active: string | null): MediaStreamTrack | null {
  const speaking = tiles.filter((item) => keyOf(item) === `person:${active ?? ""}`);
  for (const item of [...(large ? [large] : []), ...speaking, ...[...tiles].reverse()]) {
    if (item.kind === "content") continue;
    const track = item.kind === "screen" ? room.tracksOf(item.person).get("screen") : pictureOf(room, item.person);
    if (track) return track;
  }
  return null;
}

function personTile(room: RoomClient, person: ParticipantInfo, view: StageView, isLarge = false): TemplateResult {
  const own = person.id === room.state.you?.id;
  const now = own ? room.media : person;
  const picture = pictureOf(room, person);
  const isSpeaking = view.speaking.has(person.id);
  return html`<li class="tile ${isSpeaking ? "tile--speaking" : ""}" data-person=${person.id} data-camera=${picture ? "on" : "off"} data-microphone=${now.microphone ? "on" : "off"}>
    ${picture
      ? html`<room-video .track=${picture} ?mirrored=${own}></room-video>`
      : html`<span class="tile__off">${avatar(person, "l")}</span>`}
    ${person.hand_raised_at ? html`<span class="tile__hand">${icon("hand")}<span class="visually-hidden">${t("people.hand_up")}</span></span>` : nothing}
    ${actions(room, { kind: "person", person }, view, isLarge)}
    <p class="tile__name">
      ${icon(now.microphone ? "mic" : "mic-off")}<span>${own ? t("you") : person.name}</span>
      <span class="visually-hidden">${stateInWords(now.microphone, isSpeaking)}</span>
    </p>
  </li>`;
}

/** Alone there is nothing to choose. */
function actions(room: RoomClient, item: StageItem, { pin, content }: StageView, isLarge = false): TemplateResult | typeof nothing {
  if (item.kind === "person" && stage(room.state).length < 2) return nothing;
  const key = keyOf(item);
  const isPinned = room.view.pinned === key;
  const name = nameOf(room, item, content);
  const word = t("stage.pin", { name });
  const mayPin = isPinned || !isLarge || item.kind === "person";
  return html`<span class="tile__actions">
    ${mayPin ? html`<button type="button" class="tile__action" data-pin=${key} aria-pressed=${String(isPinned)} aria-label=${word} title=${word} @click=${() => pin(key, name)}>${icon("pin")}</button>` : nothing}
    ${isLarge && hasFullscreen() ? html`<button type="button" class="tile__action" data-fullscreen aria-label=${t("controls.fullscreen")} title=${t("controls.fullscreen")} @click=${fullscreen}>${icon("fullscreen")}</button>` : nothing}
  </span>`;
}

function chooser(room: RoomClient, choices: readonly StageItem[], large: StageItem | null, { pin, content }: StageView): TemplateResult {
  const button = (item: StageItem): TemplateResult => {
    const key = keyOf(item);
    const isShown = large !== null && keyOf(large) === key;
    return html`<button type="button" class="button button--small" data-choice=${key} aria-pressed=${String(isShown)} @click=${() => room.view.pinned === key || pin(key, nameOf(room, item, content))}>${item.kind === "screen" ? (item.person.id === room.state.you?.id ? t("you") : item.person.name) : content}</button>`;
  };
  return html`<div class="notice notice--slim stage__choices" role="group" aria-label=${t("stage.choices")}>${icon("screen")}<span>${t("stage.choices")}</span><div class="stage__choice-list">${repeat(choices, keyOf, button)}</div></div>`;
}

/** After pinning, which moves the element; where its button is gone, to the stage. */
export function focusPin(root: ParentNode, key: string): void {
  (root.querySelector<HTMLElement>(`[data-pin="${key}"]`) ?? root.querySelector<HTMLElement>("#stage"))?.focus();
}

export function hasFullscreen(): boolean {
  return "requestFullscreen" in Element.prototype && document.fullscreenEnabled; // eslint-disable-line own/oldest-browsers -- this is the check
}

/* eslint-disable own/oldest-browsers -- only where hasFullscreen() */
/** Of what is large; pressed again, back. */
function fullscreen(event: Event): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void (event.currentTarget as Element).closest(".stage__screen")?.requestFullscreen().catch(() => undefined);
}

/* eslint-enable own/oldest-browsers */

function stateInWords(microphone: boolean, isSpeaking: boolean): string {
  if (isSpeaking) return t("stage.speaking");
  return microphone ? t("stage.mic_on") : t("stage.mic_off");
}

function voices(room: RoomClient, person: ParticipantInfo): TemplateResult {
  const tracks = room.tracksOf(person);
  const speaker = room.media.speaker;
  const volume = room.view.isSilent ? 0 : originalVolume(room.state, room.interpretation() !== null);
  return html`<room-audio .track=${tracks.get("microphone") ?? null} .speaker=${speaker} .volume=${volume}></room-audio>
    <room-audio .track=${tracks.get("screen-sound") ?? null} .speaker=${speaker} .volume=${volume}></room-audio>`;
}
