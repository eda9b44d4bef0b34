// The control for the own hand, the raised hands above the list of people, and the notice to hosts.
import { html, nothing, type TemplateResult } from "lit";
import { avatar, icon } from "../../page";
import type { RoomClient } from "../../room-client";
import type { ParticipantInfo } from "../../protocol.generated";
import { isHost, may } from "../../state";
import { control, item } from "../../views/menus";
import { t, tn } from "../../translations";
import type { RoomContext, RoomFeature } from "../registry";
import { hands } from "./state";

function handControl(room: RoomClient): TemplateResult {
  const { isRaised, word, other, toggle } = ownHand(room);
  // Not aria-pressed: the word already says what a press does, and "Lower hand, pressed" would say the opposite.
  return control("hand", "hand", word, null, toggle, isRaised ? "control--on" : "", other);
}

function ownHand(room: RoomClient): { isRaised: boolean; word: string; other: string; toggle: () => void } {
  const isRaised = Boolean(room.state.you?.hand_raised_at);
  const [raise, lower] = [t("controls.hand"), t("controls.lower_hand")];
  return { isRaised, word: isRaised ? lower : raise, other: isRaised ? raise : lower, toggle: () => toggleHand(room) };
}

function handItem(room: RoomClient): TemplateResult {
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
    ${may(state, "hand.give_floor") ? html`<button class="button button--small" type="button" data-act="give-floor" aria-label=${named(t("people.give_floor"))} @click=${() => void room.ask({ do: "hand.give_floor", person: person.id })}>${t("people.give_floor")}</button>` : nothing}
    <button class="button button--small button--plain button--icon" type="button" title=${t("people.lower")} aria-label=${named(t("people.lower"))} @click=${() => void room.ask({ do: "hand.lower", person: person.id })}>${icon("cross")}</button>`;
}

/** While the people are open it is only announced; several hands become one toast with a number. */
function handRaised(name: string, here: RoomContext): void {
  if (here.isTabOpen("people")) {
    here.announce(t("notice.hand", { name }));
    return;
  }
  const { length } = hands(here.state);
  const text = length > 1 ? tn("people.hands", length) : t("notice.hand", { name });
  here.toast(text, { word: t("notice.see"), act: () => here.showTab("people") }, "hands");
}

export const handsFeature: RoomFeature = {
  control: {
    id: "hand",
    isShown: (state) => may(state, "hand.raise"),
    render: ({ room }) => handControl(room),
    items: ({ room }) => handItem(room),
  },
  received: (event, here) => {
    const { you } = here.state;
    if (event.ev === "hand.raised" && isHost(you) && event.person.id !== you?.id) handRaised(event.person.name, here);
  },
};
