// Error boundaries: a part that cannot be rendered shows a message, and is tried again at the next change.
import { html, LitElement, render, type PropertyValues, type TemplateResult } from "lit";
import { Directive, directive } from "lit/directive.js";
import { icon } from "../page";
import { t } from "../translations";

const reported = new Set<string>();

function report(error: unknown): void {
  const words = String(error);
  if (reported.has(words)) return; // once, not at every change
  reported.add(words);
  console.warn("A part of the room could not be drawn", error);
}

function failedView(): TemplateResult {
  return html`<p class="notice notice--slim error-boundary" role="alert">${icon("warning")}<span>${t("part.failed")}</span></p>`;
}

/** A Lit element without shadow DOM, with an error boundary. */
export abstract class RoomElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override update(changes: PropertyValues): void {
    try {
      super.update(changes);
    } catch (error) {
      report(error);
      render(failedView(), this);
    }
  }
}

class ErrorBoundary extends Directive {
  private readonly box = document.createElement("room-boundary");

  render(draw: () => unknown): HTMLElement {
    try {
      render(draw(), this.box);
    } catch (error) {
      report(error);
      render(failedView(), this.box);
    }
    return this.box;
  }
}

/** Renders `draw` within an error boundary, lazy lists included. */
export const withErrorBoundary = directive(ErrorBoundary);
