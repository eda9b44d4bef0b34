// Captions: which of them this person reads, how large and where, kept in the browser; and a captioner's abbreviations.
import { readItem, writeItem } from "../../../storage";
import type { TextBeingTyped, TextLine } from "../../protocol.generated";
import { activeLanguage } from "../../translations";

export const SIZES = ["normal", "large", "largest"] as const;
export const PLACES = ["below", "above"] as const;

/** `language` is empty until one is chosen: then it is the reader's, else whichever is written. */
export interface CaptionChoice {
  readonly isShown: boolean;
  readonly language: string;
  readonly size: (typeof SIZES)[number];
  readonly place: (typeof PLACES)[number];
}

export function keptChoice(): CaptionChoice {
  return {
    isShown: readItem("localStorage", "captions") !== "off",
    language: readItem("localStorage", "captions-language"),
    size: SIZES.find((size) => size === readItem("localStorage", "captions-size")) ?? "normal",
    place: PLACES.find((place) => place === readItem("localStorage", "captions-place")) ?? "below",
  };
}

export function keepChoice({ isShown, language, size, place }: CaptionChoice): void {
  writeItem("localStorage", "captions", isShown ? "on" : "off");
  writeItem("localStorage", "captions-language", language);
  writeItem("localStorage", "captions-size", size);
  writeItem("localStorage", "captions-place", place);
}

type Line = Pick<TextLine | TextBeingTyped, "person" | "language">;

/** What a captioner writes. */
export const isCaption = ({ person, language }: Line): boolean => language !== undefined || person.role === "captioner";

/** In the order of their codes. */
export function languagesOf(lines: readonly Line[]): string[] {
  return [...new Set(lines.flatMap(({ language }) => language ?? []))].sort();
}

/** The one that is read of those that are written; empty when all have none. */
export function readLanguage(languages: readonly string[], chosen: string): string {
  return [chosen, activeLanguage()].find((code) => languages.includes(code)) ?? languages[0] ?? "";
}

/** Captions in the language that is read, and those that say no language. */
export function isRead(line: Line, language: string): boolean {
  return line.language === undefined || line.language === language;
}

// ---- abbreviations ---------------------------------------------------------------------------------------------

const SHORT_FORMS = "caption-short-forms";
const MOST = 200;

/** As they are written: one a line, `hp = heat pump`. */
export function keptShortForms(): string {
  return readItem("localStorage", SHORT_FORMS);
}

export function keepShortForms(written: string): void {
  writeItem("localStorage", SHORT_FORMS, written);
}

export function shortForms(written: string): Map<string, string> {
  const forms = written.split("\n").slice(0, MOST).map((line) => {
    const [short = "", ...long] = line.split("=");
    return [short.trim().toLowerCase(), long.join("=").trim()] as const;
  });
  return new Map(forms.filter(([short, long]) => /^\S+$/.test(short) && long !== ""));
}

/** The text with its last word replaced, once a character ends the word. */
export function expanded(text: string, forms: ReadonlyMap<string, string>): string {
  const found = /(^|[\s("„»“])([^\s("„»“]+?)([\s.,;:!?)])$/u.exec(text);
  const [, before = "", short = "", after = ""] = found ?? [];
  const long = forms.get(short.toLowerCase());
  if (!found || long === undefined) return text;
  const begins = short.slice(0, 1);
  const isCapital = begins !== begins.toLowerCase();
  return text.slice(0, found.index) + before + (isCapital ? long.slice(0, 1).toUpperCase() + long.slice(1) : long) + after;
}
