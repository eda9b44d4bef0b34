// The host's form: a new poll on the spot, or a prepared one changed. What is typed stays until it is saved.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { icon } from "../../page";
import type { PollCreate, PollInfo } from "../../protocol.generated";
import type { RoomClient } from "../../room-client";
import { may } from "../../state";
import { t } from "../../translations";
import { RoomElement } from "../../views/error-boundary";
import type { PollContent } from "./client";
import { kindInWords, KINDS } from "./words";

type Kind = PollCreate["kind"];
type Results = NonNullable<PollCreate["results"]>;

const LEAST_OPTIONS = 2;
const MOST_OPTIONS = 10;
const LONGEST_TITLE = 200;
const LONGEST_OPTION = 120;

export interface Draft {
  /** The prepared poll that is changed; null for a new one. */
  id: string | null;
  kind: Kind;
  title: string;
  options: readonly string[];
  right: number;
  most: number | null;
  anonymous: boolean;
  results: Results;
  on_page: boolean;
}

export const EMPTY_DRAFT: Draft = { id: null, kind: "single", title: "", options: ["", ""], right: 0, most: null, anonymous: true, results: "live", on_page: false };

/** Translations made on the meeting's page are lost when a text is changed here: they would say something else. */
export function draftOf(poll: PollInfo, id: string | null): Draft {
  const { kind, title, anonymous, show, on_page } = poll;
  const options = poll.options.length > 0 ? poll.options.map(({ text }) => text) : ["", ""];
  const right = poll.options.findIndex((option) => poll.right?.includes(option.id));
  const most = kind === "multiple" && poll.most < poll.options.length ? poll.most : null;
  return { id, kind, title, options, right: Math.max(0, right), most, anonymous, results: show, on_page };
}

export const hasOptions = (kind: Kind): boolean => kind !== "words" && kind !== "rating";

export type DraftProblem = "" | "title" | "options" | "same";

export function problemOf(draft: Draft): DraftProblem {
  if (draft.title.trim() === "") return "title";
  if (!hasOptions(draft.kind)) return "";
  const texts = filled(draft).map((text) => text.toLowerCase());
  if (texts.length < LEAST_OPTIONS) return "options";
  return new Set(texts).size < texts.length ? "same" : "";
}

const PROBLEMS: Record<Exclude<DraftProblem, "">, () => string> = {
  title: () => t("polls.problem_title"),
  options: () => t("polls.problem_options"),
  same: () => t("polls.problem_same"),
};

const filled = (draft: Draft): string[] => draft.options.map((text) => text.trim()).filter(Boolean);

/** `before` keeps its translations where the text is the same. */
export function contentOf(draft: Draft, before?: PollInfo): PollContent {
  const { kind, anonymous, results } = draft;
  const content: PollContent = { kind, title: wording(draft.title.trim(), before), anonymous, results, on_page: draft.on_page && results !== "hosts" };
  if (kind === "rating" && before?.kind === "rating") return { ...content, options: before.options.map((option) => wording(option.text, option)) };
  if (!hasOptions(kind)) return content;
  const known = new Map((before?.options ?? []).map((option) => [option.text, option]));
  const options = filled(draft).map((text) => wording(text, known.get(text)));
  const right = draft.options[draft.right]?.trim() ?? "";
  if (kind === "quiz") return { ...content, options, right: [Math.max(0, filled(draft).indexOf(right))] };
  return kind === "multiple" && draft.most !== null ? { ...content, options, most: Math.min(draft.most, options.length) } : { ...content, options };
}

function wording(text: string, known?: { title?: string; text?: string; translations?: Record<string, string> }): string | Record<string, string> {
  const { translations = {} } = known ?? {};
  const isSame = text === (known?.title ?? known?.text);
  // The text of readers of other languages is the English one, or the first.
  return isSame && Object.keys(translations).length > 0 && (translations.en ?? Object.values(translations)[0]) === text ? translations : text;
}

@customElement("poll-form")
export class PollForm extends RoomElement {
  @property({ attribute: false }) room!: RoomClient;
  @property({ attribute: false }) draft!: Draft;
  @property({ attribute: false }) original: PollInfo | undefined;
  @property({ attribute: false }) changed!: (draft: Draft) => void;
  @property({ attribute: false }) done!: () => void;
  /** Another poll is open: this one cannot be opened now. */
  @property({ type: Boolean }) busy = false;
  @state() private problem: DraftProblem = "";

  protected override firstUpdated(): void {
    this.querySelector<HTMLElement>("#poll-title")?.focus();
  }

  private change(change: Partial<Draft>): void {
    this.problem = "";
    this.changed({ ...this.draft, ...change });
  }

  private option(place: number, text: string): void {
    this.change({ options: this.draft.options.map((known, at) => (at === place ? text : known)) });
  }

  private async addOption(): Promise<void> {
    this.change({ options: [...this.draft.options, ""] });
    await this.updateComplete;
    this.querySelector<HTMLElement>(`#poll-option-${this.draft.options.length - 1}`)?.focus();
  }

  private async removeOption(place: number): Promise<void> {
    const right = this.draft.right > place ? this.draft.right - 1 : this.draft.right;
    this.change({ options: this.draft.options.filter((_text, at) => at !== place), right });
    await this.updateComplete;
    this.querySelector<HTMLElement>(`#poll-option-${Math.max(0, place - 1)}`)?.focus();
  }

  private async save(isToOpen: boolean): Promise<void> {
    this.problem = problemOf(this.draft);
    if (this.problem !== "") {
      await this.updateComplete;
      this.querySelector<HTMLElement>(this.problem === "title" ? "#poll-title" : "#poll-option-0")?.focus();
      return;
    }
    const poll = await this.room.polls.save(contentOf(this.draft, this.original), this.draft.id);
    if (poll === null) return;
    if (isToOpen) await this.room.polls.open(poll);
    this.done();
  }

