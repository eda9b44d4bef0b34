// The tab of a project's decisions and actions. The server draws it; lists are loaded again, what is being typed stays.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { icon, type Page } from "../../page";
import type { State } from "../../state";
import { t } from "../../translations";
import { RoomElement } from "../../views/error-boundary";
import type { RoomContext, RoomFeature } from "../registry";

const LONGEST_TEXT = 300;

@customElement("room-project")
export class RoomProject extends RoomElement {
  @property({ attribute: false }) here!: RoomContext;
  @property({ attribute: false }) now!: State;
  @property({ type: Boolean }) isOpen = false;
  @state() private isLoaded = false;
  @state() private problem: "" | "not_loaded" | "not_saved" = "";
  private isBusy = false;
  private loaded = "";
  private draft = "";

  /** Of what is shown: another after a change, and after the connection was lost. */
  private get version(): string {
    return `${this.now.you?.connection ?? ""} ${this.now.projectChanges}`;
  }

  protected override updated(): void {
    if (this.isOpen && this.now.link === "open" && this.version !== this.loaded) void this.load();
  }

  /** Opens the form with this text. */
  begin(text: string): void {
    this.draft = text.replace(/\s+/g, " ").trim().slice(0, LONGEST_TEXT);
    this.openForm();
  }

  private openForm(): void {
    const details = this.querySelector<HTMLDetailsElement>("[data-part=form] > details");
    const field = details?.querySelector<HTMLInputElement>("[name=text]");
    if (!details || !field || this.draft === "") return; // once it is loaded
    details.open = true;
    field.value = this.draft;
    this.draft = "";
    field.focus();
  }

  private async load(): Promise<void> {
    this.loaded = this.version;
    this.problem = "";
    const answer = await request(this.here.page.projectPanelUrl);
    if (!answer) {
      this.problem = "not_loaded";
      return;
    }
    this.isLoaded = true;
    await this.updateComplete;
    this.put(answer, this.querySelector("[data-part=form] form") ? ["lists"] : ["form", "lists"]);
    this.openForm();
  }

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.isBusy) return;
    this.isBusy = true;
    const form = event.target as HTMLFormElement;
    const button = event.submitter as HTMLButtonElement | null;
    const body = new FormData(form);
    if (button) body.append(button.name, button.value);
    const answer = await request(this.here.page.projectPanelUrl, body);
    this.isBusy = false;
    this.problem = answer ? "" : "not_saved";
    if (!answer) return;
    this.put(answer, button?.name === "done" ? ["lists"] : ["form", "lists"]);
    const said = answer.querySelector<HTMLElement>("[data-said]")?.dataset.said;
    if (said) this.here.announce(said);
    (this.querySelector<HTMLElement>("[aria-invalid=true]") ?? this.querySelector<HTMLElement>(button?.name === "done" ? ".scroll" : "summary"))?.focus();
  };

  private put(answer: Document, parts: readonly string[]): void {
    for (const part of parts) {
      const [old, fresh] = [this, answer].map((place) => place.querySelector(`[data-part=${part}]`));
      if (old && fresh) old.replaceChildren(...fresh.childNodes);
    }
  }

  protected override render(): TemplateResult {
    return html`<div class="scroll" tabindex="0" role="group" aria-label=${t("project")} @submit=${this.submit}>
      ${this.problem ? html`<div class="notice notice--slim" role="alert">${icon("warning")}<span>${this.problem === "not_saved" ? t("project.not_saved") : t("project.not_loaded")}</span>${this.problem === "not_loaded" ? html`<button class="button button--small" type="button" @click=${() => void this.load()}>${t("project.try_again")}</button>` : nothing}</div>` : nothing}
      ${this.isLoaded || this.problem ? nothing : html`<p class="small soft" role="status">${t("project.loading")}</p>`}
      <div data-part="form"></div><div data-part="lists"></div>
    </div>`;
  }
}

/** The page's part, also of a form that was refused; null when it is not to be had, as after signing out. */
async function request(address: string, body?: FormData): Promise<Document | null> {
  try {
    const answer = await fetch(address, { credentials: "same-origin", ...(body ? { method: "POST", body } : {}) });
    if (answer.redirected || !(answer.ok || answer.status === 422)) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return null;
  }
}

/** For members: somebody from outside, who speaks in one meeting, has no panel. */
const isHere = (state: State, page: Page): boolean => state.room?.kind === "project" && page.projectPanelUrl !== "";

export const projectFeature: RoomFeature = {
  tab: {
    id: "project",
    label: () => t("project"),
    isShown: isHere,
    render: (here, isOpen) => html`<room-project .here=${here} .now=${here.state} .isOpen=${isOpen}></room-project>`,
  },
  textAction: {
    id: "note",
    label: () => t("project.note"),
    isShown: ({ state, page }) => isHere(state, page) && page.mayWriteInProject,
    run: (here, text) => {
      here.showTab("project");
      setTimeout(() => document.querySelector("room-project")?.begin(text));
    },
  },
};

declare global {
  interface HTMLElementTagNameMap {
    "room-project": RoomProject;
  }
}
