// The tab with the questions, and the strip on the stage with the one that is being answered.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { ref } from "lit/directives/ref.js";
import { repeat } from "lit/directives/repeat.js";
import { isComposing } from "../../../keys";
import { readItem, writeItem } from "../../../storage";
import { icon } from "../../page";
import type { AnswerInfo, QuestionInfo, QuestionSettingsInfo, RoomEvent } from "../../protocol.generated";
import type { RoomClient } from "../../room-client";
import { isHost, may, type State } from "../../state";
import { activeLanguage, formatTime, languageNames, t, tn } from "../../translations";
import { closesAfterChoice, closeOnEscape } from "../../views/menus";
import { RoomElement } from "../../views/error-boundary";
import type { RoomContext, RoomFeature } from "../registry";
import type { AskProblem } from "./client";
import { beingAnswered, listed, mayAnswer, newestArrival, openCount, unreadQuestions, type Filter, type Sort } from "./state";

const LONGEST = 1000;
const LONGEST_ANSWER = 4000;
const LONGEST_REASON = 300;
const SHOWN_OF_TEXT = 80;

type Task = "answer" | "dismiss" | "edit" | "translate" | "merge" | "assign";

const excerpt = (text: string): string => (text.length > SHOWN_OF_TEXT ? `${text.slice(0, SHOWN_OF_TEXT)}…` : text);

/** The text for this reader, and the language that it is in. */
function reading(question: QuestionInfo): { text: string; language: string; isTranslated: boolean } {
  const translation = question.language === activeLanguage() ? undefined : question.translations[activeLanguage()];
  return translation === undefined ? { text: question.text, language: question.language, isTranslated: false } : { text: translation, language: activeLanguage(), isTranslated: true };
}

function fieldOf(form: EventTarget | null, name: string): string {
  const value = form instanceof HTMLFormElement ? new FormData(form).get(name) : null;
  return typeof value === "string" ? value.trim() : "";
}

@customElement("room-questions")
export class RoomQuestions extends RoomElement {
  @property({ attribute: false }) room!: RoomClient;
  @property({ attribute: false }) now!: State;
  @property({ attribute: false }) here: RoomContext | null = null;
  /** Nothing is requested while the tab is not shown. */
  @property({ type: Boolean }) open = false;
  @state() private filter: Filter = "all";
  @state() private sort: Sort = "votes";
  @state() private task: { id: string; what: Task } | null = null;
  @state() private problem: AskProblem = "";
  @state() private sent: "" | "shown" | "held" = "";
  @state() private isBusy = false;
  private draft = "";
  private loaded: unknown = null;

  protected override updated(changes: PropertyValues<this>): void {
    if (!this.open || !this.now.questions.hasMore || this.now.questions.next !== null) return;
    if (this.loaded === this.now.you?.connection || !(changes.has("open") || changes.has("now"))) return;
    this.loaded = this.now.you?.connection;
    void this.room.questions.loadMore();
  }

  protected override render(): TemplateResult {
    const { settings, hasMore } = this.now.questions;
    const shown = listed(this.now, this.filter, this.sort);
    return html`
      <div class="scroll" tabindex="0" role="group" aria-label=${t("qa.list")}>
        ${may(this.now, "question.configure") ? this.settings(settings) : nothing}
        ${this.now.questions.known.size > 0 ? this.tools() : html`<p class="soft">${t("qa.empty")}</p>`}
        ${this.now.questions.known.size > 0 && shown.length === 0 ? html`<p class="soft" role="status">${t("qa.none_here")}</p>` : nothing}
        <ul class="questions">${repeat(shown, ({ id }) => id, (question) => this.question(question))}</ul>
        ${hasMore ? html`<button class="button button--small" type="button" @click=${() => void this.room.questions.loadMore()}>${t("qa.more")}</button>` : nothing}
      </div>
      ${this.compose(settings)}`;
  }

  // ---- asking ----

