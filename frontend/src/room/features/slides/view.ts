// The tab in which hosts and speakers upload slides, show them, and read their notes; attendees see only the stage.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { icon } from "../../page";
import type { DeckInfo, ShownSlides } from "../../protocol.generated";
import { may } from "../../state";
import { t, tn } from "../../translations";
import { RoomElement } from "../../views/error-boundary";
import type { RoomContext, RoomFeature } from "../registry";
import { LARGEST_FILE, type SpeakerPage } from "./client";
import { pageInWords } from "./stage";
import "./stage";

const LONGEST_NOTES = 4000;
const SETTLES = 800; // milliseconds: pages that are only passed over are not announced

let settling: ReturnType<typeof setTimeout> | undefined;

function announceSettled(here: RoomContext, text: string): void {
  clearTimeout(settling);
  settling = setTimeout(() => here.announce(text), SETTLES);
}

const FAILURES: Record<string, () => string> = {
  encrypted: () => t("slides.failed.encrypted"),
  too_many_pages: () => t("slides.failed.too_many_pages"),
  too_slow: () => t("slides.failed.too_slow"),
  too_much_memory: () => t("slides.failed.too_much_memory"),
  empty: () => t("slides.failed.empty"),
  stopped: () => t("slides.failed.stopped"),
};

@customElement("room-slides-panel")
export class RoomSlidesPanel extends RoomElement {
  @property({ attribute: false }) here!: RoomContext;
  @property({ attribute: false }) now!: RoomContext["state"];
  /** Nothing is requested while the tab is not shown. */
  @property({ type: Boolean }) open = false;
  @state() private problem = "";
  @state() private isBusy = false;
  @state() private page: SpeakerPage | null = null;
  @state() private isSaved = false;
  private isLoading = false;
  private wanted = "";

  private get commands(): RoomContext["room"]["slides"] {
    return this.here.room.slides;
  }

  protected override updated(): void {
    if (!this.open || this.now.link !== "open") return;
    const { decks, shown } = this.now.slides;
    if (decks === null && !this.isLoading) void this.load();
    const wanted = shown ? `${shown.deck} ${shown.page.number}` : "";
    if (wanted !== this.wanted) void this.readPage(wanted, shown);
  }

  private async load(): Promise<void> {
    this.isLoading = true;
    await this.commands.load();
    this.isLoading = false;
  }

  private async readPage(wanted: string, shown: ShownSlides | null): Promise<void> {
    this.wanted = wanted;
    this.isSaved = false;
    this.page = null;
    const page = shown ? await this.commands.page(shown.deck, shown.page.number) : null;
    if (this.wanted === wanted) this.page = page;
  }

