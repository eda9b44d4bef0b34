// The hosts' tab: making groups, assigning people, opening, helping and closing.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";
import { inDigits } from "../../clock";
import { avatar, icon } from "../../page";
import type { BreakoutPrepare, BreakoutRoom, Breakouts } from "../../protocol.generated";
import type { RoomClient } from "../../room-client";
import { may, type State } from "../../state";
import { t, tn } from "../../translations";
import { TickingElement } from "../../views/ticking";
import type { Listed } from "./client";
import { groupName, groupOf, isAway, secondsLeft } from "./state";

type Assign = NonNullable<BreakoutPrepare["assign"]>;
type Minutes = number | null;

const MOST_GROUPS = 50;
const LONGEST_NAME = 40;
const LONGEST_ROUND = 240;
const LONGEST_ANNOUNCEMENT = 500;
const MORE_MINUTES = 5;
const REFRESH_AFTER = 1_000;
const REFRESH_EVERY = 10; // seconds

const ASSIGNMENTS: [Assign, () => string][] = [
  ["random", () => t("breakouts.assign_random")],
  ["companies", () => t("breakouts.assign_companies")],
  ["countries", () => t("breakouts.assign_countries")],
  ["list", () => t("breakouts.assign_list")],
  ["choice", () => t("breakouts.assign_choice")],
];

interface Draft {
  groups: number;
  assign: Assign;
  minutes: Minutes;
}

/** A number within its bounds; null for what is none. */
export function numberIn(text: string, least: number, most: number): number | null {
  const number = Number.parseInt(text, 10);
  return Number.isNaN(number) ? null : Math.min(most, Math.max(least, number));
}

/** What is typed stays until it is finished, whatever happens in the room meanwhile; then the field shows what counts. */
function typedNumber(event: Event, most: number): number | null {
  const field = event.target as HTMLInputElement;
  const number = numberIn(field.value, 1, most);
  field.value = String(number ?? "");
  return number;
}

@customElement("room-breakouts")
export class RoomBreakouts extends TickingElement {
  @property({ attribute: false }) room!: RoomClient;
  /** Of the main room. */
  @property({ attribute: false }) now!: State;
  /** Nothing is requested while the tab is not shown. */
  @property({ type: Boolean }) open = false;
  @state() private draft: Draft = { groups: 2, assign: "random", minutes: 15 };
  @state() private people: readonly Listed[] = [];
  private ticks = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  protected readonly every = 1_000;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  protected override updated(changes: PropertyValues<this>): void {
    if (!this.open || !this.now.breakouts) return;
    const before = changes.get("now");
    const isNew = before !== undefined && before.breakouts?.id !== this.now.breakouts.id;
    if (changes.has("open") || isNew) this.refresh(0);
    else if (before !== undefined && before.count !== this.now.count) this.refresh(REFRESH_AFTER);
  }

  /** The time left, and now and then who has gone to which group. */
  protected override tick(): void {
    const { breakouts } = this.now;
    if (!this.open || breakouts?.state !== "open") return;
    if (breakouts.ends_at !== null) this.requestUpdate();
    if (++this.ticks % REFRESH_EVERY === 0) this.refresh(0);
  }

