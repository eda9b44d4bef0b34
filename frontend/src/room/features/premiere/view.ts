// The tab in which hosts show a film; attendees see only the stage.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { inDigits } from "../../clock";
import type { Film, Premiere } from "../../protocol.generated";
import { may } from "../../state";
import { localized, t } from "../../translations";
import { RoomElement } from "../../views/error-boundary";
import type { RoomContext, RoomFeature } from "../registry";
import { withChosen } from "./state";
import "./stage";

@customElement("room-films")
export class RoomFilms extends RoomElement {
  @property({ attribute: false }) here!: RoomContext;
  @property({ attribute: false }) now!: RoomContext["state"];
  /** Nothing is requested while the tab is not shown. */
  @property({ type: Boolean }) open = false;
  private isLoading = false;

  protected override updated(): void {
    if (this.open && this.now.link === "open" && this.now.films.chosen === null && !this.isLoading) void this.load();
  }

  private async load(): Promise<void> {
    this.isLoading = true;
    const { actions } = this.here.room;
    const reply = await actions.reply({ do: "premiere.films" });
    if (reply) actions.update((state) => withChosen(state, reply.films as Film[]));
    this.isLoading = false;
  }

  protected override render(): TemplateResult {
    const { premiere, chosen } = this.now.films;
    return html`<div class="scroll" tabindex="0" role="group" aria-label=${t("premiere")}>
      <section class="panel-section" aria-labelledby="films-title">
        <h2 id="films-title">${t("premiere.title")}</h2>
        <p class="soft">${chosen?.length === 0 ? t("premiere.none") : t("premiere.hint")}</p>
        <ul class="poll-list">${repeat(chosen ?? [], ({ id }) => id, (film) => html`<li data-film=${film.id}>${this.film(film, premiere)}</li>`)}</ul>
        ${this.here.page.filmsUrl ? html`<p><a href=${this.here.page.filmsUrl} target="_blank" rel="noopener">${t("premiere.choose")}</a></p>` : nothing}
      </section>
    </div>`;
  }

  private film(film: Film, premiere: Premiere | null): TemplateResult {
    const { actions } = this.here.room;
    const title = localized(film.title).text;
    const isShown = premiere?.film.id === film.id;
    return html`<p><strong dir="auto">${title}</strong><br><span class="small soft">${inDigits(Math.floor(film.seconds))}</span></p>
      <p class="actions">${isShown
        ? html`<button class="button button--small" type="button" data-act="stop" @click=${() => void actions.ask({ do: "premiere.stop" })}>${t("premiere.stop")}</button>`
        : may(this.now, "premiere.start")
          ? html`<button class="button button--small button--primary" type="button" data-act="show" @click=${() => void actions.ask({ do: "premiere.start", film: film.id })}>${t("premiere.start")}<span class="visually-hidden"> ${title}</span></button>`
          : nothing}</p>`;
  }
}

export const premiereFeature: RoomFeature = {
  tab: {
    id: "premiere",
    label: () => t("premiere"),
    isShown: (state) => may(state, "premiere.films"),
    render: (here, isOpen) => html`<room-films .here=${here} .now=${here.state} .open=${isOpen}></room-films>`,
    opened: ({ room, state }) => room.actions.update(() => ({ ...state, films: { ...state.films, chosen: null } })),
  },
  stagePart: {
    id: "premiere",
    place: "content",
    label: () => t("premiere"),
    isShown: (state) => state.films.premiere !== null && state.room?.state !== "ended",
    render: (here) => html`<room-premiere .here=${here} .premiere=${here.state.films.premiere} .now=${here.state}></room-premiere>`,
  },
  received: (event, here) => {
    if (event.ev === "premiere.stopped") here.announce(t("premiere.gone"));
    if (event.ev !== "premiere.changed") return;
    const { premiere } = event;
    if (!premiere.is_playing) here.announce(t("premiere.paused"));
    else if (premiere.position === 0) here.announce(t("premiere.started", { title: localized(premiere.film.title).text }));
  },
};