  private compose(settings: QuestionSettingsInfo): TemplateResult | typeof nothing {
    if (!may(this.now, "question.ask")) return nothing;
    if (!settings.is_open) return html`<p class="compose soft" role="status">${t("qa.off")}</p>`;
    return html`<form class="compose" @submit=${this.ask}>
      <label class="visually-hidden" for="ask">${t("qa.write")}</label>
      <textarea class="input" id="ask" rows="2" maxlength=${LONGEST} placeholder=${t("qa.placeholder")} aria-describedby="ask-status" ?aria-invalid=${this.problem !== ""} ${ref(this.restore)} @input=${this.typed} @keydown=${this.pressed}></textarea>
      <div class="compose__more">
        ${settings.anonymity === "no" ? nothing : html`<label class="choice"><input type="checkbox" name="anonymous"><span>${settings.anonymity === "attendees" ? t("qa.anonymous_attendees") : t("qa.anonymous_everyone")}</span></label>`}
        <button class="button button--primary button--small" type="submit" aria-busy=${this.isBusy ? "true" : nothing}>${t("qa.ask")}</button>
      </div>
      <p class="small ${this.problem ? "problem" : "soft"}" id="ask-status" role="status">${this.status()}</p>
    </form>`;
  }

  private status(): string {
    const problems: Record<AskProblem, () => string> = {
      "": () => "",
      too_fast: () => t("qa.problem.too_fast"),
      closed: () => t("qa.problem.closed"),
      anonymous: () => t("qa.problem.anonymous"),
      too_many_open: () => t("qa.problem.too_many_open"),
      offline: () => t("qa.problem.offline"),
      refused: () => t("qa.problem.refused"),
    };
    if (this.problem) return problems[this.problem]();
    if (this.sent === "held") return t("qa.sent_held");
    return this.sent === "shown" ? t("qa.sent") : "";
  }

  private readonly ask = (event: Event): void => {
    event.preventDefault();
    void this.send(event.currentTarget as HTMLFormElement);
  };

  private async send(form: HTMLFormElement): Promise<void> {
    const field = form.querySelector("textarea");
    const text = field?.value.trim() ?? "";
    if (!field || text === "" || this.isBusy) return;
    const { anonymity } = this.now.questions.settings;
    const box = form.querySelector<HTMLInputElement>("[name=anonymous]");
    this.isBusy = true;
    this.problem = await this.room.questions.ask(text, activeLanguage(), box?.checked && anonymity !== "no" ? anonymity : null);
    this.isBusy = false;
    // As it is now: a host may have changed it while the question was on its way.
    this.sent = this.problem ? "" : this.now.questions.settings.is_moderated ? "held" : "shown";
    if (this.problem) return;
    field.value = "";
    this.write("");
    if (box) box.checked = false;
    field.focus();
  }

  private readonly typed = (event: Event): void => {
    this.problem = "";
    this.sent = "";
    this.write((event.target as HTMLTextAreaElement).value);
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
    event.preventDefault();
    const { form } = event.currentTarget as HTMLTextAreaElement;
    if (form) void this.send(form);
  };

  /** Kept over a reload, and when the field is rendered anew. */
  private write(draft: string): void {
    this.draft = draft;
    writeItem("sessionStorage", this.draftName, draft);
  }

  private get draftName(): string {
    return `question ${location.pathname}`;
  }

  private readonly restore = (field?: Element): void => {
    if (!(field instanceof HTMLTextAreaElement)) return;
    this.draft ||= readItem("sessionStorage", this.draftName);
    field.value = this.draft;
  };

  // ---- the list ----

  private tools(): TemplateResult {
    const filters: [Filter, string][] = [
      ["all", t("qa.filter.all")],
      ...(this.now.questions.settings.is_moderated && isHost(this.now.you) ? [["held", t("qa.filter.held")] as [Filter, string]] : []),
      ["open", t("qa.filter.open")],
      ["answered", t("qa.filter.answered")],
      ["mine", t("qa.filter.mine")],
    ];
    const sorts: [Sort, string][] = [
      ["votes", t("qa.sort.votes")],
      ["time", t("qa.sort.time")],
    ];
    return html`<div class="questions__tools">
      ${choice(t("qa.filter"), filters, this.filter, (value) => (this.filter = value))}
      ${choice(t("qa.sort"), sorts, this.sort, (value) => (this.sort = value))}
    </div>`;
  }