  private refresh(after: number): void {
    if (this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.read();
    }, after);
  }

  private async read(): Promise<void> {
    try {
      this.people = await this.room.mainRoom.breakouts.people(null);
    } catch {
      return; // disconnected: again later
    }
  }

  // ---- rendering ----

  protected override render(): TemplateResult {
    const { breakouts } = this.now;
    return html`<div class="scroll" tabindex="0" role="group" aria-label=${t("breakouts")}>
      ${breakouts === null ? this.form() : breakouts.state === "prepared" ? this.prepared(breakouts) : this.running(breakouts)}</div>`;
  }

  private button(name: string, word: string, act: () => unknown, css = ""): TemplateResult {
    return html`<button class="button button--small ${css}" type="button" data-act=${name} @click=${() => act()}>${word}</button>`;
  }

  // ---- none yet ----

  private form(): TemplateResult {
    const { draft } = this;
    return html`<form class="stack" novalidate @submit=${(event: Event) => (event.preventDefault(), void this.prepare(draft))}>
      <p class="soft">${t("breakouts.empty_host")}</p>
      <div class="field"><label for="group-count">${t("breakouts.count")}</label>
        <input class="input" id="group-count" type="number" inputmode="numeric" min="1" max=${MOST_GROUPS} .value=${String(draft.groups)} @change=${(event: Event) => this.change({ groups: typedNumber(event, MOST_GROUPS) ?? draft.groups })}></div>
      ${this.assignField(draft.assign, (assign) => this.change({ assign }))}
      <div class="field"><label for="group-minutes">${t("breakouts.minutes")}</label>
        <input class="input" id="group-minutes" type="number" inputmode="numeric" min="1" max=${LONGEST_ROUND} aria-describedby="group-minutes-hint" .value=${String(draft.minutes ?? "")} @change=${(event: Event) => this.change({ minutes: typedNumber(event, LONGEST_ROUND) })}>
        <p class="hint" id="group-minutes-hint">${t("breakouts.minutes_hint")}</p></div>
      <p class="actions"><button class="button button--primary" type="submit" data-act="prepare">${t("breakouts.create")}</button></p>
    </form>`;
  }

  private assignField(chosen: Assign, choose: (assign: Assign) => void): TemplateResult {
    return html`<div class="field"><label for="group-assign">${t("breakouts.assign")}</label>
      <select class="input" id="group-assign" @change=${(event: Event) => choose(valueOf(event) as Assign)}>
        ${ASSIGNMENTS.map(([value, word]) => html`<option value=${value} ?selected=${value === chosen}>${word()}</option>`)}</select></div>`;
  }

  private change(change: Partial<Draft>): void {
    this.draft = { ...this.draft, ...change };
  }

  private async prepare({ groups, assign, minutes }: Draft): Promise<void> {
    const names = Array.from({ length: groups }, () => "");
    if (!(await this.room.mainRoom.breakouts.prepare({ names, assign, minutes }))) return;
    await this.updateComplete;
    this.querySelector<HTMLElement>("[data-act=open]")?.focus();
  }

  // ---- prepared ----

  private prepared(breakouts: Breakouts): TemplateResult {
    const { breakouts: rooms } = this.room.mainRoom;
    const names = breakouts.rooms.map(({ name }) => name);
    const again = (assign: Assign): unknown => rooms.prepare({ names, assign, minutes: breakouts.minutes });
    const mayOpen = may(this.now, "breakout.open");
    return html`<section class="panel-section" aria-labelledby="groups-title">
        <h2 id="groups-title">${tn("breakouts.groups", names.length)}</h2>
        ${this.assignField(breakouts.assign, again)}
        ${mayOpen ? nothing : html`<p class="small soft">${t("breakouts.not_yet")}</p>`}
        <p class="actions">
          ${mayOpen ? this.button("open", t("breakouts.open"), () => rooms.open(), "button--primary") : nothing}
          ${["list", "choice"].includes(breakouts.assign) ? nothing : this.button("again", t("breakouts.again"), () => again(breakouts.assign))}
          ${this.button("discard", t("breakouts.discard"), () => rooms.close(), "button--plain")}
        </p>
      </section>
      ${this.groups(breakouts)}`;
  }

  // ---- open ----

  private running(breakouts: Breakouts): TemplateResult {
    const { breakouts: rooms } = this.room.mainRoom;
    const left = secondsLeft(breakouts, this.room.mainRoom.now());
    return html`
      <section class="panel-section" aria-labelledby="groups-title">
        <h2 id="groups-title">${t("breakouts.are_open")}</h2>
        ${left === null ? nothing : html`<p class="mid">${t("breakouts.time_left", { time: inDigits(left) })}</p>`}
        <p class="actions">
          ${this.button("close", t("breakouts.close"), () => this.close(), "button--primary")}
          ${left === null ? nothing : this.button("extend", t("breakouts.extend", { n: MORE_MINUTES }), () => rooms.extend(Math.min(LONGEST_ROUND, Math.ceil(left / 60) + MORE_MINUTES)))}
        </p>
        ${breakouts.help.map((request) => this.helpRequest(request.person.name, breakouts.rooms.find(({ id }) => id === request.room)))}
        <form class="stack stack--close" @submit=${this.announce}>
          <div class="field"><label for="to-groups">${t("breakouts.announce")}</label>
            <input class="input" id="to-groups" name="text" maxlength=${LONGEST_ANNOUNCEMENT} autocomplete="off"></div>
          <p><button class="button button--small" type="submit" data-act="announce">${t("chat.send")}</button></p>
        </form>
      </section>
      ${this.groups(breakouts)}`;
  }

  private helpRequest(name: string, group: BreakoutRoom | undefined): TemplateResult | typeof nothing {
    if (!group) return nothing;
    return html`<div class="notice notice--slim" role="status" data-help>${icon("hand")}<span>${t("breakouts.help_wanted", { name, group: groupName(group) })}</span>${this.enterButton(group)}</div>`;
  }

  private async close(): Promise<void> {
    const question = { title: t("breakouts.close_title"), text: t("breakouts.close_text"), yes: t("breakouts.close"), no: t("keep") };
    if (await document.querySelector("confirm-dialog")?.ask(question)) await this.room.mainRoom.breakouts.close();
  }

  private readonly announce = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const field = this.querySelector<HTMLInputElement>("#to-groups");
    const text = field?.value.trim() ?? "";
    if (field && text && (await this.room.mainRoom.breakouts.announce(text))) field.value = "";
  };

  // ---- groups and people ----

  private groups(breakouts: Breakouts): TemplateResult {
    const without = this.people.filter(({ id }) => groupOf(this.now, id) === undefined);
    return html`${repeat(breakouts.rooms, ({ id }) => id, (room) => this.group(room, breakouts))}
      ${without.length > 0 ? html`<section class="panel-section" aria-labelledby="without-group"><h2 id="without-group">${t("breakouts.unassigned")}</h2>${this.list(without, breakouts)}</section>` : nothing}`;
  }

  private group(room: BreakoutRoom, breakouts: Breakouts): TemplateResult {
    const members = this.people.filter(({ id }) => room.people.includes(id));
    const isOpen = breakouts.state === "open";
    return html`<section class="panel-section" aria-label=${groupName(room)} data-group=${room.id}>
      <div class="spread">
        <label class="visually-hidden" for="group-${room.id}">${t("breakouts.name", { n: room.number })}</label>
        <input class="input breakout-name" id="group-${room.id}" maxlength=${LONGEST_NAME} autocomplete="off" .value=${groupName(room)} @change=${(event: Event) => this.rename(room, event)}>
        ${isOpen ? this.enterButton(room) : html`<span class="small soft">${tn("breakouts.people", room.people.length)}</span>`}
      </div>
      ${members.length > 0 ? this.list(members, breakouts) : html`<p class="small soft">${t("breakouts.nobody")}</p>`}
    </section>`;
  }

  private enterButton(room: BreakoutRoom): TemplateResult {
    const isThere = this.room.mainRoom.breakouts.inside === room.id;
    if (isThere) return html`<span class="small soft">${t("breakouts.you_are_here")}</span>`;
    return html`<button class="button button--small" type="button" data-act="enter" aria-label="${t("breakouts.join")}: ${groupName(room)}" @click=${() => void this.room.joinBreakout(room.id)}>${t("breakouts.join")}</button>`;
  }

  /** The field shows the group's number again when the name is taken away. */
  private rename(room: BreakoutRoom, event: Event): void {
    const byNumber = groupName({ ...room, name: "" });
    const field = event.target as HTMLInputElement;
    const typed = field.value.trim();
    const name = typed === byNumber ? "" : typed;
    field.value = typed || byNumber;
    if (name !== room.name) void this.room.mainRoom.breakouts.rename(room.id, name);
  }

  private list(people: readonly Listed[], breakouts: Breakouts): TemplateResult {
    return html`<ul class="list-people">${repeat(people, ({ id }) => id, (person) => this.person(person, breakouts))}</ul>`;
  }

  private person(person: Listed, breakouts: Breakouts): TemplateResult {
    const group = groupOf(this.now, person.id);
    const known = this.now.people.get(person.id);
    const isThere = known ? isAway(this.now, known) : person.here;
    const where = breakouts.state === "open" && group ? (isThere ? t("breakouts.there") : t("breakouts.not_there")) : "";
    return html`<li data-person=${person.id}>${avatar(person)}<span>${person.name}<small>${[person.company, where].filter(Boolean).join(" · ")}</small></span>
      <span class="push"><label class="visually-hidden" for="group-of-${person.id}">${t("breakouts.group_of", { name: person.name })}</label>
        <select class="input" id="group-of-${person.id}" .value=${live(group?.id ?? "")} @change=${(event: Event) => void this.room.mainRoom.breakouts.move(person.id, valueOf(event) || null)}>
          <option value="" ?selected=${group === undefined}>${t("breakouts.no_group")}</option>
          ${breakouts.rooms.map((room) => html`<option value=${room.id} ?selected=${room.id === group?.id}>${groupName(room)}</option>`)}</select></span></li>`;
  }
}

function valueOf(event: Event): string {
  return (event.target as HTMLInputElement | HTMLSelectElement).value;
}
