// Interpretation: the control with which everybody chooses what they hear, and the notice from which interpreters work.
import { html, nothing, type TemplateResult } from "lit";
import { icon } from "../../page";
import type { InterpretationChannelInfo, PersonRef, RoomEvent } from "../../protocol.generated";
import type { RoomClient } from "../../room-client";
import { may, type State } from "../../state";
import { languageNames, t } from "../../translations";
import { menu } from "../../views/menus";
import type { RoomContext, RoomFeature } from "../registry";
import { channelIn, heardChannel, isOnAir, ownChannel } from "./state";

/** In itself. */
export function languageName(code: string): string {
  return languageNames()[code] ?? code;
}

// ---- listening -----------------------------------------------------------------------------------------------

/** While somebody is in a channel, their own voice is nothing to listen to. */
function choices(state: State): InterpretationChannelInfo[] {
  return state.interpretation.filter(({ on_air }) => on_air !== state.you?.id);
}

function choice(room: RoomClient, language: string): TemplateResult {
  const isChosen = (heardChannel(room.state)?.language ?? "") === language;
  const word = language === "" ? t("interpretation.original") : languageName(language);
  const silent = language !== "" && channelIn(room.state, language)?.on_air === null;
  return html`<button type="button" data-item=${`listen-${language || "original"}`} lang=${language || nothing} aria-pressed=${String(isChosen)} @click=${() => room.listenTo(language)}>
    <span>${word}${silent ? html`<small lang=${document.documentElement.lang || nothing}>${t("interpretation.nobody")}</small>` : nothing}</span>${isChosen ? icon("check") : nothing}</button>`;
}

function volume(room: RoomClient): TemplateResult | typeof nothing {
  if (!heardChannel(room.state) || ownChannel(room.state)) return nothing;
  const set = (event: Event): void => room.listening.setOriginal(Number((event.target as HTMLInputElement).value) / 100);
  return html`<label class="menu__field">${t("interpretation.volume")}<input type="range" min="0" max="100" step="5" data-original .value=${String(Math.round(room.state.listening.original * 100))} @input=${set}></label>`;
}

function items({ room }: RoomContext): TemplateResult {
  return html`<p class="menu__head">${t("interpretation.listen")}</p>
    ${choice(room, "")}${choices(room.state).map(({ language }) => choice(room, language))}${volume(room)}`;
}

// ---- interpreting --------------------------------------------------------------------------------------------

function button(name: string, word: string, act: () => void, css = ""): TemplateResult {
  return html`<button class="button button--small ${css}" type="button" data-act=${name} @click=${act}>${word}</button>`;
}

function nameOf(channel: InterpretationChannelInfo, person: string | null): string {
  return channel.interpreters.find(({ id }) => id === person)?.name ?? "";
}

/** For who has the role and no channel yet. */
function taking(room: RoomClient): TemplateResult {
  const take = ({ language }: InterpretationChannelInfo): TemplateResult =>
    button(`take-${language}`, languageName(language), () => void room.ask({ do: "interpretation.take", language }));
  return html`<div class="notice notice--slim" data-interpreting="none">${icon("headphones")}<span>${t("interpretation.choose")}</span>${room.state.interpretation.map(take)}</div>`;
}

function status(room: RoomClient, channel: InterpretationChannelInfo): string {
  const language = languageName(channel.language);
  if (isOnAir(room.state)) return room.media.microphone ? t("interpretation.on_air", { language }) : t("interpretation.muted", { language });
  if (channel.on_air === null) return t("interpretation.silent", { language });
  return t("interpretation.standby", { language, name: nameOf(channel, channel.on_air) });
}

function handOver(room: RoomClient, channel: InterpretationChannelInfo): TemplateResult {
  const offer = (person: string | null): void => void room.ask({ do: "interpretation.offer", person });
  if (channel.offered_to !== null)
    return html`<span role="status">${t("interpretation.asked", { name: nameOf(channel, channel.offered_to) })}</span>${button("withdraw", t("interpretation.withdraw"), () => offer(null))}`;
  const others = channel.interpreters.filter(({ id }) => id !== room.state.you?.id);
  return html`${others.map(({ id, name }: PersonRef) => button("offer", t("interpretation.hand_over", { name }), () => offer(id)))}`;
}