  protected override render(): TemplateResult {
    const { draft } = this;
    const mayOpen = may(this.room.state, "poll.open") && !this.busy;
    return html`<form class="stack poll-form" novalidate @submit=${(event: Event) => (event.preventDefault(), void this.save(mayOpen))}>
      <h2>${draft.id === null ? t("polls.new") : t("polls.edit")}</h2>
      <div class="field"><label for="poll-kind">${t("polls.kind")}</label>
        <select class="input" id="poll-kind" .value=${live(draft.kind)} @change=${(event: Event) => this.change({ kind: (event.target as HTMLSelectElement).value as Kind })}>
          ${KINDS.map((kind) => html`<option value=${kind} ?selected=${kind === draft.kind}>${kindInWords(kind)}</option>`)}</select></div>
      <div class="field"><label for="poll-title">${t("polls.title")}</label>
        <input class="input" id="poll-title" maxlength=${LONGEST_TITLE} autocomplete="off" .value=${live(draft.title)} aria-invalid=${this.problem === "title" ? "true" : nothing} aria-describedby=${this.problem === "title" ? "poll-form-problem" : nothing} @input=${(event: Event) => this.change({ title: (event.target as HTMLInputElement).value })}></div>
      ${hasOptions(draft.kind) ? this.options() : nothing}
      ${draft.kind === "multiple" ? this.most() : nothing}
      ${this.settings()}
      ${this.problem === "" ? nothing : html`<p class="error" id="poll-form-problem" role="alert">${icon("warning")}<span>${PROBLEMS[this.problem]()}</span></p>`}
      <p class="actions">
        ${mayOpen ? html`<button class="button button--primary" type="submit" data-act="open-now">${t("polls.open_now")}</button>` : nothing}
        <button class="button ${mayOpen ? "" : "button--primary"}" type=${mayOpen ? "button" : "submit"} data-act="save" @click=${mayOpen ? () => void this.save(false) : nothing}>${t("polls.save")}</button>
        <button class="button button--plain" type="button" @click=${() => this.done()}>${t("keep")}</button>
      </p>
    </form>`;
  }

  private options(): TemplateResult {
    const { draft } = this;
    const isQuiz = draft.kind === "quiz";
    return html`<fieldset class="field"><legend class="strong mid">${t("polls.options")}</legend>
      ${isQuiz ? html`<p class="hint">${t("polls.mark_right")}</p>` : nothing}
      ${draft.options.map((text, place) => html`<div class="poll-option">
        ${isQuiz ? html`<input type="radio" name="right" .checked=${live(draft.right === place)} aria-label=${t("polls.right_option", { n: place + 1 })} @change=${() => this.change({ right: place })}>` : nothing}
        <label class="visually-hidden" for="poll-option-${place}">${t("polls.option_number", { n: place + 1 })}</label>
        <input class="input" id="poll-option-${place}" maxlength=${LONGEST_OPTION} autocomplete="off" .value=${live(text)} placeholder=${t("polls.option_number", { n: place + 1 })} @input=${(event: Event) => this.option(place, (event.target as HTMLInputElement).value)}>
        ${draft.options.length > LEAST_OPTIONS ? html`<button class="button button--small button--plain button--icon" type="button" title=${t("polls.remove_option")} aria-label=${`${t("polls.remove_option")} ${place + 1}`} @click=${() => void this.removeOption(place)}>${icon("cross")}</button>` : nothing}
      </div>`)}
      ${draft.options.length < MOST_OPTIONS ? html`<p><button class="button button--small" type="button" @click=${() => void this.addOption()}>${icon("plus")}${t("polls.add_option")}</button></p>` : nothing}
    </fieldset>`;
  }

  private most(): TemplateResult {
    const numbers = this.draft.options.slice(1).map((_text, place) => place + 1);
    return html`<div class="field"><label for="poll-most">${t("polls.most")}</label>
      <select class="input" id="poll-most" @change=${(event: Event) => this.change({ most: Number((event.target as HTMLSelectElement).value) || null })}>
        <option value="" ?selected=${this.draft.most === null}>${t("polls.any_number")}</option>
        ${numbers.map((number) => html`<option value=${number} ?selected=${this.draft.most === number}>${number}</option>`)}</select></div>`;
  }

  private settings(): TemplateResult {
    const { draft } = this;
    const choices: [Results, string][] = [["live", t("polls.results_live")], ["held", t("polls.results_held")], ["hosts", t("polls.results_hosts")]];
    return html`<div class="field"><label for="poll-results">${t("polls.who_sees")}</label>
        <select class="input" id="poll-results" @change=${(event: Event) => this.change({ results: (event.target as HTMLSelectElement).value as Results })}>
          ${choices.map(([value, word]) => html`<option value=${value} ?selected=${value === draft.results}>${word}</option>`)}</select></div>
      <div class="stack stack--close">
        <label class="choice"><input type="checkbox" name="anonymous" .checked=${live(draft.anonymous)} @change=${(event: Event) => this.change({ anonymous: (event.target as HTMLInputElement).checked })}><span>${t("polls.anonymous")}</span></label>
        ${draft.results === "hosts" ? nothing : html`<label class="choice"><input type="checkbox" name="on_page" .checked=${live(draft.on_page)} @change=${(event: Event) => this.change({ on_page: (event.target as HTMLInputElement).checked })}><span>${t("polls.on_page")}</span></label>`}
      </div>`;
  }
}
