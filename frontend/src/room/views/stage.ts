// The stage: a shared screen or what a feature shows, with people under it, else a grid of people.
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { avatar, icon } from "../page";
import type { RoomClient } from "../room-client";
import type { ParticipantInfo } from "../protocol.generated";
import { originalVolume } from "../features/interpretation/state";
import { stage } from "../state";
import { t, tn } from "../translations";
import "./track";

const MOST_TILES = 12;

/** `content` is shown while nobody shares a screen. */
export function stageView(room: RoomClient, speaking: ReadonlySet<string>, content: TemplateResult | null = null): TemplateResult {
  const people = stage(room.state);
  const sharing = people.find((person) => person.screen && room.tracksOf(person).has("screen"));
  const spotlit = sharing || content || people.length < 2 ? undefined : people.find((person) => person.id === room.state.spotlight);
  const shown = people.filter((person) => person !== spotlit).slice(0, MOST_TILES);
  const tiles = repeat(shown, (person) => person.id, (person) => tile(room, person, speaking.has(person.id)));
  return html`
    ${sharing ? sharedScreen(room, sharing) : (content ?? (spotlit ? inSpotlight(room, spotlit, speaking) : nothing))}
    ${sharing || content || spotlit
      ? html`<ul class="stage__tiles" aria-label=${t("stage.people")}>${tiles}</ul>`
      : html`<ul class="gallery" data-tiles=${shown.length} aria-label=${t("stage.people")}>${tiles}</ul>`}
    ${people.length > MOST_TILES ? html`<p class="small soft">${tn("stage.more", people.length - MOST_TILES)}</p>` : nothing}
    ${repeat(others(room, people), (person) => person.id, (person) => voices(room, person))}
  `;
}

function inSpotlight(room: RoomClient, person: ParticipantInfo, speaking: ReadonlySet<string>): TemplateResult {
  return html`<div class="stage__screen stage__screen--person" data-spotlight=${person.id}><ul class="gallery" data-tiles="1" aria-label=${t("stage.spotlight")}>${tile(room, person, speaking.has(person.id))}</ul></div>`;
}

function others(room: RoomClient, people: ParticipantInfo[]): ParticipantInfo[] {
  return people.filter((person) => person.id !== room.state.you?.id);
}

function sharedScreen(room: RoomClient, person: ParticipantInfo): TemplateResult {
  const own = person.id === room.state.you?.id;
  return html`<figure class="stage__screen" data-screen=${person.id}>
    <room-video .track=${room.tracksOf(person).get("screen") ?? null} whole></room-video>
    <figcaption class="visually-hidden">${own ? t("stage.own_screen") : t("stage.screen", { name: person.name })}</figcaption>
  </figure>`;
}

function tile(room: RoomClient, person: ParticipantInfo, isSpeaking: boolean): TemplateResult {
  const own = person.id === room.state.you?.id;
  const now = own ? room.media : person;
  const picture = now.camera ? room.tracksOf(person).get("camera") : undefined;
  return html`<li class="tile ${isSpeaking ? "tile--speaking" : ""}" data-person=${person.id} data-camera=${picture ? "on" : "off"} data-microphone=${now.microphone ? "on" : "off"}>
    ${picture
      ? html`<room-video .track=${picture} ?mirrored=${own}></room-video>`
      : html`<span class="tile__off">${avatar(person, "l")}</span>`}
    ${person.hand_raised_at ? html`<span class="tile__hand">${icon("hand")}<span class="visually-hidden">${t("people.hand_up")}</span></span>` : nothing}
    <p class="tile__name">
      ${icon(now.microphone ? "mic" : "mic-off")}<span>${own ? t("you") : person.name}</span>
      <span class="visually-hidden">${stateInWords(now.microphone, isSpeaking)}</span>
    </p>
  </li>`;
}

function stateInWords(microphone: boolean, isSpeaking: boolean): string {
  if (isSpeaking) return t("stage.speaking");
  return microphone ? t("stage.mic_on") : t("stage.mic_off");
}

function voices(room: RoomClient, person: ParticipantInfo): TemplateResult {
  const tracks = room.tracksOf(person);
  const speaker = room.media.speaker;
  const volume = originalVolume(room.state, room.interpretation() !== null);
  return html`<room-audio .track=${tracks.get("microphone") ?? null} .speaker=${speaker} .volume=${volume}></room-audio>
    <room-audio .track=${tracks.get("screen-sound") ?? null} .speaker=${speaker} .volume=${volume}></room-audio>`;
}
