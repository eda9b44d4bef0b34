// The tab of polls: the open one, for hosts the prepared ones and the controls, and the results so far.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { icon } from "../../page";
import type { OwnBallot, PollInfo, RoomEvent } from "../../protocol.generated";
import type { RoomClient } from "../../room-client";
import { isHost, may, type State } from "../../state";
import { t, tn, translated } from "../../translations";
import { RoomElement } from "../../views/error-boundary";
import type { RoomContext, RoomFeature } from "../registry";
import "./ballot";
import { chart } from "./chart";
import "./form";
import { draftOf, EMPTY_DRAFT, type Draft } from "./form";
import { openPoll, pollOnStage, unansweredPolls } from "./state";
import { kindInWords } from "./words";

const titleOf = (poll: PollInfo): string => translated(poll.title, poll.translations);

@customElement("room-polls")
export class RoomPolls extends RoomElement {
  @property({ attribute: false }) room!: RoomClient;
  @property({ attribute: false }) now!: State;
  @state() private draft: Draft | null = null;

  private get isHosting(): boolean {
    return isHost(this.now.you);
  }

  private edit(draft: Draft | null): void {
    this.draft = draft;
  }

  private async closeForm(): Promise<void> {
    this.draft = null;
    await this.updateComplete;
    this.querySelector<HTMLElement>("[data-act=new-poll]")?.focus();
  }

  private async deletePoll(poll: PollInfo): Promise<void> {
    const question = document.querySelector("confirm-dialog");
    const options = { title: t("polls.delete_title"), text: titleOf(poll), yes: t("polls.delete"), no: t("keep"), isGrave: true };
    if (await question?.ask(options)) await this.room.polls.delete(poll.id);
  }

  // ---- rendering ----

  protected override render(): TemplateResult {
    const open = openPoll(this.now);
    const prepared = this.now.polls.filter((poll) => poll.state === "prepared");
    const closed = this.now.polls.filter((poll) => poll.state === "closed");
    return html`<div class="scroll" tabindex="0" role="group" aria-label=${t("polls")}>
      ${this.draft ? this.form(this.draft, open) : this.newPoll()}
      ${open ? this.openCard(open) : nothing}
      ${this.isHosting && prepared.length > 0 ? this.preparedList(prepared, open) : nothing}
      ${closed.length > 0 ? this.closedList(closed) : nothing}
      ${this.now.polls.length === 0 && !this.draft ? html`<p class="soft">${this.isHosting ? t("polls.empty_host") : t("polls.empty")}</p>` : nothing}
      ${this.now.hasMorePolls ? html`<button class="button button--small" type="button" @click=${() => void this.room.polls.loadMore()}>${t("people.more")}</button>` : nothing}
    </div>`;
  }

  private newPoll(): TemplateResult | typeof nothing {
    if (!may(this.now, "poll.create")) return nothing;
    return html`<p class="actions"><button class="button button--small" type="button" data-act="new-poll" @click=${() => this.edit(EMPTY_DRAFT)}>${icon("plus")}${t("polls.new")}</button></p>`;
  }

  private form(draft: Draft, open?: PollInfo): TemplateResult {
    const original = this.now.polls.find(({ id }) => id === draft.id);
    return html`<section class="panel-section"><poll-form .room=${this.room} .draft=${draft} .original=${original} .busy=${open !== undefined} .changed=${(next: Draft) => this.edit(next)} .done=${() => void this.closeForm()}></poll-form></section>`;
  }

  // ---- the open one ----

  private openCard(poll: PollInfo): TemplateResult {
    const ballot = this.now.ballots.get(poll.id);
    const form = html`<poll-ballot .room=${this.room} .poll=${poll}></poll-ballot>`;
    return html`<section class="panel-section poll" aria-labelledby="poll-${poll.id}" data-poll=${poll.id}>
      <p class="small"><span class="badge badge--line">${t("polls.open")}</span> ${kindInWords(poll.kind)}</p>
      <h2 id="poll-${poll.id}" dir="auto">${titleOf(poll)}</h2>
      ${ballot ? this.voted(poll, ballot) : this.isHosting ? html`<details><summary class="button button--small">${t("polls.vote_too")}${icon("down")}</summary><div class="section">${form}</div></details>` : form}
      ${poll.results !== null && (ballot || this.isHosting) ? chart(poll, ballot) : nothing}
      ${this.isHosting ? this.controls(poll) : nothing}
    </section>`;
  }

