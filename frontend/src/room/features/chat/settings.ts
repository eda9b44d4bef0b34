// What hosts choose for the chat: each change applies at once.
import { html, type TemplateResult } from "lit";
import { icon } from "../../page";
import type { ChatSwitches } from "../../protocol.generated";
import type { RoomClient } from "../../room-client";
import { t, tn } from "../../translations";

const PRIVATE: readonly [ChatSwitches["private"], () => string][] = [
  ["everybody", () => t("chat.private_everybody")],
  ["hosts", () => t("chat.private_hosts")],
  ["nobody", () => t("chat.private_nobody")],
];
const SLOW: readonly ChatSwitches["slow_seconds"][] = [0, 10, 30, 60];

export function chatSettings(room: RoomClient, chosen: ChatSwitches): TemplateResult {
  const configure = (changes: Partial<ChatSwitches>): void => void room.chat.configure(changes);
  return html`<details class="chat-tool" data-tool="settings">
    <summary>${icon("settings")}${t("chat.settings")}</summary>
    <div class="chat-tool__body">
      ${choice("on", t("chat.set_on"), chosen.on, (on) => configure({ on }))}
      ${choice("moderated", t("chat.set_moderated"), chosen.moderated, (moderated) => configure({ moderated }))}
      <label class="chat-tool__row">${t("chat.set_private")}
        <select class="input" data-setting="private" @change=${(event: Event) => configure({ private: valueOf(event) as ChatSwitches["private"] })}>
          ${PRIVATE.map(([value, words]) => html`<option value=${value} .selected=${value === chosen.private}>${words()}</option>`)}
        </select></label>
      <label class="chat-tool__row">${t("chat.set_slow")}
        <select class="input" data-setting="slow_seconds" @change=${(event: Event) => configure({ slow_seconds: Number(valueOf(event)) as ChatSwitches["slow_seconds"] })}>
          ${SLOW.map((value) => html`<option value=${value} .selected=${value === chosen.slow_seconds}>${value === 0 ? t("chat.slow_off") : tn("chat.seconds", value)}</option>`)}
        </select></label>
    </div>
  </details>`;
}

function choice(name: string, words: string, isOn: boolean, change: (isOn: boolean) => void): TemplateResult {
  return html`<label class="choice"><input type="checkbox" data-setting=${name} .checked=${isOn} @change=${(event: Event) => change((event.target as HTMLInputElement).checked)}><span>${words}</span></label>`;
}

const valueOf = (event: Event): string => (event.target as HTMLSelectElement).value;
