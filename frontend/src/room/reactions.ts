// The reactions of a room: to what happens on stage, and to messages.
import type { ReactionSend } from "./protocol.generated";
import { t } from "./translations";

export type Reaction = ReactionSend["reaction"];

export const REACTIONS: { sign: Reaction; emoji: string; word: () => string }[] = [
  { sign: "applause", emoji: "👏", word: () => t("reaction.applause") },
  { sign: "thumbs_up", emoji: "👍", word: () => t("reaction.thumbs_up") },
  { sign: "heart", emoji: "❤️", word: () => t("reaction.heart") },
  { sign: "laugh", emoji: "😄", word: () => t("reaction.laugh") },
  { sign: "surprise", emoji: "😮", word: () => t("reaction.surprise") },
];