  private voted(poll: PollInfo, ballot: OwnBallot): TemplateResult {
    const later = poll.results !== null ? "" : poll.show === "hosts" ? t("polls.for_hosts") : t("polls.later");
    return html`<p class="notice notice--slim" role="status" data-voted>${icon("check")}<span>${t("polls.voted")} ${ownWords(poll, ballot)} ${later}</span></p>`;
  }

  /** Of those who are no hosts. */
  private turnout({ not_voted, voters }: PollInfo): TemplateResult | typeof nothing {
    if (not_voted === null || (not_voted === 0 && voters === 0)) return nothing;
    return html`<p class="small soft" data-not-voted>${not_voted === 0 ? t("polls.all_voted") : tn("polls.not_voted", not_voted)}</p>`;
  }

  private controls(poll: PollInfo): TemplateResult {
    const { polls } = this.room;
    return html`${this.turnout(poll)}
      <p class="actions">
        ${poll.show === "held" ? this.button("close-share", t("polls.close_share"), () => polls.close(poll.id, true), "button--primary") : nothing}
        ${this.button("close", t("polls.close"), () => polls.close(poll.id), poll.show === "held" ? "" : "button--primary")}
        ${poll.show === "live" ? this.stageButton(poll) : nothing}
      </p>`;
  }

  private stageButton(poll: PollInfo): TemplateResult {
    const word = poll.on_stage ? t("polls.off_stage") : t("polls.on_stage");
    return this.button("stage", word, () => this.room.polls.share(poll.id, !poll.on_stage));
  }

  private button(name: string, word: string, act: () => unknown, css = ""): TemplateResult {
    return html`<button class="button button--small ${css}" type="button" data-act=${name} @click=${() => act()}>${word}</button>`;
  }

  // ---- prepared ----

  private preparedList(polls: readonly PollInfo[], open?: PollInfo): TemplateResult {
    const mayOpen = may(this.now, "poll.open") && !open;
    return html`<section class="panel-section" aria-labelledby="prepared-polls">
      <h2 id="prepared-polls">${t("polls.prepared")}</h2>
      ${mayOpen ? nothing : html`<p class="small soft">${open ? t("polls.one_at_a_time") : t("polls.not_yet")}</p>`}
      <ul class="poll-list">${repeat(polls, ({ id }) => id, (poll) => html`<li data-poll=${poll.id}>
        <p><strong dir="auto">${titleOf(poll)}</strong><br><span class="small soft">${kindInWords(poll.kind)}</span></p>
        <p class="actions">
          ${mayOpen ? this.button("open", t("polls.open_it"), () => this.room.polls.open(poll.id), "button--primary") : nothing}
          ${may(this.now, "poll.edit") ? this.button("edit", t("polls.edit_it"), () => this.edit(draftOf(poll, poll.id)), "button--plain") : nothing}
          ${may(this.now, "poll.delete") ? this.button("delete", t("polls.delete"), () => this.deletePoll(poll), "button--plain") : nothing}
        </p></li>`)}</ul>
    </section>`;
  }

  // ---- closed ----

  private closedList(polls: readonly PollInfo[]): TemplateResult {
    return html`<section class="panel-section" aria-labelledby="closed-polls">
      <h2 id="closed-polls">${t("polls.closed")}</h2>
      <ul class="poll-list">${repeat(polls, ({ id }) => id, (poll) => html`<li class="poll" data-poll=${poll.id}>${this.closedPoll(poll)}</li>`)}</ul>
    </section>`;
  }

  private closedPoll(poll: PollInfo): TemplateResult {
    const ballot = this.now.ballots.get(poll.id);
    return html`<h3 dir="auto">${titleOf(poll)}</h3>
      ${ballot && poll.right !== null ? quizVerdict(poll, ballot) : nothing}
      ${poll.results === null ? html`<p class="small soft">${poll.show === "hosts" ? t("polls.for_hosts") : t("polls.later")}</p>` : chart(poll, ballot)}
      ${this.isHosting && may(this.now, "poll.share") ? this.afterwards(poll) : nothing}`;
  }

  private afterwards(poll: PollInfo): TemplateResult {
    return html`<p class="actions">
      ${poll.show !== "hosts" && !poll.shared ? this.button("share", t("polls.share"), () => this.room.polls.share(poll.id, false), "button--primary") : nothing}
      ${poll.show === "hosts" ? nothing : this.stageButton(poll)}
      ${may(this.now, "poll.create") ? this.button("again", t("polls.again"), () => this.edit(draftOf(poll, null)), "button--plain") : nothing}
    </p>`;
  }
}

