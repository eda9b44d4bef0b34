// Parts of the toolbar: controls with an icon and a word for the state, and menus that open upwards.
import { html, nothing, type TemplateResult } from "lit";
import { isComposing } from "../../keys";
import { icon } from "../page";

/** `other` is the word of the other state: its place is kept, so that no control moves when this one is pressed. */
export function control(name: string, sign: string, word: string, isOn: boolean | null, act: () => void, css = "", other = ""): TemplateResult {
  const pressed = isOn === null ? nothing : String(isOn);
  return html`<button class="control ${css} ${isOn === false ? "control--off" : ""}" type="button" data-control=${name} aria-pressed=${pressed} @click=${act}>${icon(sign)}<span class="control__word" data-other=${other}><span>${word}</span></span></button>`;
}

export function menu(name: string, sign: string, word: string, items: TemplateResult, css = ""): TemplateResult {
  return html`<details class="menu menu--up ${css}" data-menu=${name} @toggle=${closeOthers} @click=${closesAfterChoice} @keydown=${closeOnEscape}>
    <summary class="control" data-control=${name}>${icon(sign)}<span class="control__word"><span>${word}</span></span></summary>
    <div class="menu__list">${items}</div>
  </details>`;
}

export function item(word: string, act: () => void, sign = "", name = ""): TemplateResult {
  return html`<button type="button" data-item=${name || nothing} @click=${act}><span>${word}</span>${sign ? icon(sign) : nothing}</button>`;
}

/** One that is on or off; a mark shows it beside the weight of the letters. */
export function choice(word: string, isOn: boolean, act: () => void, name: string, hint = ""): TemplateResult {
  return html`<button type="button" data-item=${name} aria-pressed=${String(isOn)} @click=${act}><span>${word}${hint ? html`<small>${hint}</small>` : nothing}</span>${isOn ? icon("check") : nothing}</button>`;
}

function closeOthers(event: Event): void {
  const opened = event.currentTarget as HTMLDetailsElement;
  if (!opened.open) return;
  for (const other of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) if (other !== opened) other.open = false;
  const outside = (press: Event): void => {
    if (opened.contains(press.target as Node)) return;
    opened.open = false;
    document.removeEventListener("pointerdown", outside);
  };
  document.addEventListener("pointerdown", outside);
}

/** Closes the menu first, so that a dialog opened by the item returns the focus to the menu. */
export const closesAfterChoice = { handleEvent: closeAfterChoice, capture: true };

function closeAfterChoice(event: Event): void {
  const { currentTarget, target } = event;
  if (!(target instanceof Element) || target.closest("summary") || !target.closest("button")) return;
  const menu = currentTarget as HTMLDetailsElement;
  menu.open = false;
  menu.querySelector("summary")?.focus();
}

export function closeOnEscape(event: KeyboardEvent): void {
  const menu = event.currentTarget as HTMLDetailsElement;
  if (event.key !== "Escape" || isComposing(event) || !menu.open) return;
  menu.open = false;
  menu.querySelector("summary")?.focus();
}
