import { describe, expect, it } from "vitest";
import { inside, nobody, someone, welcome, you } from "../../../../tests/samples";
import type { RoomEvent } from "../../protocol.generated";
import { reduce, type State } from "../../state";
import { expanded, isRead, keepChoice, keptChoice, readLanguage, shortForms } from "./captions";
import { captionLanguage, captionLanguages, lastOwnCaption, readLines, unreadLines } from "./state";

const captioner = (id: string): ReturnType<typeof someone> => ({ ...someone(id), role: "captioner" });
/** In the meeting that began at 9:00. */
const at = (minute: number): string => new Date(Date.UTC(2026, 11, 3, 9, minute)).toISOString();
const caption = (seq: number, text: string, language?: string, from = "2", minute = 0): RoomEvent => ({ ev: "rtt.committed", seq, id: seq, person: captioner(from), text_id: `text-${seq}`, text, at: at(minute), ...(language ? { language } : {}) });
const said = (seq: number, text: string): RoomEvent => ({ ev: "rtt.committed", seq, id: seq, person: someone("3"), text_id: `text-${seq}`, text, at: "" });
const after = (...events: RoomEvent[]): State => events.reduce(reduce, inside());
const texts = (state: State): string[] => readLines(state, state.liveText.lines).map(({ text }) => text);

describe("abbreviations", () => {
  const forms = shortForms("hp = heat pump\nÅF=Åsa Frisk\nx = a = b\n\nno form\n two words = no\nempty =");

  it("are a word and what stands for it, one a line", () => {
    expect([...forms]).toEqual([["hp", "heat pump"], ["åf", "Åsa Frisk"], ["x", "a = b"]]);
  });

  it("are replaced once a character ends the word", () => {
    expect(expanded("the hp", forms)).toBe("the hp");
    expect(expanded("the hp ", forms)).toBe("the heat pump ");
    expect(expanded("Hp, ", forms)).toBe("Hp, ");
    expect(expanded("Hp,", forms)).toBe("Heat pump,");
    expect(expanded("(hp)", forms)).toBe("(heat pump)");
    expect(expanded("ÅF.", forms)).toBe("Åsa Frisk.");
    expect(expanded("chp ", forms)).toBe("chp ");
    expect(expanded("constructor ", forms)).toBe("constructor ");
  });
});

describe("captions", () => {
  it("are read in the chosen language, else in the reader's, else in any", () => {
    expect(readLanguage(["de", "sv"], "sv")).toBe("sv");
    expect(readLanguage(["de", "en"], "sv")).toBe("en");
    expect(readLanguage(["de", "sv"], "")).toBe("de");
    expect(readLanguage([], "sv")).toBe("");
    expect(isRead({ person: captioner("2") }, "sv")).toBe(true);
  });

  it("in other languages are left out, and what people say is not", () => {
    const state = after(caption(11, "hej", "sv"), said(12, "hello"), caption(13, "moin", "de", "4"), caption(14, "bare"));
    expect(captionLanguages(state)).toEqual(["de", "sv"]);
    expect([captionLanguage(state), texts(state)]).toEqual(["de", ["hello", "moin", "bare"]]);
    const chosen = { ...state, liveText: { ...state.liveText, captions: { ...state.liveText.captions, language: "sv" } } };
    expect(texts(chosen)).toEqual(["hej", "hello", "bare"]);
  });

  it("that nobody writes any more hide none that are written", () => {
    const later = after(caption(11, "welcome", "en"), caption(12, "jetzt", "de", "4", 3), caption(13, "und jetzt", "de", "4", 4));
    expect([captionLanguage(later), texts(later), unreadLines(later, 0)]).toEqual(["de", ["jetzt", "und jetzt"], 2]);
    expect(captionLanguage(reduce(later, caption(14, "here again", "en", "2", 5)))).toBe("en");
    const before = after(caption(11, "another day", "en", "2", -60), { ev: "rtt.typing", person: captioner("4"), text_id: "text-now", version: 1, text: "Guten", language: "de" });
    expect(captionLanguage(before)).toBe("de");
    expect(texts(after(caption(11, "another day", "sv", "2", -60)))).toEqual(["another day"]);
  });

  it("that are left out are not counted as unread", () => {
    const both = after(caption(11, "hello", "en"), caption(12, "hallo", "de", "4"), said(13, "aloud"));
    expect([texts(both), unreadLines(both, 0), unreadLines(both, 11)]).toEqual([["hello", "aloud"], 2, 1]);
  });

  it("are corrected where they stand", () => {
    const state = after(caption(11, "heat pimps", "en"), { ev: "rtt.corrected", seq: 12, line: 11, text: "heat pumps", by: captioner("2"), at: "" });
    expect(texts(state)).toEqual(["heat pumps"]);
    expect(texts(reduce(state, { ev: "rtt.corrected", seq: 13, line: 99, text: "x", by: captioner("2"), at: "" }))).toEqual(["heat pumps"]);
  });

  it("of one's own stay, whatever one reads, so that the last can be corrected", () => {
    const snapshot = { ...nobody, text_lines: [{ id: 3, person: captioner("1"), text_id: "text-own", text: "hej", at: "", language: "sv" }, { id: 4, person: captioner("2"), text_id: "text-two", text: "hi", at: "", language: "en" }] };
    const state = reduce(inside(), welcome({ you: you({ role: "captioner" }), snapshot }));
    expect(texts(state)).toEqual(["hej", "hi"]);
    expect(lastOwnCaption(state)?.id).toBe(3);
  });

  it("are shown as was chosen on this device", () => {
    localStorage.clear();
    expect(keptChoice()).toEqual({ isShown: true, language: "", size: "normal", place: "below" });
    const chosen = { isShown: false, language: "sv", size: "largest", place: "above" } as const;
    keepChoice(chosen);
    expect(keptChoice()).toEqual(chosen);
    localStorage.setItem("captions-size", "huge");
    expect(keptChoice().size).toBe("normal");
    localStorage.clear();
  });
});
