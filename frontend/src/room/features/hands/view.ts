// The control for the own hand, and the raised hands above the list of people.
import { html, nothing, type TemplateResult } from "lit";
import { avatar, icon } from "../../page";
import type { RoomClient } from "../../room-client";
import type { ParticipantInfo } from "../../protocol.generated";
import { isHost } from "../../state";
import { control, item } from "../../views/menus";
import { t, tn } from "../../translations";
import { hands } from "./state";

/** Hosts seldom raise a hand: on a phone theirs is under More. */
export function handControl(room: RoomClient, hasHostMenu: boolean): TemplateResult {
  const { isRaised, word, toggle } = ownHand(room);
  const css = [isRaised ? "control--on" : "", hasHostMenu ? "control--secondary" : ""].join(" ");
  // Not aria-pressed: the word already says what a press does, and "Lower hand, pressed" would say the opposite.
  return control("hand", "hand", word, null, toggle, css);
}

function ownHand(room: RoomClient): { isRaised: boolean; word: string; toggle: () => void } {
  const isRaised = Boolean(room.state.you?.hand_raised_at);
  return { isRaised, word: isRaised ? t("controls.lower_hand") : t("controls.hand"), toggle: () => toggleHand(room) };
}

export function handItem(room: RoomClient): TemplateResult {
  const { word, toggle } = ownHand(room);
  return item(word, toggle, "hand");
}

export function toggleHand(room: RoomClient): void {
  void room.ask(room.state.you?.hand_raised_at ? { do: "hand.lower" } : { do: "hand.raise" });
}

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
