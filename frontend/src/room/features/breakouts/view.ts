// Breakout rooms: the notice above the people, in the main room and in a group, and the hosts' tab.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { inDigits } from "../../clock";
import { icon } from "../../page";
import type { BreakoutRoom, Breakouts, RoomEvent } from "../../protocol.generated";
import type { RoomClient } from "../../room-client";
import { isHost, type State } from "../../state";
import { t, tn } from "../../translations";
import { TickingElement } from "../../views/ticking";
import { announcement } from "../timer/state";
import type { RoomContext, RoomFeature } from "../registry";
import type { Listed } from "./client";
import "./hosting";
import { groupById, groupName, openBreakouts, ownGroup, secondsLeft } from "./state";

const EVERY = 500;
const NAMED = 4;

const nameOf = (group: BreakoutRoom | undefined): string => (group ? groupName(group) : "");

/** Where one is, where one may go, and how long. */
@customElement("breakout-notice")
export class BreakoutNotice extends TickingElement {
  @property({ attribute: false }) here!: RoomContext;
  /** Of the main room. */
  @property({ attribute: false }) now!: State;
  @property({ attribute: false }) breakouts!: Breakouts;
  @state() private members: readonly Listed[] = [];
  @state() private chosen: string | null = null;
  protected readonly every = EVERY;
  private left: number | null = null;
  private listed: BreakoutRoom | undefined;

  private get room(): RoomClient {
    return this.here.room;
  }

  /** Screen readers hear the last minute. */
  protected override tick(): void {
    const left = secondsLeft(this.breakouts, this.room.mainRoom.now());
    if (left !== null && this.left !== null && announcement(this.left, left) === "minute") this.here.toast(t("breakouts.minute"), null, "breakouts-minute");
    if (left !== this.left) this.requestUpdate();
    this.left = left;
  }

  protected override updated(changes: PropertyValues): void {
    const group = ownGroup(this.now);
    if (!changes.has("now") || group === this.listed || this.room.main) return;
    this.listed = group;
    this.members = [];
    if (group) void this.readMembers(group.id);
  }

  private async readMembers(group: string): Promise<void> {
    try {
      this.members = await this.room.mainRoom.breakouts.people(group);
    } catch {
      this.listed = undefined; // disconnected: with the next change
    }
  }

  protected override render(): TemplateResult {
    return html`<div class="notice notice--slim" role="group" aria-label=${t("breakouts")} data-breakouts=${this.room.main ? "inside" : "open"}>
      ${icon("people")}<span>${this.room.main ? t("breakouts.inside", { group: this.groupName() }) : this.words()}${this.timeLeft()}${this.waiting()}</span>
      ${this.room.main ? this.insideButtons() : this.outsideButtons()}</div>`;
  }

  private groupName(): string {
    return nameOf(groupById(this.now, this.room.mainRoom.breakouts.inside));
  }

  private timeLeft(): TemplateResult | typeof nothing {
    const left = secondsLeft(this.breakouts, this.room.mainRoom.now());
    return left === null ? nothing : html` <span class="nowrap" role="timer">${t("breakouts.time_left", { time: inDigits(left) })}</span>`;
  }

  /** Hosts in a group do not see the main room's own notice. */
  private waiting(): TemplateResult | typeof nothing {
    const { length } = this.now.waiting;
    return this.room.main && isHost(this.now.you) && length > 0 ? html`<br>${tn("lobby.waiting", length)}` : nothing;
  }

  // ---- in the main room ----

  private words(): TemplateResult {
    const group = ownGroup(this.now);
    const others = this.members.filter(({ id }) => id !== this.now.you?.id);
    const names = others.slice(0, NAMED).map(({ name }) => name).join(", ");
    const more = others.length > NAMED ? tn("breakouts.more", others.length - NAMED) : "";
    return html`${group ? t("breakouts.yours", { group: groupName(group) }) : t("breakouts.are_open")}
      ${names ? html`<span class="soft">${t("breakouts.with", { names: [names, more].filter(Boolean).join(" ") })}</span>` : nothing}`;
  }

