// Visible words: written and translated on the server, carried by the page, chosen here.

type Plural = Partial<Record<Intl.LDMLPluralRule, string>>;

export interface Words {
  language: string;
  words: Record<string, string>;
  plurals: Record<string, Plural>;
}

let spoken: Words = { language: "en", words: {}, plurals: {} };
let rules = new Intl.PluralRules("en");
let numbers = new Intl.NumberFormat("en");
// Hours are 10:05 everywhere, as on the pages; Danish alone would make it 10.05 here.
const HOURS = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
let clock = new Intl.DateTimeFormat("en-GB", HOURS);

export function speak(words: Words, timeZone?: string): void {
  spoken = words;
  rules = new Intl.PluralRules(words.language);
  numbers = new Intl.NumberFormat(words.language);
  clock = new Intl.DateTimeFormat("en-GB", timeZone ? { ...HOURS, timeZone } : HOURS);
}

type Values = Record<string, string | number>;

function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "number" ? numbers.format(value) : value;
  });
}

/** A sentence by its key; an unknown key shows itself rather than nothing. */
export function t(key: string, values: Values = {}): string {
  return fill(spoken.words[key] ?? key, values);
}

/** A sentence in the form that the number asks for: one, few, many or other. */
export function tn(key: string, n: number, values: Values = {}): string {
  const forms = spoken.plurals[key] ?? {};
  return fill(forms[rules.select(n)] ?? forms.other ?? key, { n, ...values });
}

/** `10:05` on the reader's clock. */
export function hour(at: string | number | Date): string {
  return clock.format(new Date(at));
}

/** People's own texts are by language: the reader's, else English, else the first there is. */
export function own(text: Record<string, string>): { text: string; language: string } {
  const found = [spoken.language, "en", ...Object.keys(text)].find((code) => text[code]);
  return found ? { text: text[found] ?? "", language: found } : { text: "", language: spoken.language };
}

export function readWords(id: string): Words {
  const element = document.getElementById(id);
  return JSON.parse(element?.textContent ?? "{}") as Words;
}
