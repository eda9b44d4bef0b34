// The form of one agenda item: a new one, or one that is changed. What is typed stays until it is saved.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { AgendaItemContent, AgendaItemInfo } from "../../protocol.generated";
import { activeLanguage, languageNames, t } from "../../translations";
import { RoomElement } from "../../views/error-boundary";
import type { RoomContext } from "../registry";

export const LONGEST_TITLE = 120;
export const LONGEST = 480;
export const MOST_ITEMS = 30;

export type Problem = "" | "title" | "minutes" | "changed" | "refused";

export const contentOf = ({ title, minutes, speaker }: AgendaItemContent): AgendaItemContent => ({ title, minutes, speaker });

/** In any order of the languages. */
export function isSame(one: AgendaItemContent, other: AgendaItemContent): boolean {
  const written = ({ title, minutes, speaker }: AgendaItemContent): string => JSON.stringify([Object.entries(title).sort(([a], [b]) => (a < b ? -1 : 1)), minutes, speaker]);
  return written(one) === written(other);
}

/** The languages of the meeting, and those that the item has besides. */
export function languagesFor(meeting: readonly string[], title: Record<string, string>): string[] {
  const found = [...new Set([...meeting, ...Object.keys(title)])];
  return found.length > 0 ? found : [activeLanguage()];
}

/** What was typed as a content, or what is wrong with it. */
export function readContent(titles: Record<string, string>, minutes: string, speaker: string): AgendaItemContent | Problem {
  const title = Object.fromEntries(Object.entries(titles).flatMap(([code, text]) => (text.trim() ? [[code, text.trim()]] : [])));
  if (Object.keys(title).length === 0) return "title";
  const number = Number(minutes);
  if (!Number.isInteger(number) || number < 1 || number > LONGEST) return "minutes";
  return { title, minutes: number, speaker: speaker.trim() };
}

@customElement("agenda-form")
export class AgendaForm extends RoomElement {
  @property({ attribute: false }) here!: RoomContext;
  /** The one that is changed, as it is now; null for a new one. */
  @property({ attribute: false }) item: AgendaItemInfo | null = null;
  @property({ attribute: false }) done!: () => void;
  @state() private problem: Problem = "";
  /** As this person saw it. */
  private original: AgendaItemContent | null = null;
  private languages: string[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    this.original = this.item && contentOf(this.item);
    this.languages = languagesFor(this.here.page.languages, this.original?.title ?? {});
  }

  protected override firstUpdated(): void {
    if (this.item) this.focusField("title");
  }

  private focusField(problem: Problem): void {
    this.querySelector<HTMLElement>(problem === "minutes" ? "[name=minutes]" : "input")?.focus();
  }

  private readonly save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const typed = (name: string): string => (form.elements.namedItem(name) as HTMLInputElement).value;
    const titles = Object.fromEntries(this.languages.map((code) => [code, typed(`title_${code}`)]));
    const content = readContent(titles, typed("minutes"), typed("speaker"));
    this.problem = typeof content === "string" ? content : await this.send(content);
    if (this.problem) {
      await this.updateComplete;
      this.focusField(this.problem);
      return;
    }
    if (this.item) this.done();
    else {
      form.reset();
      this.focusField("title");
    }
  };

  /** A second press on *Save* replaces what somebody else has written meanwhile, which is then known. */
  private async send(content: AgendaItemContent): Promise<Problem> {
    if (!this.item) return (await this.here.room.ask({ do: "agenda.add", content })) ? "" : "refused";
    const before = this.original ?? contentOf(this.item);
    const current = contentOf(this.item);
    if (!isSame(before, current)) {
      this.original = current;
      return "changed";
    }
    return (await this.here.room.ask({ do: "agenda.change", item: this.item.id, content, before })) ? "" : "refused";
  }

  protected override render(): TemplateResult {
    const id = this.item?.id ?? "new";
    const problems: Record<Exclude<Problem, "">, string> = { title: t("agenda.bad_title"), minutes: t("agenda.bad_minutes", { most: LONGEST }), changed: t("agenda.changed_meanwhile"), refused: t("agenda.not_saved") };
    const isWrong = (field: Problem): boolean => this.problem === field;
    return html`<form class="stack stack--close agenda-form" novalidate data-form=${id} @submit=${this.save}>
      ${this.languages.map((code) => html`<label for="agenda-${id}-${code}">${t("agenda.title")}${this.languages.length > 1 ? html` <span class="small soft">(${languageNames()[code] ?? code})</span>` : nothing}</label>
        <input class="input" id="agenda-${id}-${code}" name="title_${code}" lang=${code} dir="auto" maxlength=${LONGEST_TITLE} autocomplete="off" value=${this.original?.title[code] ?? ""} aria-invalid=${isWrong("title") ? "true" : nothing} aria-describedby=${this.problem ? `agenda-${id}-problem` : nothing} />`)}
      <label for="agenda-${id}-minutes">${t("agenda.minutes_label")}</label>
      <input class="input agenda-form__minutes" id="agenda-${id}-minutes" name="minutes" type="number" inputmode="numeric" min="1" max=${LONGEST} value=${this.original?.minutes ?? 10} aria-invalid=${isWrong("minutes") ? "true" : nothing} aria-describedby=${isWrong("minutes") ? `agenda-${id}-problem` : nothing} />
      <label for="agenda-${id}-speaker">${t("agenda.speaker")} <span class="small soft">(${t("agenda.optional")})</span></label>
      <input class="input" id="agenda-${id}-speaker" name="speaker" dir="auto" maxlength=${LONGEST_TITLE} autocomplete="off" value=${this.original?.speaker ?? ""} />
      <p class="small problem" id="agenda-${id}-problem" role="status">${this.problem ? problems[this.problem] : ""}</p>
      <p class="actions"><button class="button button--small ${this.item ? "button--primary" : ""}" type="submit">${this.item ? t("agenda.save") : t("agenda.add")}</button>
        ${this.item ? html`<button class="button button--small button--plain" type="button" data-act="cancel" @click=${() => this.done()}>${t("agenda.cancel")}</button>` : nothing}</p>
    </form>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "agenda-form": AgendaForm;
  }
}