  private outsideButtons(): TemplateResult {
    if (isHost(this.now.you)) return html`<button class="button button--small" type="button" data-act="groups" @click=${() => this.here.showTab("breakouts")}>${t("breakouts.show_groups")}</button>`;
    const group = ownGroup(this.now);
    if (this.breakouts.assign === "choice") return this.choice(group);
    return this.joinButton(group ? t("breakouts.join") : t("breakouts.join_any"), null);
  }

  private choice(group: BreakoutRoom | undefined): TemplateResult {
    const chosen = this.chosen ?? group?.id ?? this.breakouts.rooms[0]?.id ?? "";
    return html`<label class="visually-hidden" for="choose-group">${t("breakouts.choose")}</label>
      <select class="input" id="choose-group" @change=${(event: Event) => (this.chosen = (event.target as HTMLSelectElement).value)}>
        ${this.breakouts.rooms.map((room) => html`<option value=${room.id} ?selected=${room.id === chosen}>${groupName(room)} (${tn("breakouts.people", room.people.length)})</option>`)}</select>
      ${this.joinButton(t("breakouts.join"), chosen)}`;
  }

  private joinButton(word: string, room: string | null): TemplateResult {
    return html`<button class="button button--small button--primary" type="button" data-act="join-group" @click=${() => void this.room.joinBreakout(room)}>${word}</button>`;
  }

  // ---- in a group ----

  private insideButtons(): TemplateResult {
    const { breakouts } = this.room.mainRoom;
    const isAsking = this.breakouts.help.some(({ person }) => person.id === this.now.you?.id);
    const help = isHost(this.now.you) ? nothing : html`<button class="button button--small" type="button" data-act="help" @click=${() => void breakouts.askHelp(!isAsking)}>${isAsking ? t("breakouts.cancel_help") : t("breakouts.ask_help")}</button>`;
    return html`${help}<button class="button button--small button--primary" type="button" data-act="return" @click=${() => breakouts.comeBack("chosen")}>${t("breakouts.return")}</button>`;
  }
}

// ---- the feature ---------------------------------------------------------------------------------------------

/** The notice is shown with the main room's state; a room knows only its own. */
function notice(here: RoomContext): TemplateResult {
  const now = here.room.mainRoom.state;
  const breakouts = openBreakouts(now);
  return breakouts ? html`<breakout-notice .here=${here} .now=${now} .breakouts=${breakouts}></breakout-notice>` : html``;
}

function received(event: RoomEvent, here: RoomContext): void {
  const now = here.room.mainRoom.state;
  if (event.ev === "breakout.opened" && !isHost(now.you)) {
    const group = ownGroup(now);
    here.announce(group ? t("breakouts.yours", { group: groupName(group) }) : t("breakouts.are_open"));
  } else if (event.ev === "breakout.announced") here.toast(t("breakouts.announced", { name: event.by.name, text: event.text }), null, "breakouts-announced");
  else if (event.ev === "breakout.help_changed") helpChanged(event, here);
}

function helpChanged(event: Extract<RoomEvent, { ev: "breakout.help_changed" }>, here: RoomContext): void {
  const { you } = here.room.mainRoom.state;
  if (!isHost(you)) {
    if (event.on) here.announce(t("breakouts.help_sent"));
  } else if (event.on) {
    const group = nameOf(groupById(here.room.mainRoom.state, event.room));
    here.toast(t("breakouts.help_wanted", { name: event.person.name, group }), { word: t("breakouts.join"), act: () => void here.room.joinBreakout(event.room) }, `help-${event.person.id}`);
  } else here.forgetToasts(`help-${event.person.id}`);
}

export const breakoutsFeature: RoomFeature = {
  tab: {
    id: "breakouts",
    label: () => t("breakouts"),
    isShown: ({ you, room }) => isHost(you) && room?.state !== "ended",
    render: ({ room }, isOpen) => html`<room-breakouts .room=${room} .now=${room.mainRoom.state} ?open=${isOpen}></room-breakouts>`,
  },
  stagePart: {
    id: "breakouts",
    place: "above",
    isShown: (state) => state.room?.kind === "breakout" || openBreakouts(state) !== null,
    render: notice,
  },
  received,
};
