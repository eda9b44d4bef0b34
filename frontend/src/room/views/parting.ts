// What stands there after one has left, was removed, or could not come in.
import { html, nothing, type TemplateResult } from "lit";
import { icon, type Page } from "../page";
import type { Ending, State } from "../state";
import { t } from "../words";

export function partingView(state: State, page: Page, comeBack: () => void): TemplateResult {
  const text = textOf(state.ending);
  return html`<main class="page stack stack--wide parting" id="stage" tabindex="-1">
    <div class="stack stack--close">
      <p class="soft mid">${page.title}</p>
      <h1>${endingInWords(state.ending)}</h1>
      ${text ? html`<p class="lead">${text}</p>` : nothing}
    </div>
    ${state.pending.length > 0 ? html`<p class="notice">${icon("info")}<span>${t("parting.unsent")}: ${state.pending.map((waiting) => waiting.text).join(" · ")}</span></p>` : nothing}
    <p class="actions">
      ${waysOn(state.ending, page, comeBack)}
    </p>
  </main>`;
}

/** One primary way: back into the room where it is open, else to the page that says more. */
function waysOn(ending: Ending, page: Page, comeBack: () => void): TemplateResult {
  const mayComeBack = ending === "left";
  const back = html`<button class="button ${mayComeBack ? "button--primary" : ""}" type="button" @click=${comeBack}>${mayComeBack ? t("parting.back") : t("chat.try_again")}</button>`;
  const meeting = html`<a class="button ${mayComeBack ? "" : "button--primary"}" href=${page.backUrl}>${t("parting.meeting")}</a>`;
  if (mayComeBack) return html`${back}${meeting}`;
  if (ending === "signed_out") return html`<a class="button button--primary" href=${page.signInUrl}>${t("parting.sign_in")}</a>`;
  return html`${meeting}${ending === "no_entry" ? back : nothing}`;
}

function endingInWords(ending: Ending): string {
  const words: Partial<Record<Ending, () => string>> = {
    removed: () => t("parting.removed"),
    denied: () => t("parting.removed"),
    no_entry: () => t("parting.no_entry"),
    signed_out: () => t("parting.signed_out"),
  };
  return words[ending]?.() ?? t("parting.left");
}

/** What it means for the person, and what to do. */
function textOf(ending: Ending): string {
  const words: Partial<Record<Ending, () => string>> = {
    left: () => t("parting.left_text"),
    removed: () => t("parting.removed_text"),
    denied: () => t("parting.removed_text"),
    no_entry: () => t("parting.no_entry_text"),
    signed_out: () => t("parting.signed_out_text"),
  };
  return words[ending]?.() ?? "";
}