  private readonly upload = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const file = form.querySelector<HTMLInputElement>("input[type=file]")?.files?.[0];
    if (this.isBusy) return;
    if (!file) this.problem = t("slides.choose_file");
    else if (file.size > LARGEST_FILE) this.problem = t("slides.too_large");
    else {
      this.problem = "";
      this.isBusy = true;
      const problem = await this.commands.upload(this.here.page.slidesUrl, file, new FormData(form).has("is_downloadable"));
      this.isBusy = false;
      this.problem = problem ?? t("slides.not_uploaded");
      if (problem === "") form.reset();
    }
    if (this.problem) form.querySelector<HTMLElement>("input[type=file]")?.focus();
  };

  private readonly saveNotes = async (event: Event): Promise<void> => {
    const { shown } = this.now.slides;
    const page = this.page;
    if (!shown || !page) return;
    const notes = (event.currentTarget as HTMLTextAreaElement).value;
    if (notes === page.notes) return;
    this.isSaved = await this.commands.note(shown.deck, page.number, notes);
    if (this.isSaved && this.page === page) this.page = { ...page, notes };
  };

  private readonly go = (event: SubmitEvent): void => {
    event.preventDefault();
    const number = Number(new FormData(event.currentTarget as HTMLFormElement).get("page"));
    if (Number.isInteger(number) && number >= 1) void this.commands.turn(number);
  };

  // ---- rendering ----

  protected override render(): TemplateResult {
    const { shown, decks } = this.now.slides;
    return html`<div class="scroll" tabindex="0" role="group" aria-label=${t("slides")}>
      ${shown ? this.present(shown) : nothing}
      <section class="panel-section" aria-labelledby="slide-decks">
        <h2 id="slide-decks">${t("slides.decks")}</h2>
        ${decks?.length === 0 ? html`<p class="soft">${t("slides.empty")}</p>` : nothing}
        <ul class="poll-list">${repeat(decks ?? [], ({ id }) => id, (deck) => html`<li data-deck=${deck.id}>${this.deck(deck, shown)}</li>`)}</ul>
      </section>
      ${this.uploadForm()}
    </div>`;
  }

  private deck(deck: DeckInfo, shown: ShownSlides | null): TemplateResult {
    const isShown = shown?.deck === deck.id;
    return html`<p><strong dir="auto">${deck.title}</strong><br><span class="small ${deck.state === "failed" ? "problem" : "soft"}" role="status">${this.stateInWords(deck)}</span></p>
      ${deck.state === "ready" && may(this.now, "slides.show")
        ? html`<p class="actions">${isShown ? html`<button class="button button--small" type="button" data-act="hide" @click=${() => void this.commands.hide()}>${t("slides.hide")}</button>` : html`<button class="button button--small button--primary" type="button" data-act="show" @click=${() => void this.commands.show(deck.id)}>${t("slides.show")}<span class="visually-hidden"> ${deck.title}</span></button>`}</p>`
        : nothing}`;
  }

  private stateInWords(deck: DeckInfo): string {
    if (deck.state === "failed") return (FAILURES[deck.failure] ?? (() => t("slides.failed.damaged")))();
    return deck.state === "ready" ? tn("slides.pages", deck.pages) : t("slides.preparing");
  }

  private present(shown: ShownSlides): TemplateResult {
    return html`<section class="panel-section" aria-labelledby="slide-now" data-presenting>
      <h2 id="slide-now">${t("slides.now")}</h2>
      <p><strong dir="auto">${shown.title}</strong><br><span class="small soft">${pageInWords(shown)}</span></p>
      ${this.page ? this.notes(this.page) : nothing}
      ${shown.page.next ? html`<p class="small soft">${t("slides.next_page")}</p><img class="slides-next" src=${`${shown.page.next}small.webp`} alt="" width=${Math.round(shown.page.width / 2)} height=${Math.round(shown.page.height / 2)} loading="lazy" />` : nothing}
      ${may(this.now, "slides.turn") ? html`<form class="actions" @submit=${this.go}><label class="small" for="slide-page">${t("slides.number")}</label><input class="input" id="slide-page" name="page" type="number" inputmode="numeric" min="1" max=${shown.pages} required /><button class="button button--small" type="submit">${t("slides.go_to")}</button></form>` : nothing}
    </section>`;
  }

  private notes(page: SpeakerPage): TemplateResult {
    return html`<label for="slide-notes"><strong>${t("slides.notes")}</strong> <span class="small soft">${t("slides.notes_hint")}</span></label>
      <textarea class="input" id="slide-notes" rows="4" maxlength=${LONGEST_NOTES} .value=${page.notes} @change=${this.saveNotes}></textarea>
      <p class="small soft" role="status">${this.isSaved ? t("slides.notes_saved") : ""}</p>`;
  }

  private uploadForm(): TemplateResult | typeof nothing {
    if (!may(this.now, "slides.show")) return nothing;
    return html`<section class="panel-section" aria-labelledby="slide-upload">
      <h2 id="slide-upload">${t("slides.upload_title")}</h2>
      <form class="stack stack--close" novalidate @submit=${this.upload}>
        <label for="slide-file">${t("slides.file")}</label>
        <input class="input" id="slide-file" name="file" type="file" accept="application/pdf,.pdf" aria-describedby="slide-problem" ?aria-invalid=${this.problem !== ""} />
        <p class="small ${this.problem ? "problem" : "soft"}" id="slide-problem" role="status">${this.problem || (this.isBusy ? t("slides.uploading") : t("slides.file_hint"))}</p>
        <label class="choice"><input type="checkbox" name="is_downloadable"><span>${t("slides.is_downloadable")}</span></label>
        <p class="actions"><button class="button button--small" type="submit" aria-busy=${this.isBusy ? "true" : nothing}>${icon("up")}${t("slides.upload")}</button></p>
      </form>
    </section>`;
  }
}

export const slidesFeature: RoomFeature = {
  tab: {
    id: "slides",
    label: () => t("slides"),
    isShown: (state) => may(state, "slides.show"),
    render: (here, isOpen) => html`<room-slides-panel .here=${here} .now=${here.state} .open=${isOpen}></room-slides-panel>`,
  },
  stagePart: {
    id: "slides",
    place: "content",
    isShown: (state) => state.slides.shown !== null && state.room?.state !== "ended",
    render: (here) => html`<room-slides .here=${here} .slides=${here.state.slides.shown} .now=${here.state}></room-slides>`,
  },
  received: (event, here) => {
    const { shown } = here.state.slides;
    if (event.ev === "slides.shown" && shown) announceSettled(here, t("slides.announced", { title: shown.title }));
    if (event.ev === "slides.turned" && shown) announceSettled(here, [pageInWords(shown), shown.page.title].filter(Boolean).join(": "));
    if (event.ev === "slides.hidden") announceSettled(here, t("slides.gone"));
  },
};