  private question(question: QuestionInfo): TemplateResult {
    const { text, language, isTranslated } = reading(question);
    return html`<li class="question ${question.answering ? "question--now" : ""}" data-question=${question.id} data-state=${question.state}>
      ${this.voteButton(question)}
      <div class="question__body">
        <p class="question__author"><b>${this.asker(question)}</b> <time datetime=${question.at}>${formatTime(question.at)}</time>${question.edited ? html` · ${t("qa.edited")}` : nothing}</p>
        <p class="question__text" lang=${language || nothing} dir="auto">${text}</p>
        ${isTranslated ? html`<p class="small soft" lang=${question.language || nothing} dir="auto">${t("qa.original", { language: languageNames()[question.language] ?? question.language, text: question.text })}</p>` : nothing}
        ${this.marks(question)}
        ${this.answer(question)}
        ${this.task?.id === question.id ? this.editor(question, this.task.what) : nothing}
      </div>
      ${this.actions(question)}
    </li>`;
  }

  private asker(question: QuestionInfo): string {
    const { own, details } = this.now.questions;
    if (own.has(question.id)) return question.hidden_from === "nobody" ? t("you") : `${t("you")} (${t("qa.anonymous")})`;
    const from = question.from ?? details.get(question.id)?.from;
    if (!from) return t("qa.anonymous");
    return question.hidden_from === "nobody" ? from.name : `${from.name} (${t("qa.anonymous")})`;
  }

  private voteButton(question: QuestionInfo): TemplateResult {
    const { settings, upvoted } = this.now.questions;
    const words = tn("qa.votes", question.votes);
    const mayVote = settings.has_upvotes && question.state === "visible" && may(this.now, "question.vote");
    if (!mayVote) return html`<span class="question__votes">${question.votes > 0 ? html`${icon("up")}<span aria-hidden="true">${question.votes}</span><span class="visually-hidden">${words}</span>` : nothing}</span>`;
    const isUp = upvoted.has(question.id);
    return html`<button class="question__votes" type="button" aria-pressed=${String(isUp)} aria-label=${`${t("qa.upvote")}, ${words}: ${excerpt(reading(question).text)}`} @click=${() => void this.room.questions.vote(question.id, !isUp)}>${icon("up")}<span>${question.votes}</span></button>`;
  }

  private marks(question: QuestionInfo): TemplateResult | typeof nothing {
    const reason = this.now.questions.details.get(question.id)?.reason ?? "";
    const marks = [
      question.answering ? t("qa.answering") : "",
      question.state === "held" ? t("qa.held") : "",
      question.state === "dismissed" ? (reason ? t("qa.dismissed_because", { reason }) : t("qa.dismissed")) : "",
      question.state === "merged" ? t("qa.merged") : "",
      question.pinned ? t("qa.pinned") : "",
      question.assigned ? t("qa.for", { name: question.assigned.name }) : "",
    ].filter(Boolean);
    return marks.length > 0 ? html`<p class="question__marks">${marks.map((mark) => html`<span class="badge">${mark}</span>`)}</p>` : nothing;
  }

  private answer(question: QuestionInfo): TemplateResult | typeof nothing {
    if (question.state !== "answered") return nothing;
    const hidden = this.now.questions.details.get(question.id)?.answer ?? null;
    if (hidden) return this.answerBox(hidden, this.now.questions.own.has(question.id) ? t("qa.answer_private") : t("qa.answer_private_host"));
    return question.answer ? this.answerBox(question.answer) : html`<p class="question__answer small">${icon("check")}${t("qa.answered_privately")}</p>`;
  }

  private answerBox({ text, aloud, by, at }: AnswerInfo, note = ""): TemplateResult {
    return html`<div class="question__answer">
      ${aloud ? html`<p class="small">${icon("check")}${t("qa.answered_aloud", { time: formatTime(at) })}</p>` : nothing}
      ${text ? html`<p class="small">${icon("check")}<b>${by ? t("qa.answered_by", { name: by }) : t("qa.answered")}</b></p><p class="question__text" dir="auto">${text}</p>` : nothing}
      ${note ? html`<p class="small soft">${note}</p>` : nothing}
    </div>`;
  }

