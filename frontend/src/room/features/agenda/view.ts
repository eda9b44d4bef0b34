// The agenda: its tab, and the current item with its time above the people. Hosts go through it.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { inDigits } from "../../clock";
import { icon } from "../../page";
import type { AgendaItemInfo, RoomEvent } from "../../protocol.generated";
import { isHost, may, type State } from "../../state";
import { formatTime, localized, t, tn } from "../../translations";
import { RoomElement } from "../../views/error-boundary";
import { TickingElement } from "../../views/ticking";
import type { RoomClient } from "../../room-client";
import type { RoomContext, RoomFeature } from "../registry";
import { MOST_ITEMS } from "./form";
import "./form";
import { currentItem, isCurrent, nextItem, plannedTimes, secondsLeft } from "./state";

const EVERY = 500;
const SETTLES = 3_000; // milliseconds

/** The current item's time, by the server's. Screen readers are told once that it is over. */
@customElement("agenda-time")
export class AgendaTime extends TickingElement {
  @property({ attribute: false }) here!: RoomContext;
  @property({ attribute: false }) item!: AgendaItemInfo;
  @property({ type: Boolean }) announces = false;
  protected readonly every = EVERY;
  private shown = { start: "", left: 0 };

  protected override tick(): void {
    const left = secondsLeft(this.item, this.here.room.now());
    const start = `${this.item.id} ${this.item.started_at}`;
    const wasRunning = this.shown.start === start && this.shown.left > 0;
    if (this.announces && wasRunning && left <= 0) this.here.announce(t("agenda.time_up"));
    if (this.shown.start !== start || this.shown.left !== left) this.requestUpdate();
    this.shown = { start, left };
  }

  protected override render(): TemplateResult {
    const left = secondsLeft(this.item, this.here.room.now());
    return html`<span role="timer" class="nowrap">${left >= 0 ? t("agenda.left", { time: inDigits(left) }) : t("agenda.over", { time: inDigits(-left) })}</span>`;
  }
}

@customElement("room-agenda")
export class RoomAgenda extends RoomElement {
  @property({ attribute: false }) here!: RoomContext;
  @property({ attribute: false }) now!: State;
  @state() private isEditing = false;
  /** The item whose form is open. */
  @state() private edited = "";
  private keepsFocus = false;

  /** Whose button is gone finds the focus in the same list. */
  protected override updated(): void {
    if (!this.keepsFocus || this.contains(document.activeElement)) return;
    this.keepsFocus = false;
    (this.querySelector<HTMLElement>("[data-act=forward]") ?? this.querySelector<HTMLElement>(".scroll"))?.focus();
  }

  private async go(item: string): Promise<void> {
    this.keepsFocus = await this.here.room.ask({ do: "agenda.goto", item });
  }

  private async goOn(after: AgendaItemInfo | undefined): Promise<void> {
    this.keepsFocus = await this.here.room.ask({ do: "agenda.next", ...(after ? { after: after.id } : {}) });
  }

  private async end(): Promise<void> {
    this.keepsFocus = await this.here.room.ask({ do: "agenda.end" });
  }

  // ---- editing ----

  private readonly toggleEditing = (): void => {
    this.isEditing = !this.isEditing;
    this.edited = "";
  };

  private async edit(item: string): Promise<void> {
    const closed = this.edited;
    this.edited = item;
    await this.updateComplete;
    if (item === "") this.focusAt(closed, "edit");
  }

  /** To this button of the item, or where there is none to another. */
  private focusAt(item: string, act: string): void {
    const buttons = `[data-agenda-item="${CSS.escape(item)}"] button[data-act`;
    (this.querySelector<HTMLElement>(`${buttons}="${act}"]`) ?? this.querySelector<HTMLElement>(`${buttons}]`) ?? this.querySelector<HTMLElement>(".scroll"))?.focus();
  }

  private async reorder(item: string, up: boolean): Promise<void> {
    if (!(await this.here.room.ask({ do: "agenda.reorder", item, up }))) return;
    await this.updateComplete;
    this.focusAt(item, up ? "up" : "down");
  }

  private async removeItem(item: AgendaItemInfo): Promise<void> {
    const title = localized(item.title).text;
    if (!(await this.here.ask({ title: t("agenda.remove_title"), text: title, yes: t("agenda.remove"), no: t("agenda.keep"), isGrave: true }))) return;
    const place = this.now.agenda.findIndex(({ id }) => id === item.id);
    if (!(await this.here.room.ask({ do: "agenda.remove", item: item.id }))) return;
    await this.updateComplete;
    this.focusAt((this.now.agenda[place] ?? this.now.agenda.at(-1))?.id ?? "", "edit");
  }

