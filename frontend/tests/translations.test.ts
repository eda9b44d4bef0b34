import { describe, expect, it } from "vitest";
import { formatDateAndTime, formatTime, isOnDayOf, localized, setLocale, t, tn, type Translations } from "../src/room/translations";

function words(language: string, forms: Record<string, string>): Translations {
  return { language, words: { hello: "Hello {name}, {n} wait" }, plurals: { people: forms } };
}

const POLISH = { one: "{n} osoba", few: "{n} osoby", many: "{n} osób", other: "{n} osób" };
const LITHUANIAN = { one: "{n} žmogus", few: "{n} žmonės", many: "{n} žmonių", other: "{n} žmonių" };
const ENGLISH = { one: "{n} person", other: "{n} people" };

describe("a counted word", () => {
  it.each([
    ["en", ENGLISH, 1, "1 person"],
    ["en", ENGLISH, 0, "0 people"],
    ["pl", POLISH, 1, "1 osoba"],
    ["pl", POLISH, 3, "3 osoby"],
    ["pl", POLISH, 5, "5 osób"],
    ["pl", POLISH, 12, "12 osób"],
    ["pl", POLISH, 22, "22 osoby"],
    ["pl", POLISH, 0, "0 osób"],
    ["lt", LITHUANIAN, 1, "1 žmogus"],
    ["lt", LITHUANIAN, 21, "21 žmogus"],
    ["lt", LITHUANIAN, 2, "2 žmonės"],
    ["lt", LITHUANIAN, 11, "11 žmonių"],
    ["lt", LITHUANIAN, 30, "30 žmonių"],
  ])("in %s with %o for %i reads “%s”", (language, forms, n, expected) => {
    setLocale(words(language, forms));
    expect(tn("people", n)).toBe(expected);
  });
});

describe("a sentence", () => {
  it("has its values filled in, and is the key when it is missing", () => {
    setLocale(words("en", ENGLISH));
    expect(t("hello", { name: "Rasa", n: 1200 })).toBe("Hello Rasa, 1,200 wait");
    expect(t("not.there")).toBe("not.there");
  });
});

describe("people's localized texts", () => {
  it("are in the reader's language, else in English, else in the first", () => {
    setLocale(words("sv", ENGLISH));
    expect(localized({ en: "Heat", sv: "Värme" })).toEqual({ text: "Värme", language: "sv" });
    expect(localized({ en: "Heat", de: "Wärme" })).toEqual({ text: "Heat", language: "en" });
    expect(localized({ de: "Wärme" })).toEqual({ text: "Wärme", language: "de" });
  });
});

describe("a time", () => {
  it("is in the reader's time zone, not in the machine's", () => {
    setLocale(words("en", ENGLISH), "Europe/Vilnius");
    expect(formatTime("2027-01-14T09:05:00Z")).toBe("11:05");
    setLocale(words("en", ENGLISH), "Europe/Copenhagen");
    expect(formatTime("2027-01-14T09:05:00Z")).toBe("10:05");
  });

  it("on another day has its date, as that day is in the reader's time zone", () => {
    setLocale(words("en", ENGLISH), "Europe/Vilnius");
    expect(formatDateAndTime("2027-01-14T22:30:00Z")).toBe("Friday 15 January, 00:30");
    expect(isOnDayOf("2027-01-14T22:30:00Z", "2027-01-15T08:00:00Z")).toBe(true);
    expect(isOnDayOf("2027-01-14T22:30:00Z", "2027-01-14T08:00:00Z")).toBe(false);
    expect(isOnDayOf("2026-01-14T08:00:00Z", "2027-01-14T08:00:00Z")).toBe(false);
    setLocale(words("pl", POLISH), "Europe/Warsaw");
    expect(formatDateAndTime("2027-01-14T09:05:00Z")).toBe("czwartek, 14 stycznia, 10:05");
  });

  it("has a full stop in Danish and a colon in the other languages", () => {
    for (const [language, written] of [["da", "10.05"], ["sv", "10:05"], ["pl", "10:05"], ["de", "10:05"], ["lt", "10:05"]] as const) {
      setLocale(words(language, ENGLISH), "Europe/Copenhagen");
      expect(formatTime("2027-01-14T09:05:00Z")).toBe(written);
    }
  });
});
