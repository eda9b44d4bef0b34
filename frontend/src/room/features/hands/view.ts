// One's own hand among the controls, and the raised ones above the list of who is here.
import { html, nothing, type TemplateResult } from "lit";
import { avatar, icon } from "../../page";
import type { RoomClient } from "../../room-client";
import type { ParticipantInfo } from "../../protocol.generated";
import { isHost } from "../../state";
import { control, item } from "../../views/menus";
import { t, tn } from "../../translations";
import { hands } from "./state";

/** Hosts seldom ask for the floor: on a phone their hand waits under More. */
export function handControl(room: RoomClient, hasHostMenu: boolean): TemplateResult {
  const { isUp, word, turn } = ownHand(room);
  return control("hand", "hand", word, isUp || null, turn, hasHostMenu ? "control--secondary" : "");
}

function ownHand(room: RoomClient): { isUp: boolean; word: string; turn: () => void } {
  const isUp = Boolean(room.state.you?.hand_raised_at);
  return { isUp, word: isUp ? t("controls.hand_up") : t("controls.hand"), turn: () => turnHand(room) };
}

export function handItem(room: RoomClient): TemplateResult {
  const { word, turn } = ownHand(room);
  return item(word, turn, "hand");
}

export function turnHand(room: RoomClient): void {
  void room.ask(room.state.you?.hand_raised_at ? { do: "hand.lower" } : { do: "hand.raise" });
}

/** Nothing while no hand is up. */
export function raisedHands(room: RoomClient, nameOf: (person: ParticipantInfo) => string): TemplateResult | typeof nothing {
  const raised = hands(room.state);
  if (raised.length === 0) return nothing;
  return html`<section class="panel-section" aria-labelledby="hands-title">
    <h2 id="hands-title">${tn("people.hands", raised.length)}</h2>
    <ol class="list-people">${raised.map((person) => html`<li data-hand=${person.id}>${avatar(person)}<span>${nameOf(person)}<small>${person.company}</small></span><span class="push">${actions(room, person)}</span></li>`)}</ol>
  </section>`;
}

function actions(room: RoomClient, person: ParticipantInfo): TemplateResult | typeof nothing {
  const { state } = room;
  if (!isHost(state.you)) return nothing;
  const named = (word: string): string => `${word}: ${person.name}`;
  return html`
    ${state.room?.is_webinar && !person.on_stage ? html`<button class="button button--small" type="button" data-act="invite" aria-label=${named(t("people.invite"))} @click=${() => void room.ask({ do: "stage.invite", person: person.id })}>${t("people.invite")}</button>` : nothing}
    <button class="button button--small button--plain button--icon" type="button" title=${t("people.lower")} aria-label=${named(t("people.lower"))} @click=${() => void room.ask({ do: "hand.lower", person: person.id })}>${icon("cross")}</button>`;
}