  // ---- what can be done with a question ----

  private actions(question: QuestionInfo): TemplateResult | typeof nothing {
    const items = this.items(question);
    if (items.length === 0) return nothing;
    return html`<details class="menu" @toggle=${intoView} @click=${closesAfterChoice} @keydown=${closeOnEscape}>
      <summary>${icon("more")}<span class="visually-hidden">${t("qa.actions", { text: excerpt(question.text) })}</span></summary>
      <div class="menu__list">${items}</div>
    </details>`;
  }

  private items(question: QuestionInfo): TemplateResult[] {
    const { id, state: status } = question;
    const isOpen = status === "held" || status === "visible";
    const isOwn = this.now.questions.own.has(id);
    const host = (command: string): boolean => may(this.now, command);
    const found: [boolean, string, string, () => void][] = [
      [host("question.approve") && status === "held", "approve", t("qa.approve"), () => this.run({ do: "question.approve", question: id })],
      [mayAnswer(this.now, question) && status === "visible" && !question.answering, "answering", t("qa.start_answering"), () => this.run({ do: "question.answering", question: id, on: true })],
      [mayAnswer(this.now, question) && isOpen, "answered", t("qa.mark_answered"), () => this.run({ do: "question.answer", question: id })],
      [mayAnswer(this.now, question) && question.answering, "stop", t("qa.stop_answering"), () => this.run({ do: "question.answering", question: id, on: false })],
      [mayAnswer(this.now, question) && (isOpen || status === "answered"), "answer", status === "answered" ? t("qa.change_answer") : t("qa.answer_in_writing"), () => this.begin(id, "answer")],
      [host("question.assign") && isOpen, "assign", t("qa.assign"), () => this.begin(id, "assign")],
      [host("question.pin") && isOpen, "pin", question.pinned ? t("qa.unpin") : t("qa.pin"), () => this.run({ do: "question.pin", question: id, on: !question.pinned })],
      [host("question.merge") && isOpen && openCount(this.now) > 1, "merge", t("qa.merge"), () => this.begin(id, "merge")],
      [host("question.translate") && status !== "merged" && status !== "dismissed", "translate", t("qa.translate"), () => this.begin(id, "translate")],
      [host("question.approve") && !isOpen, "reopen", t("qa.reopen"), () => this.run({ do: "question.approve", question: id })],
      [host("question.dismiss") && isOpen, "dismiss", t("qa.dismiss"), () => this.begin(id, "dismiss")],
      [isOwn && isOpen && host("question.edit"), "edit", t("qa.edit"), () => this.begin(id, "edit")],
      [isOwn && isOpen && host("question.delete"), "delete", t("qa.delete"), () => void this.deleteOwn(id)],
    ];
    const { here } = this;
    for (const { id: name, label, run } of here?.textActions() ?? []) found.push([true, name, label(), () => here && run(here, reading(question).text)]);
    return found.filter(([isPossible]) => isPossible).map(([, name, word, act]) => html`<button type="button" data-act=${name} @click=${act}>${word}</button>`);
  }

  private run(command: Parameters<RoomClient["ask"]>[0]): void {
    void this.room.questions.send(command);
  }

  private async deleteOwn(id: string): Promise<void> {
    const question = { title: t("qa.delete_title"), text: t("qa.delete_text"), yes: t("qa.delete"), no: t("keep"), isGrave: true };
    if (await document.querySelector("confirm-dialog")?.ask(question)) this.run({ do: "question.delete", question: id });
  }

  // ---- a form under a question ----

