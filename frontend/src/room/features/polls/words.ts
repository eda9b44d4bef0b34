// The kinds of polls, in words.
import type { PollCreate } from "../../protocol.generated";
import { t } from "../../translations";

type Kind = PollCreate["kind"];

const WORDS: Record<Kind, () => string> = {
  single: () => t("polls.kind_single"),
  multiple: () => t("polls.kind_multiple"),
  rating: () => t("polls.kind_rating"),
  words: () => t("polls.kind_words"),
  ranking: () => t("polls.kind_ranking"),
  quiz: () => t("polls.kind_quiz"),
};

export const KINDS = Object.keys(WORDS) as Kind[];
export const kindInWords = (kind: Kind): string => WORDS[kind]();
