// The screen after leaving, being removed, or not being let in.
import { html, nothing, type TemplateResult } from "lit";
import { icon, type Page } from "../page";
import type { CloseReason, State } from "../state";
import { t } from "../translations";

export function leftScreen(state: State, page: Page, comeBack: () => void): TemplateResult {
  const text = textOf(state.closeReason);
  return html`<main class="page stack stack--wide left-screen" id="stage" tabindex="-1">
    <div class="stack stack--close">
      <p class="soft mid">${page.title}</p>
      <h1>${titleOf(state.closeReason)}</h1>
      ${text ? html`<p class="lead">${text}</p>` : nothing}
    </div>
    ${state.pending.length > 0 ? html`<div class="notice">${icon("info")}<div><p>${t("left_screen.unsent")}</p><ul>${state.pending.map((waiting) => html`<li>${waiting.text}</li>`)}</ul></div></div>` : nothing}
    <p class="actions">
      ${nextActions(state.closeReason, page, comeBack)}
    </p>
  </main>`;
}

/** One primary button: back into the room while it is open, else to the page with more information. */
function nextActions(closeReason: CloseReason, page: Page, comeBack: () => void): TemplateResult {
  const mayComeBack = closeReason === "left";
  const back = html`<button class="button ${mayComeBack ? "button--primary" : ""}" type="button" @click=${comeBack}>${mayComeBack ? t("left_screen.back") : t("chat.try_again")}</button>`;
  const meeting = html`<a class="button ${mayComeBack ? "" : "button--primary"}" href=${page.backUrl}>${t("left_screen.meeting")}</a>`;
  if (mayComeBack) return html`${back}${meeting}`;
  if (closeReason === "signed_out") return html`<a class="button button--primary" href=${page.signInUrl}>${t("left_screen.sign_in")}</a>`;
  const contact = html`<a class="button button--plain" href=${page.contactUrl}>${t("left_screen.contact")}</a>`;
  return html`${meeting}${closeReason === "no_entry" || closeReason === "locked" ? back : contact}`;
}

function titleOf(closeReason: CloseReason): string {
  const words: Partial<Record<CloseReason, () => string>> = {
    removed: () => t("left_screen.removed"),
    denied: () => t("left_screen.denied"),
    no_entry: () => t("left_screen.no_entry"),
    signed_out: () => t("left_screen.signed_out"),
    locked: () => t("left_screen.locked"),
  };
  return words[closeReason]?.() ?? t("left_screen.left");
}

/** What it means, and what to do. */
function textOf(closeReason: CloseReason): string {
  const words: Partial<Record<CloseReason, () => string>> = {
    left: () => t("left_screen.left_text"),
    removed: () => t("left_screen.removed_text"),
    denied: () => t("left_screen.denied_text"),
    no_entry: () => t("left_screen.no_entry_text"),
    signed_out: () => t("left_screen.signed_out_text"),
    locked: () => t("left_screen.locked_text"),
  };
  return words[closeReason]?.() ?? "";
}