  // ---- rendering ----

  protected override render(): TemplateResult {
    const { agenda } = this.now;
    return html`<div class="scroll" tabindex="0" role="group" aria-label=${t("agenda")}>
      <section class="panel-section" aria-labelledby="agenda-h">
        <h2 id="agenda-h">${t("agenda")}</h2>
        ${agenda.length === 0 ? html`<p class="soft">${t("agenda.empty")}</p>` : nothing}
        ${isHost(this.now.you) ? this.hosting() : nothing}
        ${agenda.length > 0 ? html`<ol class="agenda-list">${repeat(agenda, ({ id }) => id, (item, place) => this.item(item, place))}</ol>` : nothing}
      </section>
      ${this.mayEdit ? this.adding() : nothing}</div>`;
  }

  private get mayEdit(): boolean {
    return this.isEditing && may(this.now, "agenda.add");
  }

  private adding(): TemplateResult {
    return html`<section class="panel-section" aria-labelledby="agenda-add-h">
      <h2 id="agenda-add-h">${t("agenda.add_title")}</h2>
      ${this.now.agenda.length >= MOST_ITEMS ? html`<p class="soft">${t("agenda.full")}</p>` : html`<agenda-form .here=${this.here}></agenda-form>`}
    </section>`;
  }

  private editing(item: AgendaItemInfo, place: number): TemplateResult {
    if (this.edited === item.id) return html`<agenda-form .here=${this.here} .item=${item} .done=${() => void this.edit("")}></agenda-form>`;
    const title = localized(item.title).text;
    const button = (act: string, sign: string, word: string, run: () => Promise<void>): TemplateResult => html`<button class="button button--small button--plain button--icon" type="button" data-act=${act} @click=${() => void run()}>${icon(sign)}<span class="visually-hidden">${word} ${title}</span></button>`;
    return html`<p class="actions"><button class="button button--small button--plain" type="button" data-act="edit" @click=${() => void this.edit(item.id)}>${t("agenda.edit_item")}<span class="visually-hidden"> ${title}</span></button>
      <button class="button button--small button--plain" type="button" data-act="remove" @click=${() => void this.removeItem(item)}>${t("agenda.remove")}<span class="visually-hidden"> ${title}</span></button>
      ${place > 0 ? button("up", "up", t("agenda.move_up"), () => this.reorder(item.id, true)) : nothing}
      ${place < this.now.agenda.length - 1 ? button("down", "down", t("agenda.move_down"), () => this.reorder(item.id, false)) : nothing}</p>`;
  }

  private hosting(): TemplateResult {
    const edit = may(this.now, "agenda.add") ? html`<button class="button button--small button--plain" type="button" data-act="edit-agenda" aria-pressed=${String(this.isEditing)} @click=${this.toggleEditing}>${icon(this.isEditing ? "check" : "edit")}${this.isEditing ? t("agenda.done_editing") : t("agenda.edit")}</button>` : nothing;
    if (!may(this.now, "agenda.next")) return html`${this.now.agenda.length > 0 && this.now.room?.state === "waiting" ? html`<p class="small soft">${t("agenda.not_yet")}</p>` : nothing}<p class="actions">${edit}</p>`;
    return html`<p class="actions">${this.forward()}${edit}</p>`;
  }

  /** One button in one place: it keeps the focus while hosts go through the agenda. */
  private forward(): TemplateResult | typeof nothing {
    const { agenda } = this.now;
    const [current, next] = [currentItem(agenda), nextItem(agenda)];
    if (!current && !next) return nothing;
    const isStart = agenda.every(({ started_at }) => started_at === null);
    const word = next ? (isStart ? t("agenda.start") : t("agenda.next")) : t("agenda.end");
    return html`<button class="button button--small button--primary" type="button" data-act="forward" @click=${() => void (next ? this.goOn(current) : this.end())}>${word}</button>
      ${current && next ? html`<button class="button button--small" type="button" data-act="end" @click=${() => void this.end()}>${t("agenda.end")}</button>` : nothing}`;
  }

