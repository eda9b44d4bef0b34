// For hosts, among the people: the channels, who interprets in them, and who could.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { avatar, icon } from "../../page";
import type { InterpretationChannelInfo, ParticipantInfo, PersonRef } from "../../protocol.generated";
import type { RoomClient } from "../../room-client";
import type { State } from "../../state";
import { languageNames, t } from "../../translations";
import { RoomElement } from "../../views/error-boundary";
import { channelIn, channelOf } from "./state";
import { languageName } from "./view";

@customElement("room-interpretation")
export class RoomInterpretation extends RoomElement {
  @property({ attribute: false }) room!: RoomClient;
  @property({ attribute: false }) now!: State;
  @state() private chosen = "";

  private get closedLanguages(): string[] {
    return Object.keys(languageNames()).filter((code) => !channelIn(this.now, code));
  }

  private get interpreters(): ParticipantInfo[] {
    return [...this.now.people.values()].filter(({ role, on_stage }) => role === "interpreter" && on_stage);
  }

  private readonly open = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const language = this.closedLanguages.includes(this.chosen) ? this.chosen : this.closedLanguages[0];
    if (language && (await this.room.ask({ do: "interpretation.open", language }))) this.chosen = "";
  };

  private async close({ language, interpreters }: InterpretationChannelInfo): Promise<void> {
    const question = { title: t("interpretation.close_title", { language: languageName(language) }), text: t("interpretation.close_text"), yes: t("interpretation.close"), no: t("keep"), isGrave: true };
    if (interpreters.length > 0 && !(await document.querySelector("confirm-dialog")?.ask(question))) return;
    await this.room.ask({ do: "interpretation.close", language });
  }

  protected override render(): TemplateResult {
    const { closedLanguages } = this;
    return html`<details class="panel-section" data-section="interpretation">
      <summary>${icon("globe")}${t("interpretation")}</summary>
      <p class="small soft">${t("interpretation.hosts_text")}</p>
      ${repeat(this.now.interpretation, ({ language }) => language, (channel) => this.channel(channel))}
      ${closedLanguages.length > 0 ? this.opening(closedLanguages) : nothing}
    </details>`;
  }

  private opening(languages: readonly string[]): TemplateResult {
    const choose = (event: Event): void => {
      this.chosen = (event.target as HTMLSelectElement).value;
    };
    return html`<form class="with-button" @submit=${this.open}>
      <label class="field">${t("interpretation.language")}<select class="input" data-open-language @change=${choose}>
        ${languages.map((code) => html`<option value=${code} ?selected=${code === this.chosen}>${languageName(code)}</option>`)}</select></label>
      <button class="button" type="submit" data-act="open-channel">${t("interpretation.open")}</button>
    </form>`;
  }

  private channel(channel: InterpretationChannelInfo): TemplateResult {
    const { language, interpreters } = channel;
    const named = (word: string): string => `${word}: ${languageName(language)}`;
    const others = this.interpreters.filter(({ id }) => channelOf(this.now, id) !== channel);
    return html`<section data-channel=${language} aria-label=${languageName(language)}>
      <div class="spread"><h3 lang=${language}>${languageName(language)}</h3>
        <button class="button button--small button--plain" type="button" data-act="close-channel" aria-label=${named(t("interpretation.close"))} @click=${() => void this.close(channel)}>${t("interpretation.close")}</button></div>
      ${interpreters.length === 0 ? html`<p class="small soft">${this.interpreters.length > 0 ? t("interpretation.nobody") : t("interpretation.no_interpreters")}</p>` : nothing}
      <ul class="list-people">${repeat(interpreters, ({ id }) => id, (person) => this.interpreter(channel, person))}</ul>
      ${others.length > 0 ? html`<p class="actions">${others.map((person) => this.assigning(language, person))}</p>` : nothing}
    </section>`;
  }

  private interpreter(channel: InterpretationChannelInfo, person: PersonRef): TemplateResult {
    const isHere = this.now.people.has(person.id);
    const second = !isHere ? t("interpretation.gone") : person.id === channel.on_air ? t("interpretation.is_on_air") : t("interpretation.is_standby");
    const remove = (): void => void this.room.ask({ do: "interpretation.assign", person: person.id, language: null });
    return html`<li data-interpreter=${person.id} data-on-air=${String(person.id === channel.on_air)}>${avatar(person)}<span>${person.name}<small>${second}</small></span>
      <span class="push"><button class="button button--small button--plain" type="button" data-act="remove-interpreter" aria-label=${`${t("interpretation.remove")}: ${person.name}`} @click=${remove}>${t("interpretation.remove")}</button></span></li>`;
  }

  private assigning(language: string, person: PersonRef): TemplateResult {
    return html`<button class="button button--small" type="button" data-act="assign" @click=${() => void this.room.ask({ do: "interpretation.assign", person: person.id, language })}>${icon("plus")}${person.name}</button>`;
  }
}
