// The form of an open poll. What is chosen stays until it is counted.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { icon } from "../../page";
import type { OwnBallot, PollInfo, PollOptionInfo } from "../../protocol.generated";
import type { RoomClient } from "../../room-client";
import { t, tn, translated } from "../../translations";
import { RoomElement } from "../../views/error-boundary";
import type { VoteProblem } from "./client";

const LONGEST_WORD = 40;

@customElement("poll-ballot")
export class PollBallot extends RoomElement {
  @property({ attribute: false }) room!: RoomClient;
  @property({ attribute: false }) poll!: PollInfo;
  @state() private chosen: readonly number[] = [];
  @state() private problem: VoteProblem | "choose" | "too_many" = "";
  @state() private isSending = false;

  protected override willUpdate(changes: PropertyValues<this>): void {
    const before = changes.get("poll");
    if (changes.has("poll") && before?.id !== this.poll.id) this.begin();
  }

  private begin(): void {
    this.chosen = this.poll.kind === "ranking" ? this.poll.options.map(({ id }) => id) : [];
    this.problem = "";
  }

  // ---- choosing ----

  private readonly picked = (event: Event): void => {
    const { value, checked, type } = event.target as HTMLInputElement;
    const id = Number(value);
    const others = type === "radio" ? [] : this.chosen.filter((known) => known !== id);
    this.chosen = checked ? [...others, id] : others;
    this.problem = this.chosen.length > this.poll.most ? "too_many" : "";
  };

  /** The focus stays on the moved option. */
  private async move(id: number, step: -1 | 1): Promise<void> {
    const place = this.chosen.indexOf(id);
    const order = this.chosen.filter((known) => known !== id);
    order.splice(place + step, 0, id);
    this.chosen = order;
    await this.updateComplete;
    const buttons = this.querySelectorAll<HTMLButtonElement>(`[data-rank="${id}"] button:not([disabled])`);
    ([...buttons].find((button) => button.dataset.step === String(step)) ?? buttons[0])?.focus();
  }

  private readonly send = (event: Event): void => {
    event.preventDefault();
    const text = this.poll.kind === "words" ? (this.querySelector("input")?.value.trim() ?? "") : "";
    if (this.chosen.length === 0 && text === "") this.problem = "choose";
    else if (this.chosen.length > this.poll.most) this.problem = "too_many";
    else void this.vote({ poll: this.poll.id, choices: [...this.chosen], text });
  };

  private async vote(ballot: OwnBallot): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    this.problem = await this.room.polls.vote(ballot);
    this.isSending = false;
  }

  // ---- rendering ----

  protected override render(): TemplateResult {
    const { kind } = this.poll;
    return html`<form class="stack poll-ballot" novalidate @submit=${this.send}>
      ${kind === "words" ? this.word() : kind === "ranking" ? this.ranking() : this.options()}
      ${this.problem === "" ? nothing : html`<p class="error" id="poll-problem" role="alert">${icon("warning")}<span>${this.words(this.problem)}</span></p>`}
      <p class="small soft">${this.poll.anonymous ? t("polls.is_anonymous") : t("polls.is_named")}</p>
      <p class="actions"><button class="button button--primary" type="submit" aria-busy=${this.isSending ? "true" : nothing}>${t("polls.vote")}</button></p>
    </form>`;
  }

  private options(): TemplateResult {
    const isMultiple = this.poll.kind === "multiple";
    return html`<fieldset class=${this.poll.kind === "rating" ? "poll-rating" : ""}>
      <legend class="small soft">${isMultiple ? tn("polls.choose_most", this.poll.most) : t("polls.choose_one")}</legend>
      ${repeat(this.poll.options, ({ id }) => `${this.poll.id} ${id}`, (option) => html`<label class="choice"><input type=${isMultiple ? "checkbox" : "radio"} name="choice" value=${option.id} aria-describedby=${this.problem ? "poll-problem" : nothing} @change=${this.picked}><span>${textOf(option)}</span></label>`)}
    </fieldset>`;
  }

  private ranking(): TemplateResult {
    const byId = new Map(this.poll.options.map((option) => [option.id, option]));
    const order = this.chosen.flatMap((id) => byId.get(id) ?? []);
    return html`<p class="small soft" id="ranking-hint">${t("polls.rank")}</p>
      <ol class="poll-ranking" aria-describedby="ranking-hint">${repeat(order, ({ id }) => id, (option, place) => html`<li data-rank=${option.id}><span>${textOf(option)}</span>
        ${this.step(option, -1, place === 0)}${this.step(option, 1, place === order.length - 1)}</li>`)}</ol>`;
  }

  private step(option: PollOptionInfo, step: -1 | 1, isLast: boolean): TemplateResult {
    const word = step < 0 ? t("polls.up") : t("polls.down");
    return html`<button class="button button--small button--plain button--icon" type="button" data-step=${step} ?disabled=${isLast} title=${word} aria-label=${`${word}: ${textOf(option)}`} @click=${() => void this.move(option.id, step)}>${icon(step < 0 ? "up" : "down")}</button>`;
  }

  private word(): TemplateResult {
    return html`<div class="field"><label for="poll-word">${t("polls.answer")}</label><input class="input" id="poll-word" maxlength=${LONGEST_WORD} autocomplete="off" aria-describedby="poll-word-hint"><p class="hint" id="poll-word-hint">${t("polls.answer_hint")}</p></div>`;
  }

  private words(problem: Exclude<typeof this.problem, "">): string {
    const words = {
      choose: () => (this.poll.kind === "words" ? t("polls.problem_answer") : t("polls.problem_choose")),
      too_many: () => tn("polls.choose_most", this.poll.most),
      already_voted: () => t("polls.problem_voted"),
      closed: () => t("polls.problem_closed"),
      too_fast: () => t("notice.too_fast"),
      failed: () => t("polls.problem_failed"),
    };
    return words[problem]();
  }
}

const textOf = (option: PollOptionInfo): string => translated(option.text, option.translations);
