// Results that read without colour: a table with numbers, whose bars differ in their pattern, or words by size.
import { html, nothing, type TemplateResult } from "lit";
import { icon } from "../../page";
import type { OwnBallot, PollInfo, PollResult } from "../../protocol.generated";
import { formatNumber, t, tn, translated } from "../../translations";

const PATTERNS = 4;
const SIZES = 5;

export interface Bar {
  id: number;
  text: string;
  votes: number;
  /** Of the voters, in per cent; of the points in a ranking. */
  percent: number;
  isOwn: boolean;
  isRight: boolean;
}

/** In the order of the options; a ranking by its points. */
export function bars(poll: PollInfo, ballot?: OwnBallot): Bar[] {
  const votes = new Map((poll.results ?? []).map((result) => [result.id, result.votes]));
  const points = [...votes.values()].reduce((sum, number) => sum + number, 0);
  const whole = poll.kind === "ranking" ? points : (poll.voters ?? 0);
  const found = poll.options.map((option) => {
    const own = votes.get(option.id) ?? 0;
    const isOwn = poll.kind !== "ranking" && (ballot?.choices.includes(option.id) ?? false);
    return { id: option.id, text: translated(option.text, option.translations), votes: own, percent: whole > 0 ? Math.round((100 * own) / whole) : 0, isOwn, isRight: poll.right?.includes(option.id) ?? false };
  });
  return poll.kind === "ranking" ? found.sort((a, b) => b.votes - a.votes) : found;
}

/** The mean of a rating's places, from 1; null without votes. */
export function average(poll: PollInfo): number | null {
  const results = poll.results ?? [];
  const voters = results.reduce((sum, { votes }) => sum + votes, 0);
  return voters > 0 ? results.reduce((sum, { id, votes }) => sum + id * votes, 0) / voters : null;
}

/** From 1 to 5, by frequency; all are of the middle size while nothing was said twice. */
export function sizeOf(result: PollResult, results: readonly PollResult[]): number {
  const most = Math.max(...results.map(({ votes }) => votes));
  return most <= 1 ? 3 : 1 + Math.round(((SIZES - 1) * (result.votes - 1)) / (most - 1));
}

export function chart(poll: PollInfo, ballot?: OwnBallot): TemplateResult {
  return html`${poll.kind === "words" ? cloud(poll) : table(poll, ballot)}${meanOf(poll)}
    <p class="small soft">${tn("polls.voters", poll.voters ?? 0)}</p>`;
}

function meanOf(poll: PollInfo): TemplateResult | typeof nothing {
  const mean = poll.kind === "rating" ? average(poll) : null;
  return mean === null ? nothing : html`<p class="strong">${t("polls.average", { number: formatNumber(mean, 1) })}</p>`;
}

function table(poll: PollInfo, ballot?: OwnBallot): TemplateResult {
  return html`<table class="poll-results">
    <caption class="visually-hidden">${t("polls.results")}: ${translated(poll.title, poll.translations)}</caption>
    <thead class="visually-hidden"><tr><th scope="col">${t("polls.option")}</th><th scope="col">${poll.kind === "ranking" ? t("polls.points") : t("polls.votes")}</th></tr></thead>
    <tbody>${bars(poll, ballot).map((bar, place) => row(bar, place))}</tbody>
  </table>`;
}

function row(bar: Bar, place: number): TemplateResult {
  return html`<tr data-option=${bar.id}>
    <th scope="row">${bar.text}${bar.isRight ? html` <span class="poll-mark">${icon("check")}${t("polls.right")}</span>` : nothing}${bar.isOwn ? html` <span class="poll-mark">${t("polls.own")}</span>` : nothing}
      <progress max="100" value=${bar.percent} data-pattern=${place % PATTERNS} aria-hidden="true"></progress></th>
    <td>${formatNumber(bar.votes)} <small>${t("polls.percent", { number: bar.percent })}</small></td>
  </tr>`;
}

function cloud(poll: PollInfo): TemplateResult {
  const results = poll.results ?? [];
  if (results.length === 0) return html`<p class="soft">${t("polls.no_answers")}</p>`;
  return html`<ul class="poll-cloud">${results.map((result) => html`<li data-size=${sizeOf(result, results)} dir="auto">${result.text} <small>${formatNumber(result.votes)}</small></li>`)}</ul>`;
}