function onAirActions(room: RoomClient, channel: InterpretationChannelInfo): TemplateResult {
  const { microphone } = room.media;
  return html`${button("cough", microphone ? t("interpretation.mute") : t("interpretation.unmute"), () => void room.setMuted(microphone), microphone ? "" : "button--primary")}${handOver(room, channel)}`;
}

function standbyActions(room: RoomClient, channel: InterpretationChannelInfo): TemplateResult | typeof nothing {
  if (channel.offered_to === room.state.you?.id) return button("accept", t("interpretation.take_over"), () => void room.ask({ do: "interpretation.accept" }), "button--primary");
  const isGone = channel.on_air !== null && !room.state.people.has(channel.on_air);
  if (channel.on_air !== null && !isGone) return nothing;
  return button("go-on-air", t("interpretation.go_on_air"), () => void room.ask({ do: "interpretation.take", language: channel.language }), "button--primary");
}

function interpreting({ room }: RoomContext): TemplateResult {
  const channel = ownChannel(room.state);
  if (!channel) return taking(room);
  const onAir = isOnAir(room.state);
  return html`<div class="notice notice--slim ${onAir ? "notice--attention" : ""}" data-interpreting=${onAir ? "on-air" : "standby"}>
    ${icon(onAir && room.media.microphone ? "mic" : "headphones")}<span role="status">${status(room, channel)}</span>
    ${onAir ? onAirActions(room, channel) : standbyActions(room, channel)}
    ${button("stop", t("interpretation.stop"), () => void room.ask({ do: "interpretation.leave" }), "button--plain")}
  </div>`;
}

function mayInterpret(state: State): boolean {
  return ownChannel(state) !== undefined || (may(state, "interpretation.take") && state.interpretation.length > 0);
}

// ---- what is told --------------------------------------------------------------------------------------------

const SUBJECT = "interpretation";

function opened(language: string, here: RoomContext): void {
  const listen = { word: t("interpretation.listen_now"), act: () => here.room.listenTo(language) };
  const isChosen = here.state.listening.language === language;
  here.toast(t("interpretation.opened", { language: languageName(language) }), isChosen || mayInterpret(here.state) ? null : listen, `${SUBJECT}-${language}`);
}

function changed(channel: InterpretationChannelInfo, here: RoomContext): void {
  const { you } = here.state;
  if (channel.offered_to !== null && channel.offered_to === you?.id)
    here.toast(t("interpretation.offered", { name: nameOf(channel, channel.on_air) }), { word: t("interpretation.take_over"), act: () => void here.room.ask({ do: "interpretation.accept" }) }, SUBJECT);
  else here.forgetToasts(SUBJECT);
}

/** The channel in the reader's language was chosen for them. */
function entered(here: RoomContext): void {
  const channel = heardChannel(here.state);
  if (!channel || !here.room.listening.wasChosenForReader()) return;
  here.toast(t("interpretation.chosen", { language: languageName(channel.language) }), { word: t("interpretation.original"), act: () => here.room.listenTo("") }, SUBJECT);
}

function received(event: RoomEvent, here: RoomContext): void {
  if (event.ev === "welcome" || event.ev === "admitted") entered(here);
  else if (event.ev === "interpretation.opened") opened(event.language, here);
  else if (event.ev === "interpretation.changed") changed(event.channel, here);
  else if (event.ev === "interpretation.closed" && here.state.listening.language === event.language) here.toast(t("interpretation.closed", { language: languageName(event.language) }), null, SUBJECT);
}

export const interpretationFeature: RoomFeature = {
  control: {
    id: "interpretation",
    isShown: (state) => state.interpretation.length > 0 && state.room?.state !== "ended",
    render: (here) => {
      const heard = heardChannel(here.state);
      return menu("interpretation", "globe", heard ? languageName(heard.language) : t("interpretation"), items(here));
    },
    items,
  },
  stagePart: { id: "interpretation", place: "above", isShown: mayInterpret, render: interpreting },
  received,
};
