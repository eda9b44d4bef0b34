// Toasts: short messages, announced to screen readers (aria-live), gone by themselves.
import { html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { icon } from "../page";
import { t } from "../translations";
import { RoomElement } from "./error-boundary";

interface Toast {
  key: number;
  text: string;
  action: { word: string; act: () => void } | null;
  /** A newer toast of the same subject replaces the older. */
  subject: string;
}

const STAYS = 7_000;
const MOST = 3;

@customElement("room-toasts")
export class RoomToasts extends RoomElement {
  @state() private toasts: Toast[] = [];
  private lastKey = 0;

  show(text: string, action: Toast["action"] = null, subject = text): void {
    if (this.toasts.some((toast) => toast.text === text)) return;
    const key = ++this.lastKey;
    this.toasts = [...this.toasts.filter((toast) => toast.subject !== subject), { key, text, action, subject }].slice(-MOST);
    setTimeout(() => this.drop(key), action ? STAYS * 2 : STAYS);
  }

  forget(subject: string): void {
    this.toasts = this.toasts.filter((toast) => toast.subject !== subject);
  }

  private drop(key: number): void {
    this.toasts = this.toasts.filter((toast) => toast.key !== key);
  }

  protected override render(): TemplateResult {
    return html`<div class="room__toasts" role="status">${repeat(this.toasts, (toast) => toast.key, (toast) => this.one(toast))}</div>`;
  }

  private one({ key, text, action }: Toast): TemplateResult {
    const act = (): void => {
      this.drop(key);
      action?.act();
    };
    return html`<div class="toast"><span>${text}</span>
      ${action ? html`<button type="button" @click=${act}>${action.word}</button>` : ""}
      <button type="button" class="toast__close" @click=${() => this.drop(key)}>${icon("cross")}<span class="visually-hidden">${t("close")}</span></button></div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "room-toasts": RoomToasts;
  }
}