  private begin(id: string, what: Task): void {
    this.task = { id, what };
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(".question__editor :is(textarea, select)")?.focus());
  }

  private end(): void {
    const id = this.task?.id;
    this.task = null;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(`[data-question="${id ?? ""}"] .menu > summary`)?.focus());
  }

  private editor(question: QuestionInfo, what: Task): TemplateResult {
    const parts: Record<Task, () => TemplateResult> = {
      answer: () => html`${textField(t("qa.your_answer"), question.answer?.text ?? this.now.questions.details.get(question.id)?.answer?.text ?? "", LONGEST_ANSWER)}
        <label class="choice"><input type="checkbox" name="private" ?checked=${this.now.questions.details.get(question.id)?.answer !== null && this.now.questions.details.has(question.id)}><span>${t("qa.private")}</span></label>`,
      dismiss: () => textField(t("qa.dismiss_reason"), "", LONGEST_REASON, false),
      edit: () => textField(t("qa.write"), question.text, LONGEST),
      translate: () => html`${selectField("language", t("qa.translation_language"), Object.entries(languageNames()).filter(([code]) => code !== question.language), activeLanguage())}${textField(t("qa.translation"), question.translations[activeLanguage()] ?? "", LONGEST)}`,
      merge: () => selectField("into", t("qa.merge_into"), this.others(question), ""),
      assign: () => selectField("person", t("qa.assign"), [["", t("qa.assign_nobody")], ...this.speakers()], question.assigned?.id ?? ""),
    };
    const words: Record<Task, string> = { answer: t("qa.answer"), dismiss: t("qa.dismiss"), edit: t("qa.save"), translate: t("qa.save"), merge: t("qa.merge"), assign: t("qa.save") };
    return html`<form class="question__editor" @submit=${(event: Event) => void this.finish(event, question.id, what)} @keydown=${this.cancelled}>
      ${parts[what]()}
      <p class="actions"><button class="button button--primary button--small" type="submit">${words[what]}</button><button class="button button--plain button--small" type="button" @click=${() => this.end()}>${t("keep")}</button></p>
    </form>`;
  }

  private readonly cancelled = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && !isComposing(event)) this.end();
  };

  private others(question: QuestionInfo): [string, string][] {
    return listed(this.now, "open", "votes")
      .filter(({ id }) => id !== question.id)
      .map(({ id, text }) => [id, excerpt(text)]);
  }

  private speakers(): [string, string][] {
    const people = [...this.now.people.values()].filter(({ role, on_stage }) => role !== "attendee" || on_stage);
    return people.map(({ id, name }) => [id, name]);
  }

  private async finish(event: Event, id: string, what: Task): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget;
    const text = fieldOf(form, "text");
    if (text === "" && (what === "answer" || what === "edit" || what === "translate")) return;
    const commands: Record<Task, () => Parameters<RoomClient["ask"]>[0]> = {
      answer: () => ({ do: "question.answer", question: id, text, private: fieldOf(form, "private") === "on" }),
      dismiss: () => ({ do: "question.dismiss", question: id, reason: text }),
      edit: () => ({ do: "question.edit", question: id, text }),
      translate: () => ({ do: "question.translate", question: id, language: fieldOf(form, "language"), text }),
      merge: () => ({ do: "question.merge", question: id, into: fieldOf(form, "into") }),
      assign: () => ({ do: "question.assign", question: id, person: fieldOf(form, "person") || null }),
    };
    if (await this.room.questions.send(commands[what]())) this.end();
  }

  // ---- settings ----

  private settings(chosen: QuestionSettingsInfo): TemplateResult {
    const box = (name: "is_open" | "is_moderated" | "has_upvotes", word: string): TemplateResult =>
      html`<label class="choice"><input type="checkbox" .checked=${chosen[name]} data-setting=${name} @change=${(event: Event) => this.run({ do: "question.configure", [name]: (event.target as HTMLInputElement).checked })}><span>${word}</span></label>`;
    const anonymity: [QuestionSettingsInfo["anonymity"], string][] = [
      ["no", t("qa.anonymity_no")],
      ["attendees", t("qa.anonymity_attendees")],
      ["everyone", t("qa.anonymity_everyone")],
    ];
    return html`<details class="questions__settings"><summary>${icon("settings")}${t("qa.settings")}</summary>
      ${box("is_open", t("qa.set_open"))}${box("is_moderated", t("qa.set_moderated"))}${box("has_upvotes", t("qa.set_upvotes"))}
      ${choice(t("qa.set_anonymity"), anonymity, chosen.anonymity, (value) => this.run({ do: "question.configure", anonymity: value }))}
    </details>`;
  }
}