/** What one has chosen, as far as it is known: of an anonymous poll only this page knows it. */
function ownWords(poll: PollInfo, ballot: OwnBallot): string {
  const byId = new Map(poll.options.map((option) => [option.id, translated(option.text, option.translations)]));
  const chosen = ballot.text === "" ? ballot.choices.flatMap((id) => byId.get(id) ?? []).join(", ") : ballot.text;
  return chosen ? t("polls.own_choice", { choice: chosen }) : "";
}

/** Nothing where it is not known what they chose. */
export function quizVerdict(poll: PollInfo, ballot: OwnBallot): TemplateResult | typeof nothing {
  const { right } = poll;
  if (poll.kind !== "quiz" || !right || right.length === 0 || ballot.choices.length === 0) return nothing;
  const isRight = ballot.choices.every((choice) => right.includes(choice));
  return html`<p class="notice notice--slim" data-verdict=${isRight ? "right" : "wrong"}>${icon(isRight ? "check" : "info")}<span>${isRight ? t("polls.you_were_right") : t("polls.you_were_wrong")}</span></p>`;
}

// ---- over the stage ------------------------------------------------------------------------------------------

@customElement("poll-on-stage")
export class PollOnStage extends RoomElement {
  @property({ attribute: false }) poll!: PollInfo;
  @property({ attribute: false }) ballot: OwnBallot | undefined;
  /** The poll that this person has folded. */
  @state() private folded = "";

  protected override render(): TemplateResult {
    const { poll } = this;
    const isFolded = this.folded === poll.id;
    return html`<section class="stage-poll" aria-labelledby="stage-poll-title" data-stage-poll=${poll.id}>
      <div class="spread"><h2 id="stage-poll-title" dir="auto">${titleOf(poll)}</h2>
        <button class="button button--small button--plain button--icon" type="button" aria-expanded=${String(!isFolded)} aria-label=${isFolded ? t("polls.unfold") : t("polls.fold")} @click=${() => (this.folded = isFolded ? "" : poll.id)}>${icon(isFolded ? "up" : "down")}</button></div>
      ${isFolded ? nothing : chart(poll, this.ballot)}
    </section>`;
  }
}

// ---- the feature ---------------------------------------------------------------------------------------------

function received(event: RoomEvent, here: RoomContext): void {
  if (event.ev === "poll.opened") opened(translated(event.title, event.translations), here);
  else if (event.ev === "poll.closed") {
    here.forgetToasts("poll");
    if (here.isTabOpen("polls")) here.announce(t("polls.closed_says"));
  } else if (event.ev === "poll.shared" && !isHost(here.state.you)) shared(event.id, here);
}

/** Hosts open polls: they are not told of what they did. */
function opened(title: string, here: RoomContext): void {
  if (isHost(here.state.you)) return;
  if (here.isTabOpen("polls")) here.announce(t("polls.opened_says", { title }));
  else here.toast(t("polls.opened_says", { title }), { word: t("polls.vote"), act: () => here.showTab("polls") }, "poll");
}

function shared(id: string, here: RoomContext): void {
  const poll = here.state.polls.find((known) => known.id === id);
  if (!poll || poll.state === "open") return;
  const text = t("polls.shared_says", { title: titleOf(poll) });
  if (here.isTabOpen("polls") || poll.on_stage) here.announce(text);
  else here.toast(text, { word: t("notice.see"), act: () => here.showTab("polls") }, "poll");
}

export const pollsFeature: RoomFeature = {
  tab: {
    id: "polls",
    label: () => t("polls"),
    isShown: ({ room }) => room?.kind !== "breakout",
    unread: { newest: () => 0, count: unansweredPolls, words: (count) => tn("polls.unanswered", count) },
    opened: (here) => here.forgetToasts("poll"),
    render: ({ room, state }) => html`<room-polls .room=${room} .now=${state}></room-polls>`,
  },
  stagePart: {
    id: "poll",
    place: "over",
    isShown: (state) => pollOnStage(state) !== undefined,
    render: ({ state }) => stagePart(state),
  },
  received,
};

function stagePart(state: State): TemplateResult {
  const poll = pollOnStage(state);
  return poll ? html`<poll-on-stage .poll=${poll} .ballot=${state.ballots.get(poll.id)}></poll-on-stage>` : html``;
}