  private item(item: AgendaItemInfo, place: number): TemplateResult {
    const title = localized(item.title);
    const isNow = isCurrent(item);
    const about = [tn("agenda.minutes", item.minutes), item.speaker].filter(Boolean).join(" · ");
    return html`<li data-agenda-item=${item.id} aria-current=${isNow ? "step" : nothing}>
      <p><strong lang=${title.language} dir="auto">${title.text}</strong><br><span class="small soft">${about}</span></p>
      ${isNow ? html`<p class="small"><strong>${t("agenda.current")}</strong> · <agenda-time .here=${this.here} .item=${item}></agenda-time></p>` : nothing}
      ${item.ended_at ? html`<p class="small soft agenda-done">${icon("check")}${t("agenda.done")}</p>` : nothing}
      ${this.mayEdit ? this.editing(item, place) : nothing}
      ${!this.mayEdit && !isNow && may(this.now, "agenda.goto") ? html`<p class="actions"><button class="button button--small button--plain" type="button" data-act="go" @click=${() => void this.go(item.id)}>${t("agenda.go_to")}<span class="visually-hidden"> ${title.text}</span></button></p>` : nothing}
    </li>`;
  }
}

// ---- the feature ---------------------------------------------------------------------------------------------

function strip(here: RoomContext): TemplateResult {
  const item = currentItem(here.state.agenda);
  if (!item) return html``;
  const title = localized(item.title);
  return html`<div class="notice notice--slim agenda-now" role="group" aria-label=${t("agenda.current")} data-agenda=${item.id}>
    ${icon("clock")}<strong lang=${title.language} dir="auto" title=${title.text}>${title.text}</strong>
    <agenda-time .here=${here} .item=${item} announces></agenda-time></div>`;
}

let settling: ReturnType<typeof setTimeout> | undefined;

/** Once for several edits that follow one another, and not beside what is current now. */
function announceChange(here: RoomContext): void {
  clearTimeout(settling);
  settling = setTimeout(() => here.announce(t("agenda.changed_says")), SETTLES);
}

/** Whoever waits is told of a change, not of the agenda as it is when they come. */
const heard = new WeakMap<RoomClient, string>();

function waitingHeard(here: RoomContext): void {
  const [before, now] = [heard.get(here.room), JSON.stringify(here.state.agenda)];
  heard.set(here.room, now);
  if (before !== undefined && before !== now) announceChange(here);
}

function received(event: RoomEvent, here: RoomContext): void {
  if (event.ev === "agenda" && here.state.you?.admission === "waiting") waitingHeard(here);
  if (event.ev === "agenda.moved") {
    clearTimeout(settling);
    const item = currentItem(here.state.agenda);
    if (item) here.announce(t("agenda.says", { title: localized(item.title).text }));
    else if (event.by) here.announce(t("agenda.ended_says"));
  }
  if (event.ev === "agenda.changed") announceChange(here);
}

const isHere = (state: State): boolean => state.room?.kind !== "breakout";

/** As on the meeting's page, with the planned times. */
function whileWaiting({ state }: RoomContext): TemplateResult {
  const { agenda, room } = state;
  if (agenda.length === 0 || !room) return html``;
  const items = plannedTimes(agenda, room.starts_at ?? "");
  return html`<details open data-waiting-agenda><summary>${t("agenda")}</summary>
    <ol class="agenda">${repeat(items, ({ item }) => item.id, ({ item, from, to }) => {
      const title = localized(item.title);
      return html`<li><span class="agenda__time">${room.starts_at ? `${formatTime(from)}–${formatTime(to)}` : tn("agenda.minutes", item.minutes)}</span>
        <span><strong lang=${title.language} dir="auto">${title.text}</strong>${item.speaker ? html`<br><span class="soft">${item.speaker}</span>` : nothing}</span></li>`;
    })}</ol></details>`;
}

export const agendaFeature: RoomFeature = {
  tab: {
    id: "agenda",
    label: () => t("agenda"),
    isShown: (state) => isHere(state) && (state.agenda.length > 0 || isHost(state.you)),
    render: (here) => html`<room-agenda .here=${here} .now=${here.state}></room-agenda>`,
  },
  stagePart: {
    id: "agenda",
    place: "above",
    isShown: (state) => isHere(state) && state.room?.state === "live" && currentItem(state.agenda) !== undefined,
    render: strip,
  },
  whileWaiting,
  received,
};

declare global {
  interface HTMLElementTagNameMap {
    "agenda-time": AgendaTime;
    "room-agenda": RoomAgenda;
  }
}
