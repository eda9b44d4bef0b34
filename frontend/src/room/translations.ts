// Translations: the server puts them into the page as JSON (rooms/translations.py).

type Plural = Partial<Record<Intl.LDMLPluralRule, string>>;

export interface Translations {
  language: string;
  words: Record<string, string>;
  plurals: Record<string, Plural>;
  /** Names of languages in themselves, by code. */
  languages?: Record<string, string>;
}

let active: Translations = { language: "en", words: {}, plurals: {} };
let rules = new Intl.PluralRules("en");
let numbers = new Intl.NumberFormat("en");
// As on the pages: 10.05 in Danish, 10:05 in the others; Intl alone would write 10.05 in some and AM and PM in others.
const TIME_FORMAT = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
const DATE_FORMAT = { weekday: "long", day: "numeric", month: "long" } as const;
const timeLocale = (language: string): string => (language === "da" ? "da" : "en-GB");
let timeFormat = new Intl.DateTimeFormat("en-GB", TIME_FORMAT);
let dateFormat = new Intl.DateTimeFormat("en-GB", DATE_FORMAT);

export function setLocale(words: Translations, timeZone?: string): void {
  active = words;
  rules = new Intl.PluralRules(words.language);
  numbers = new Intl.NumberFormat(words.language);
  const zone = timeZone ? { timeZone } : {};
  timeFormat = new Intl.DateTimeFormat(timeLocale(words.language), { ...TIME_FORMAT, ...zone });
  dateFormat = new Intl.DateTimeFormat(words.language === "en" ? "en-GB" : words.language, { ...DATE_FORMAT, ...zone });
}

type Values = Record<string, string | number>;

function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "number" ? numbers.format(value) : value;
  });
}

/** The translation of a key, or the key itself. */
export function t(key: string, values: Values = {}): string {
  return fill(active.words[key] ?? key, values);
}

/** The translation of a key in the plural form for `n`. */
export function tn(key: string, n: number, values: Values = {}): string {
  const forms = active.plurals[key] ?? {};
  return fill(forms[rules.select(n)] ?? forms.other ?? key, { n, ...values });
}

/** `10:05` in the reader's time zone, in Danish `10.05`. */
export function formatTime(at: string | number | Date): string {
  return timeFormat.format(new Date(at));
}

/** `Thursday 14 January` in the reader's time zone. */
export function formatDay(at: string | number | Date): string {
  return dateFormat.format(new Date(at));
}

/** `Thursday 14 January, 10:05` in the reader's time zone. */
export function formatDateAndTime(at: string | number | Date): string {
  return `${dateFormat.format(new Date(at))}, ${formatTime(at)}`;
}

/** Whether the two are on the same day in the reader's time zone. */
export function isOnDayOf(at: string | number | Date, other: string | number | Date): boolean {
  return dateFormat.format(new Date(at)) === dateFormat.format(new Date(other));
}

/** A text that hosts wrote in several languages: in the reader's, else in English, else in the first. */
export function localized(text: Record<string, string>): { text: string; language: string } {
  const found = [active.language, "en", ...Object.keys(text)].find((code) => text[code]);
  return found ? { text: text[found] ?? "", language: found } : { text: "", language: active.language };
}

export const activeLanguage = (): string => active.language;

/** Codes and names of the languages that texts can be in. */
export const languageNames = (): Record<string, string> => active.languages ?? {};

/** A text with translations by language: in the reader's, else as it was written. */
export function translated(text: string, translations: Record<string, string> = {}): string {
  return translations[active.language] ?? text;
}

/** With the decimal separator of the reader's language. */
export function formatNumber(number: number, decimals = 0): string {
  return number.toLocaleString(active.language, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** The name of a country in the reader's language; empty for none, and where the browser knows no names. */
export function countryName(code: string | undefined): string {
  if (!code || code === "XX") return "";
  try {
    return new Intl.DisplayNames([active.language], { type: "region" }).of(code) ?? "";
  } catch {
    return "";
  }
}

export function readTranslations(id: string): Translations {
  const element = document.getElementById(id);
  return JSON.parse(element?.textContent ?? "{}") as Translations;
}
