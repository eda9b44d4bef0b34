// One document with its toolbar: loaded only when notes are opened.
import "../../../../styles/notes.css";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { toggleMark } from "prosemirror-commands";
import type { Command } from "prosemirror-state";
import { addColumnAfter, addRowAfter, deleteColumn, deleteRow, deleteTable, isInTable } from "prosemirror-tables";
import type { EditorView } from "prosemirror-view";
import { redo, undo } from "y-prosemirror";
import { icon } from "../../page";
import { t } from "../../translations";
import { RoomElement } from "../../views/error-boundary";
import { createEditor, em, insertMention, insertTable, linkAt, setLink, strong, toggleBullets, toggleChecklist, toggleHeading, toggleNumbers } from "./editor";
import { addressOf } from "./schema";
import { NotesSession, type NotesRoom, type Saving } from "./session";

type Form = "" | "link" | "mention";

const SAVING: Record<Saving, () => string> = {
  saved: () => t("notes.saved"),
  saving: () => t("notes.saving"),
  offline: () => t("notes.offline"),
  too_large: () => t("notes.too_large"),
  full: () => t("notes.full"),
  not_saved: () => t("notes.not_saved"),
};

@customElement("notes-editor")
export class NotesEditor extends RoomElement {
  @property({ attribute: false }) room!: NotesRoom;
  @property() document = "";
  @property({ type: Boolean }) mayWrite = false;
  @property({ attribute: false }) announce: (text: string) => void = () => undefined;
  @state() private form: Form = "";
  @state() private isAddressWrong = false;
  @state() private found: ReadonlyMap<string, string> | null = null;
  private session: NotesSession | null = null;
  private view: EditorView | null = null;
  private query = "";

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("beforeunload", this.askBeforeLeaving);
    this.stop();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("beforeunload", this.askBeforeLeaving);
    if (this.hasUpdated) this.start();
  }

  private readonly askBeforeLeaving = (event: BeforeUnloadEvent): void => {
    if (this.session && this.session.saving !== "saved") event.preventDefault();
  };

  protected override willUpdate(changes: PropertyValues<this>): void {
    if (changes.has("document") && this.hasUpdated) this.stop();
  }

  protected override updated(changes: PropertyValues<this>): void {
    if (changes.has("document") || !this.session) this.start();
    if (changes.has("mayWrite")) this.session?.dispatchEvent(new Event("change"));
  }

  private start(): void {
    if (this.session || !this.isConnected) return;
    const place = this.querySelector<HTMLElement>(".notes-place");
    if (!place) return;
    const session = (this.session = new NotesSession(this.room, this.document));
    session.addEventListener("change", () => this.sessionChanged());
    this.view = createEditor(place, {
      session,
      isEditable: () => this.mayWrite && session.opening === "open",
      changed: () => this.requestUpdate(),
      mention: () => void this.open("mention"),
    });
    void session.load();
  }

  private stop(): void {
    this.view?.destroy();
    this.session?.close();
    this.view = this.session = null;
    this.form = "";
  }

  private saved: Saving = "saved";

  private sessionChanged(): void {
    const saving = this.session?.saving ?? "saved";
    if (saving !== this.saved && !isCalm(saving)) this.announce(SAVING[saving]());
    this.saved = saving;
    this.view?.setProps({}); // editable once it is open
    this.requestUpdate();
  }

  // ---- commands --------------------------------------------------------------------------------------------

  private run(command: Command): void {
    const { view } = this;
    if (!view) return;
    command(view.state, view.dispatch, view);
    view.focus();
  }

  private async open(form: Form): Promise<void> {
    this.form = this.form === form ? "" : form;
    this.isAddressWrong = false;
    this.found = null;
    await this.updateComplete;
    if (this.form === "") this.view?.focus();
    else this.querySelector<HTMLInputElement>(".notes-form input")?.focus();
  }

  private readonly closeOnEscape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    void this.open("");
  };

  private readonly submitLink = (event: SubmitEvent): void => {
    event.preventDefault();
    const input = this.querySelector<HTMLInputElement>("#notes-address");
    const address = addressOf(input?.value ?? "");
    this.isAddressWrong = address === null;
    if (address === null) {
      input?.focus();
      return;
    }
    this.form = "";
    this.run(setLink(address));
  };

  private readonly unlink = (): void => {
    this.form = "";
    this.run(setLink(null));
  };

  private readonly search = async (event: Event): Promise<void> => {
    const query = (this.query = (event.currentTarget as HTMLInputElement).value.trim());
    if (query === "") {
      this.found = null;
      return;
    }
    try {
      const found = await this.session?.findNames({ query });
      if (query === this.query) this.found = found ?? null;
    } catch {
      this.found = null; // too fast, or disconnected: the next letter asks again
    }
  };

  private choose(person: string, name: string): void {
    const { view, session } = this;
    if (!view || !session) return;
    session.names.set(person, name);
    this.form = "";
    const { $from, from } = view.state.selection;
    // The @ that opened the list.
    if ($from.parent.textBetween(Math.max(0, $from.parentOffset - 1), $from.parentOffset) === "@") view.dispatch(view.state.tr.delete(from - 1, from));
    this.run(insertMention(person));
  }

  // ---- rendering -------------------------------------------------------------------------------------------

  protected override render(): TemplateResult {
    const isEditable = this.mayWrite && this.session?.opening === "open";
    return html`${isEditable ? html`${this.toolbar()}${this.forms()}` : nothing}
      <div class="notes-place" ?hidden=${this.session?.opening === "failed"}></div>
      ${this.status()}`;
  }

  private status(): TemplateResult {
    const opening = this.session?.opening ?? "opening";
    if (opening === "failed") return html`<div class="notice notice--slim" role="alert">${icon("warning")}<span>${t("notes.not_opened")}</span><button class="button button--small" type="button" @click=${() => void this.session?.load()}>${t("notes.try_again")}</button></div>`;
    if (opening === "opening") return html`<p class="small soft" role="status">${t("notes.opening")}</p>`;
    if (!this.mayWrite) return html`<p class="small soft">${t("notes.read_only")}</p>`;
    const saving = this.session?.saving ?? "saved";
    return html`<p class=${isCalm(saving) ? "small soft" : "notice notice--slim"} data-saving=${saving}>${isCalm(saving) ? nothing : icon("warning")}${SAVING[saving]()}</p>`;
  }

  private toolbar(): TemplateResult {
    const state = this.view?.state;
    const isOn = (mark: typeof strong): boolean => (state ? (state.storedMarks ?? state.selection.$from.marks()).some(({ type }) => type === mark) : false);
    const block = state?.selection.$from.parent;
    const isHeading = (level: number): boolean => block?.type.name === "heading" && block.attrs.level === level;
    return html`<div class="notes-tools" role="toolbar" aria-label=${t("notes.formatting")} @keydown=${this.moveInToolbar}>
      ${this.tool("bold", t("notes.bold"), html`<b aria-hidden="true">B</b>`, toggleMark(strong), isOn(strong))}
      ${this.tool("italic", t("notes.italic"), html`<i aria-hidden="true">I</i>`, toggleMark(em), isOn(em))}
      ${this.tool("heading", t("notes.heading"), html`<span aria-hidden="true">H1</span>`, toggleHeading(1), isHeading(1))}
      ${this.tool("subheading", t("notes.subheading"), html`<span aria-hidden="true">H2</span>`, toggleHeading(2), isHeading(2))}
      ${this.tool("bullets", t("notes.bullets"), html`<span aria-hidden="true">•</span>`, toggleBullets)}
      ${this.tool("numbers", t("notes.numbers"), html`<span aria-hidden="true">1.</span>`, toggleNumbers)}
      ${this.tool("checklist", t("notes.checklist"), icon("check"), toggleChecklist)}
      ${this.tool("table", t("notes.table"), icon("grid"), insertTable)}
      ${this.opener("link", t("notes.link"), icon("link"))}
      ${this.opener("mention", t("notes.mention"), html`<span aria-hidden="true">@</span>`)}
      ${this.tool("undo", t("notes.undo"), html`<span aria-hidden="true">↶</span>`, undo)}
      ${this.tool("redo", t("notes.redo"), html`<span aria-hidden="true">↷</span>`, redo)}
    </div>
    ${state && isInTable(state) ? html`<div class="notes-tools" role="toolbar" aria-label=${t("notes.table")} @keydown=${this.moveInToolbar}>
      ${this.words("add_row", t("notes.add_row"), addRowAfter)}${this.words("add_column", t("notes.add_column"), addColumnAfter)}${this.words("delete_row", t("notes.delete_row"), deleteRow)}${this.words("delete_column", t("notes.delete_column"), deleteColumn)}${this.words("delete_table", t("notes.delete_table"), deleteTable)}
    </div>` : nothing}`;
  }

  private tool(name: string, word: string, sign: TemplateResult, command: Command, isPressed?: boolean): TemplateResult {
    return html`<button class="button button--small button--plain button--icon" type="button" data-act=${name} title=${word} aria-pressed=${isPressed === undefined ? nothing : String(isPressed)} @mousedown=${keepFocus} @click=${() => this.run(command)}>${sign}<span class="visually-hidden">${word}</span></button>`;
  }

  private opener(name: "link" | "mention", word: string, sign: TemplateResult): TemplateResult {
    return html`<button class="button button--small button--plain button--icon" type="button" data-act=${name} title=${word} aria-expanded=${String(this.form === name)} @click=${() => void this.open(name)}>${sign}<span class="visually-hidden">${word}</span></button>`;
  }

  private words(name: string, word: string, command: Command): TemplateResult {
    return html`<button class="button button--small button--plain" type="button" data-act=${name} @mousedown=${keepFocus} @click=${() => this.run(command)}>${word}</button>`;
  }

  /** Arrows move within a toolbar (WAI-ARIA); Tab too, as between all buttons. */
  private readonly moveInToolbar = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const buttons = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("button")];
    const place = buttons.indexOf(document.activeElement as HTMLElement);
    buttons.at((place + step) % buttons.length)?.focus();
    event.preventDefault();
  };

  private forms(): TemplateResult | typeof nothing {
    if (this.form === "link") return this.linkForm();
    if (this.form === "mention") return this.mentionForm();
    return nothing;
  }

  private linkForm(): TemplateResult {
    const known = this.view ? linkAt(this.view.state) : "";
    return html`<form class="notes-form stack stack--close" novalidate @submit=${this.submitLink} @keydown=${this.closeOnEscape}>
      <div class="field"><label for="notes-address">${t("notes.address")}</label>
        ${this.isAddressWrong ? html`<p class="field__error" id="notes-address-error">${t("notes.bad_address")}</p>` : nothing}
        <input class="input" id="notes-address" inputmode="url" autocomplete="off" maxlength="800" .value=${known} aria-invalid=${this.isAddressWrong ? "true" : nothing} aria-describedby=${this.isAddressWrong ? "notes-address-error" : nothing}></div>
      <p class="actions"><button class="button button--small button--primary" type="submit">${t("notes.set_link")}</button>
        ${known ? html`<button class="button button--small" type="button" data-act="unlink" @click=${this.unlink}>${t("notes.remove_link")}</button>` : nothing}
        <button class="button button--small button--plain" type="button" @click=${() => void this.open("")}>${t("notes.cancel")}</button></p>
    </form>`;
  }

  private mentionForm(): TemplateResult {
    return html`<form class="notes-form stack stack--close" @submit=${(event: Event) => event.preventDefault()} @keydown=${this.closeOnEscape}>
      <div class="field"><label for="notes-who">${t("notes.mention")}</label><input class="input" id="notes-who" type="search" autocomplete="off" maxlength="100" @input=${this.search}></div>
      <div role="status">${this.found?.size === 0 ? html`<p class="small soft">${t("notes.nobody_found")}</p>` : nothing}</div>
      ${this.found && this.found.size > 0 ? html`<ul class="notes-people">${[...this.found].slice(0, 8).map(([id, name]) => html`<li><button class="button button--small button--plain" type="button" data-person=${id} @click=${() => this.choose(id, name)}>${name}</button></li>`)}</ul>` : nothing}
      <p class="actions"><button class="button button--small button--plain" type="button" @click=${() => void this.open("")}>${t("notes.cancel")}</button></p>
    </form>`;
  }
}

const isCalm = (saving: Saving): boolean => saving === "saved" || saving === "saving";

/** The selection stays where it is while a button is pressed. */
function keepFocus(event: Event): void {
  event.preventDefault();
}

declare global {
  interface HTMLElementTagNameMap {
    "notes-editor": NotesEditor;
  }
}
