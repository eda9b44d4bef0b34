// The people tab: waiting room, raised hands, then everybody, with pages and search.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";
import { raisedHands } from "../features/hands/view";
import type { RoomFeature } from "../features/registry";
import "../features/interpretation/hosting";
import { isKnockOn, setKnockOn } from "../knock";
import { avatar, icon, roleInWords } from "../page";
import type { RoomClient } from "../room-client";
import type { Command, ParticipantInfo, PersonRef } from "../protocol.generated";
import { may, mayMuteAll, type State } from "../state";
import { countryName, t, tn } from "../translations";
import { closesAfterChoice, closeOnEscape } from "./menus";
import "./stage-order";
import { RoomElement } from "./error-boundary";

const SPEAKING_TIME = 5 * 60; // seconds
const REFRESH_AFTER = 1_500;

function keepKnock(on: boolean): Promise<unknown> {
  setKnockOn(on);
  return Promise.resolve();
}

/** The menu of the last rows would open below the edge of the list. */
function intoView(event: Event): void {
  const menu = event.currentTarget as HTMLDetailsElement;
  if (menu.open) menu.querySelector(".menu__list")?.scrollIntoView({ block: "nearest" });
}

@customElement("room-people")
export class RoomPeople extends RoomElement {
  @property({ attribute: false }) room!: RoomClient;
  @property({ attribute: false }) now!: State;
  /** Nothing is requested while the tab is not shown. */
  @property({ type: Boolean }) open = false;
  @state() private listed: ParticipantInfo[] = [];
  @state() private total = 0;
  @state() private countries: Record<string, string> = {};
  @state() private next: string | null = null;
  @state() private turnedAway: PersonRef[] = [];
  private query = "";
  private timer: ReturnType<typeof setTimeout> | undefined;

  protected override updated(changes: PropertyValues<this>): void {
    const before = changes.get("now");
    const isNew = changes.has("open") && this.open;
    if (isNew) this.refresh(0);
    else if (this.open && before && (before.count !== this.now.count || before.people.size !== this.now.people.size)) this.refresh(REFRESH_AFTER);
  }

