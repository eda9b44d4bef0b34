// The menu of reactions, and their names.
import { html, type TemplateResult } from "lit";
import type { RoomClient } from "../../room-client";
import { item, menu } from "../../views/menus";
import { t } from "../../translations";
import type { Reaction } from "./state";

const SIGNS: { sign: Reaction; word: () => string }[] = [
  { sign: "applause", word: () => t("reaction.applause") },
  { sign: "thumbs_up", word: () => t("reaction.thumbs_up") },
  { sign: "heart", word: () => t("reaction.heart") },
  { sign: "laugh", word: () => t("reaction.laugh") },
  { sign: "surprise", word: () => t("reaction.surprise") },
];

export function reactionInWords(sign: string): string {
  return SIGNS.find((known) => known.sign === sign)?.word() ?? "";
}

export function reactionItems(room: RoomClient): TemplateResult[] {
  return SIGNS.map(({ sign, word }) => item(word(), () => void room.ask({ do: "reaction.send", reaction: sign }), "", `react-${sign}`));
}

export function reactionControl(room: RoomClient): TemplateResult {
  return menu("react", "smile", t("controls.react"), html`${reactionItems(room)}`, "control--secondary");
}