/** The menu of the last question would open below the edge of the list. */
function intoView(event: Event): void {
  const menu = event.currentTarget as HTMLDetailsElement;
  if (menu.open) menu.querySelector(".menu__list")?.scrollIntoView({ block: "nearest" });
}

function choice<Value extends string>(label: string, values: readonly [Value, string][], chosen: Value, act: (value: Value) => void): TemplateResult {
  return html`<label class="questions__choice"><span>${label}</span>
    <select class="input" @change=${(event: Event) => act((event.target as HTMLSelectElement).value as Value)}>${values.map(([value, word]) => html`<option value=${value} .selected=${value === chosen}>${word}</option>`)}</select></label>`;
}

function selectField(name: string, label: string, values: readonly (readonly [string, string])[], chosen: string): TemplateResult {
  return html`<label>${label}<select class="input" name=${name}>${values.map(([value, word]) => html`<option value=${value} ?selected=${value === chosen}>${word}</option>`)}</select></label>`;
}

function textField(label: string, text: string, longest: number, isRequired = true): TemplateResult {
  return html`<label>${label}<textarea class="input" name="text" rows="3" maxlength=${longest} ?required=${isRequired} .defaultValue=${text}></textarea></label>`;
}

// ---- the strip on the stage ------------------------------------------------------------------------------

function strip({ room, state: now }: RoomContext): TemplateResult {
  const question = beingAnswered(now);
  if (!question) return html``;
  const { text, language } = reading(question);
  return html`<div class="question-strip" role="group" aria-label=${t("qa.answering")}>
    <p class="small soft">${t("qa.answering")}</p>
    <p class="question-strip__text" lang=${language || nothing} dir="auto">${text}</p>
    ${mayAnswer(now, question) ? html`<button class="button button--small" type="button" data-act="strip-answered" @click=${() => void room.ask({ do: "question.answer", question: question.id })}>${icon("check")}${t("qa.mark_answered")}</button>` : nothing}
  </div>`;
}

// ---- what is new -----------------------------------------------------------------------------------------

export function showAskField(here: RoomContext): void {
  here.showTab("questions");
  setTimeout(() => document.querySelector<HTMLElement>("#ask")?.focus());
}

function received(event: RoomEvent, here: RoomContext): void {
  const { questions, you } = here.state;
  const show = { word: t("notice.see"), act: () => here.showTab("questions") };
  const tell = (text: string): void => (here.isTabOpen("questions") ? here.announce(text) : here.toast(text, show, "questions"));
  if (event.ev === "question.asked" && isHost(you) && questions.arrived.at(-1)?.id === event.id) tell(t("qa.notice_new", { text: excerpt(event.text) }));
  else if (event.ev === "question.changed" && event.answering) here.announce(t("qa.notice_answering", { text: reading(event).text }));
  else if (event.ev === "question.answered" && questions.own.has(event.id)) tell(t("qa.notice_answered"));
  else if (event.ev === "question.dismissed" && questions.own.has(event.id)) tell(t("qa.notice_dismissed"));
  else if (event.ev === "question.merged" && questions.own.has(event.id)) tell(t("qa.notice_merged"));
}

export const questionsFeature: RoomFeature = {
  tab: {
    id: "questions",
    label: () => t("qa"),
    isShown: ({ room }) => room?.kind !== "breakout",
    count: openCount,
    unread: { newest: newestArrival, count: unreadQuestions, words: (count) => tn("qa.new", count) },
    opened: (here) => here.forgetToasts("questions"),
    render: (here, isOpen) => html`<room-questions .here=${here} .room=${here.room} .now=${here.state} ?open=${isOpen}></room-questions>`,
  },
  stagePart: { id: "question", place: "over", isShown: (now) => beingAnswered(now) !== undefined, render: strip },
  received,
};
