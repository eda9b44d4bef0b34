// Finds messages of the whole chat, also those that are not loaded.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { icon } from "../../page";
import type { Message } from "../../protocol.generated";
import type { RoomClient } from "../../room-client";
import { formatTime, t } from "../../translations";
import { RoomElement } from "../../views/error-boundary";

@customElement("room-chat-search")
export class RoomChatSearch extends RoomElement {
  @property({ attribute: false }) room!: RoomClient;
  /** Shows a message in the chat. */
  @property({ attribute: false }) show!: (message: number) => void;
  @state() private found: Message[] | null = null;
  @state() private next: number | null = null;
  @state() private isBusy = false;
  private query = "";

  private readonly submit = (event: Event): void => {
    event.preventDefault();
    this.query = this.querySelector("input")?.value.trim() ?? "";
    if (this.query !== "") void this.search(null);
  };

  private async search(before: number | null): Promise<void> {
    const { query } = this;
    this.isBusy = true;
    const page = await this.room.chat.search(query, before);
    this.isBusy = false;
    if (!page || query !== this.query) return;
    this.found = [...(before === null ? [] : (this.found ?? [])), ...page.messages];
    this.next = page.next;
  }

  protected override render(): TemplateResult {
    return html`<details class="chat-tool" data-tool="search">
      <summary>${icon("search")}${t("chat.search")}</summary>
      <div class="chat-tool__body">
        <form class="search" role="search" @submit=${this.submit}>
          <input class="input" type="search" maxlength="100" aria-label=${t("chat.search")}>
          <button class="button button--small" type="submit" aria-busy=${this.isBusy ? "true" : nothing}>${t("chat.search_go")}</button>
        </form>
        <div role="status">${this.found?.length === 0 && !this.isBusy ? html`<p class="soft small">${t("chat.search_none")}</p>` : nothing}</div>
        ${this.found?.length ? html`<ul class="chat-found">${this.found.map((message) => this.result(message))}</ul>` : nothing}
        ${this.next === null ? nothing : html`<button class="button button--small" type="button" @click=${() => void this.search(this.next)}>${t("chat.search_more")}</button>`}
      </div>
    </details>`;
  }

  private result({ id, from, at, text }: Message): TemplateResult {
    return html`<li><button type="button" data-found=${id} @click=${() => this.show(id)}><span class="small soft">${from.name} <time datetime=${at}>${formatTime(at)}</time></span><span dir="auto">${text}</span></button></li>`;
  }
}