  private refresh(after: number): void {
    if (this.timer !== undefined && after > 0) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.read(null);
    }, after);
  }

  private async read(after: string | null): Promise<void> {
    try {
      const page = await this.room.listPeople(this.query, after);
      this.listed = after === null ? page.people : [...this.listed, ...page.people];
      this.countries = after === null ? page.countries : { ...this.countries, ...page.countries };
      this.total = page.total;
      this.next = page.next;
      if (after === null) this.turnedAway = may(this.now, "lobby.readmit") ? await this.room.listTurnedAway() : [];
    } catch {
      if (this.open) this.refresh(REFRESH_AFTER); // disconnected: again later
    }
  }

  private readonly searched = (event: Event): void => {
    this.query = (event.target as HTMLInputElement).value;
    this.refresh(0);
  };

  protected override render(): TemplateResult {
    const people = this.listed.map((person) => this.now.people.get(person.id) ?? person);
    return html`
      <div class="scroll" tabindex="0" role="group" aria-label=${t("people.title")}>
        ${this.now.waiting.length > 0 ? this.lobby() : nothing}
        ${may(this.now, "room.lock") ? this.entry() : nothing}
        ${may(this.now, "stage.move") ? html`<room-stage-order .room=${this.room} .now=${this.now}></room-stage-order>` : nothing}
        ${may(this.now, "interpretation.open") ? html`<room-interpretation .room=${this.room} .now=${this.now}></room-interpretation>` : nothing}
        ${raisedHands(this.room, (person) => this.nameOf(person))}
        <div class="search">
          <label class="visually-hidden" for="find-person">${t("people.search")}</label>
          <input class="input" id="find-person" type="search" placeholder=${t("people.search")} @input=${this.searched}>
        </div>
        ${mayMuteAll(this.now) ? html`<p class="actions"><button class="button button--small" type="button" data-act="mute-all" @click=${() => void this.room.muteAll()}>${icon("mic-off")}${t("people.mute_all")}</button></p>` : nothing}
        <p class="small soft" role="status">${this.query ? tn("people.found", this.total) : tn("people.here", this.now.count)}</p>
        <ul class="list-people">${repeat(people, (person) => person.id, (person) => this.row(person))}</ul>
        ${this.next === null ? nothing : html`<button class="button button--small" type="button" @click=${() => void this.read(this.next)}>${t("people.more")}</button>`}
        ${this.turnedAway.length > 0 && may(this.now, "lobby.readmit") ? this.removed() : nothing}
      </div>`;
  }

  // ---- waiting room ----

  private lobby(): TemplateResult {
    const { waiting } = this.now;
    return html`<section class="panel-section" aria-labelledby="lobby-title">
      <div class="spread"><h2 id="lobby-title">${tn("lobby.waiting", waiting.length)}</h2>
        ${waiting.length > 1 ? html`<button class="button button--small" type="button" data-act="admit-all" @click=${() => void this.room.ask({ do: "lobby.admit", all: true })}>${t("lobby.admit_all")}</button>` : nothing}</div>
      ${this.companies()}
      <ul class="list-people">${repeat(waiting, (person) => person.id, (person) => this.outside(person))}</ul>
    </section>`;
  }

  /** Of companies with several people in the waiting room. */
  private companies(): TemplateResult[] {
    const waiting = this.now.waiting.map(({ company }) => company).filter(Boolean);
    const several = [...new Set(waiting)].filter((company) => waiting.indexOf(company) !== waiting.lastIndexOf(company));
    return several.map((company) => html`<button class="button button--small" type="button" data-act="admit-company" @click=${() => void this.room.ask({ do: "lobby.admit", company })}>${t("lobby.admit_company", { company })}</button>`);
  }

  /** Who gets in: the waiting room, the lock, and the sound for hosts. */
  private entry(): TemplateResult {
    const { room } = this.now;
    const isLocked = room?.locked === true;
    return html`<details class="panel-section" data-section="entry">
      <summary>${icon(isLocked ? "lock" : "settings")}${isLocked ? t("entry.locked") : t("entry.title")}</summary>
      ${may(this.now, "lobby.set") && room?.meeting ? this.choice("lobby", t("entry.lobby"), room.lobby, (on) => this.room.ask({ do: "lobby.set", on })) : nothing}
      ${this.choice("lock", t("entry.lock"), isLocked, (on) => this.room.ask({ do: on ? "room.lock" : "room.unlock" }))}
      <p class="small soft">${t("entry.lock_text")}</p>
      ${this.choice("knock", t("entry.knock"), isKnockOn(), keepKnock)}
    </details>`;
  }

  /** The room decides: a refused change is shown undone once it has answered. */
  private choice(name: string, word: string, isOn: boolean, set: (on: boolean) => Promise<unknown>): TemplateResult {
    const changed = async (event: Event): Promise<void> => {
      await set((event.target as HTMLInputElement).checked);
      this.requestUpdate();
    };
    return html`<label class="choice"><input type="checkbox" data-choice=${name} .checked=${live(isOn)} @change=${changed}>${word}</label>`;
  }

  private outside(person: PersonRef): TemplateResult {
    const named = (word: string): string => `${word}: ${person.name}`;
    return html`<li data-waiting=${person.id}>${avatar(person)}<span>${person.name}<small>${person.company}</small></span>
      <span class="push">
        <button class="button button--small" type="button" data-act="admit" aria-label=${named(t("lobby.admit"))} @click=${() => void this.room.ask({ do: "lobby.admit", person: person.id })}>${t("lobby.admit")}</button>
        <button class="button button--small button--plain" type="button" data-act="deny" aria-label=${named(t("lobby.deny"))} @click=${() => void this.deny(person)}>${t("lobby.deny")}</button>
      </span></li>`;
  }

  private async deny(person: PersonRef): Promise<void> {
    if (await this.sure(t("lobby.deny_title", { name: person.name }), t("lobby.deny_text"), t("lobby.deny_yes")))
      await this.turnAway({ do: "lobby.deny", person: person.id });
  }

  private async turnAway(command: Command): Promise<void> {
    if (await this.room.ask(command)) this.refresh(0);
  }

  /** Who was denied or removed, so that a mistake can be undone. */
  private removed(): TemplateResult {
    return html`<section class="panel-section" aria-labelledby="removed-title">
      <h2 id="removed-title">${t("lobby.turned_away")}</h2>
      <ul class="list-people">${repeat(this.turnedAway, (person) => person.id, (person) => html`<li data-removed=${person.id}>${avatar(person)}<span>${person.name}<small>${person.company}</small></span>
        <span class="push"><button class="button button--small" type="button" data-act="readmit" aria-label=${`${t("lobby.readmit")}: ${person.name}`} @click=${() => void this.readmit(person)}>${t("lobby.readmit")}</button></span></li>`)}</ul>
    </section>`;
  }

  private async readmit(person: PersonRef): Promise<void> {
    await this.room.readmit(person);
    this.refresh(0);
  }

  // ---- everybody ----

  private nameOf(person: PersonRef): string {
    return person.id === this.now.you?.id ? t("people.you", { name: person.name }) : person.name;
  }

  private row(person: ParticipantInfo): TemplateResult {
    const second = [roleInWords(person.role), person.company, countryName(this.countries[person.id])].filter(Boolean).join(", ");
    const isSpeaking = person.on_stage || person.microphone;
    return html`<li data-person=${person.id}>${avatar(person)}<span>${this.nameOf(person)}<small>${second}</small></span>
      <span class="push">
        ${person.hand_raised_at ? html`${icon("hand")}<span class="visually-hidden">${t("people.hand_up")}</span>` : nothing}
        ${isSpeaking ? html`${icon(person.microphone ? "mic" : "mic-off")}<span class="visually-hidden">${person.microphone ? t("stage.mic_on") : t("stage.mic_off")}</span>` : nothing}
        ${this.actions(person)}
      </span></li>`;
  }

  private actions(person: ParticipantInfo): TemplateResult | typeof nothing {
    if (person.id === this.now.you?.id || !may(this.now, "stage.remove")) return nothing;
    const isWebinar = this.now.room?.is_webinar === true;
    return html`<details class="menu" @toggle=${intoView} @click=${closesAfterChoice} @keydown=${closeOnEscape}>
      <summary>${icon("more")}<span class="visually-hidden">${t("people.actions", { name: person.name })}</span></summary>
      <div class="menu__list">
        ${isWebinar && !person.on_stage ? this.action("invite", t("people.invite"), () => void this.room.ask({ do: "stage.invite", person: person.id })) : nothing}
        ${person.microphone ? this.action("mute", t("people.mute"), () => void this.room.ask({ do: "stage.mute", person: person.id })) : nothing}
        ${isWebinar && person.on_stage ? this.action("off-stage", t("people.off_stage"), () => void this.room.ask({ do: "stage.remove", person: person.id })) : nothing}
        ${person.on_stage && may(this.now, "stage.spotlight") ? this.spotlight(person) : nothing}
        ${may(this.now, "timer.start") ? this.action("timer", t("people.timer"), () => void this.room.ask({ do: "timer.start", seconds: SPEAKING_TIME, person: person.id })) : nothing}
        ${may(this.now, "people.appoint") ? this.roles(person) : nothing}
        ${this.action("remove", t("people.remove"), () => void this.removePerson(person))}
      </div>
    </details>`;
  }

  private spotlight(person: ParticipantInfo): TemplateResult {
    const isOn = this.now.spotlight === person.id;
    return this.action("spotlight", isOn ? t("people.spotlight_off") : t("people.spotlight"), () => void this.room.ask({ do: "stage.spotlight", person: isOn ? null : person.id }));
  }

  private async handOver(person: PersonRef): Promise<void> {
    if (await this.sure(t("people.hand_over_title", { name: person.name }), t("people.hand_over_text"), t("people.hand_over")))
      await this.room.handOver(person.id);
  }

  /** The host keeps their role; it is handed over instead. */
  private roles(person: ParticipantInfo): TemplateResult | typeof nothing {
    if (person.role === "host") return nothing;
    const words = { co_host: t("people.make_co_host"), speaker: t("people.make_speaker"), interpreter: t("people.make_interpreter"), captioner: t("people.make_captioner") };
    const others = (Object.keys(words) as (keyof typeof words)[]).filter((role) => role !== person.role);
    return html`<hr>${others.map((role) => this.action(`make-${role}`, words[role], () => void this.room.appoint(person, role)))}
      ${person.role === "attendee" ? nothing : this.action("take-role", t("people.take_role"), () => void this.takeRole(person))}
      ${this.now.you?.role === "host" && may(this.now, "meeting.hand_over") ? this.action("hand-over", t("people.hand_over"), () => void this.handOver(person)) : nothing}<hr>`;
  }

  private async takeRole(person: PersonRef): Promise<void> {
    if (await this.sure(t("people.take_role_title", { name: person.name }), t("people.take_role_text"), t("people.take_role")))
      await this.room.appoint(person, "attendee");
  }

  private action(name: string, word: string, act: () => void): TemplateResult {
    return html`<button type="button" data-act=${name} @click=${act}>${word}</button>`;
  }

  private async removePerson(person: PersonRef): Promise<void> {
    if (await this.sure(t("people.remove_title", { name: person.name }), t("people.remove_text"), t("people.remove_yes")))
      await this.turnAway({ do: "stage.remove", person: person.id, from_room: true });
  }

  private async sure(title: string, text: string, yes: string): Promise<boolean> {
    const question = document.querySelector("confirm-dialog");
    return (await question?.ask({ title, text, yes, no: t("keep"), isGrave: true })) ?? false;
  }
}

export const peopleFeature: RoomFeature = {
  tab: {
    id: "people",
    label: () => t("people"),
    count: ({ count }) => count,
    opened: (here) => here.forgetToasts("hands"),
    render: ({ room, state }, isOpen) => html`<room-people .room=${room} .now=${state} ?open=${isOpen}></room-people>`,
  },
};
