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
  /** A third answer. */
  other?: string;
  isGrave?: boolean;
}

/** Empty: closed without an answer, or replaced by another question. */
export type Answer = "yes" | "no" | "other" | "";

@customElement("confirm-dialog")
export class ConfirmDialog extends RoomElement {
  @state() private question: ConfirmOptions | null = null;
  private answer: (answer: Answer) => void = () => undefined;
  private readonly dialog = createRef<HTMLDialogElement>();

  async ask(question: ConfirmOptions): Promise<boolean> {
    return (await this.choose(question)) === "yes";
  }

  async choose(question: ConfirmOptions): Promise<Answer> {
    this.answer("");
    this.question = question;
    await this.updateComplete;
    if (this.dialog.value?.open === false) this.dialog.value.showModal();
    return new Promise((resolve) => (this.answer = resolve));
  }

  private close(answer: Answer): void {
    this.dialog.value?.close();
    this.question = null;
    this.answer(answer);
    this.answer = () => undefined;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { question } = this;
    if (!question) return nothing;
    return html`<dialog class="dialog" aria-labelledby="question-title" ${ref(this.dialog)} @cancel=${() => this.close("")}>
      <form method="dialog" @submit=${(event: Event) => event.preventDefault()}>
        <h2 id="question-title">${question.title}</h2>
        <p class="mid">${question.text}</p>
        <p class="actions">
          <button class="button ${question.isGrave ? "button--bad" : "button--primary"}" type="button" @click=${() => this.close("yes")}>${question.yes}</button>
          ${question.other ? html`<button class="button" type="button" @click=${() => this.close("other")}>${question.other}</button>` : nothing}
          <button class="button button--plain" type="button" @click=${() => this.close("no")}>${question.no}</button>
        </p>
      </form>
    </dialog>`;
  }
}
