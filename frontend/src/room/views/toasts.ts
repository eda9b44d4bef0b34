// Toasts: short messages, announced to screen readers (aria-live), gone by themselves.
import { html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { icon } from "../page";
import { t } from "../translations";
import { RoomElement } from "./error-boundary";

/** A button that does something, or a link that leads there; a file is downloaded. */
export type ToastAction = { word: string; act: () => void } | { word: string; href: string; isFile: boolean };

interface Toast {
  key: number;
  text: string;
  action: ToastAction | null;
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
    if (this.toasts.some((toast) => toast.subject === subject)) this.toasts = this.toasts.filter((toast) => toast.subject !== subject);
  }

  private drop(key: number): void {
    this.toasts = this.toasts.filter((toast) => toast.key !== key);
  }

  protected override render(): TemplateResult {
    return html`<div class="room__toasts" role="status">${repeat(this.toasts, (toast) => toast.key, (toast) => this.one(toast))}</div>`;
  }

  private one({ key, text, action }: Toast): TemplateResult {
    return html`<div class="toast"><span>${text}</span>
      ${action ? this.action(action, () => this.drop(key)) : ""}
      <button type="button" class="toast__close" @click=${() => this.drop(key)}>${icon("cross")}<span class="visually-hidden">${t("close")}</span></button></div>`;
  }

  private action(action: ToastAction, drop: () => void): TemplateResult {
    if ("act" in action) {
      const act = (): void => {
        drop();
        action.act();
      };
      return html`<button type="button" @click=${act}>${action.word}</button>`;
    }
    if (action.isFile) return html`<a href=${action.href} download @click=${() => setTimeout(drop)}>${action.word}</a>`;
    return html`<a href=${action.href} target="_blank" rel="noopener noreferrer" @click=${() => setTimeout(drop)}>${action.word}</a>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "room-toasts": RoomToasts;
  }
}
