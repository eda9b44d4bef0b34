// A modal dialog with one question; resolves with the choice.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { createRef, ref } from "lit/directives/ref.js";
import { RoomElement } from "./error-boundary";

export interface ConfirmOptions {
  title: string;
  text: string;
  yes: string;
  no: string;
  isGrave?: boolean;
}

@customElement("confirm-dialog")
export class ConfirmDialog extends RoomElement {
  @state() private question: ConfirmOptions | null = null;
  private answer: (yes: boolean) => void = () => undefined;
  private readonly dialog = createRef<HTMLDialogElement>();

  async ask(question: ConfirmOptions): Promise<boolean> {
    this.answer(false);
    this.question = question;
    await this.updateComplete;
    this.dialog.value?.showModal();
    return new Promise((resolve) => (this.answer = resolve));
  }

  private close(yes: boolean): void {
    this.dialog.value?.close();
    this.question = null;
    this.answer(yes);
    this.answer = () => undefined;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { question } = this;
    if (!question) return nothing;
    return html`<dialog class="dialog" aria-labelledby="question-title" ${ref(this.dialog)} @cancel=${() => this.close(false)}>
      <form method="dialog" @submit=${(event: Event) => event.preventDefault()}>
        <h2 id="question-title">${question.title}</h2>
        <p class="mid">${question.text}</p>
        <p class="actions">
          <button class="button ${question.isGrave ? "button--bad" : "button--primary"}" type="button" @click=${() => this.close(true)}>${question.yes}</button>
          <button class="button button--plain" type="button" @click=${() => this.close(false)}>${question.no}</button>
        </p>
      </form>
    </dialog>`;
  }
}
