import { describe, expect, it } from "vitest";
import { inside, nobody, someone, welcome } from "../../../../tests/samples";
import type { AgendaItemInfo, RoomEvent } from "../../protocol.generated";
import { reduce, type State } from "../../state";
import { isSame, languagesFor, readContent } from "./form";
import { currentItem, nextItem, plannedTimes, secondsLeft } from "./state";

const item = (id: string, more: Partial<AgendaItemInfo> = {}): AgendaItemInfo => ({ id, title: { en: `Item ${id}` }, minutes: 10, speaker: "", started_at: null, ended_at: null, ...more });
const three = [item("a"), item("b"), item("c")];
const withAgenda = (): State => reduce(inside(), welcome({ snapshot: { ...nobody, agenda: three } }));
const moved = (seq: number, to: string | null, meeting = "m"): RoomEvent => ({ ev: "agenda.moved", seq, meeting, item: to, by: someone("3"), at: `2026-12-03T09:${seq}:00Z` });
const at = (time: string): number => Date.parse(`2026-12-03T${time}Z`);

describe("the agenda", () => {
  it("is that of the snapshot, and goes from item to item", () => {
    const first = reduce(withAgenda(), moved(11, "a"));
    expect([currentItem(first.agenda)?.id, nextItem(first.agenda)?.id]).toEqual(["a", "b"]);
    const second = reduce(first, moved(12, "b"));
    expect(second.agenda.map(({ started_at, ended_at }) => [started_at?.slice(14, 16), ended_at?.slice(14, 16)])).toEqual([["11", "12"], ["12", undefined], [undefined, undefined]]);
    const back = reduce(second, moved(13, "a"));
    expect(currentItem(back.agenda)).toMatchObject({ id: "a", ended_at: null });
    const over = reduce(back, moved(14, null));
    expect([currentItem(over.agenda), nextItem(over.agenda)?.id]).toEqual([undefined, "c"]);
  });

  it("starts with the first item and has none after the last", () => {
    expect(nextItem(three)?.id).toBe("a");
    expect(nextItem(reduce(withAgenda(), moved(11, "c")).agenda)).toBeUndefined();
    expect(nextItem([])).toBeUndefined();
  });

  it("is replaced when it is edited, and is not that of another meeting", () => {
    const changed = (meeting: string): RoomEvent => ({ ev: "agenda.changed", seq: 11, meeting, items: [item("d")], at: "" });
    expect(reduce(withAgenda(), changed("m")).agenda.map(({ id }) => id)).toEqual(["d"]);
    expect(reduce(withAgenda(), changed("other")).agenda).toEqual(three);
    expect(currentItem(reduce(withAgenda(), moved(11, "a", "other")).agenda)).toBeUndefined();
    expect(reduce(withAgenda(), { ev: "agenda", agenda: [item("e")] }).agenda.map(({ id }) => id)).toEqual(["e"]);
  });

  it("counts the time left of the current item, and on below 0", () => {
    const running = item("a", { started_at: "2026-12-03T09:00:00Z" });
    expect([at("09:00:00"), at("09:09:00.500"), at("09:10:00"), at("09:12:05")].map((now) => secondsLeft(running, now))).toEqual([600, 60, 0, -125]);
  });
});

describe("planning in the room", () => {
  it("reads what was typed, and says what is wrong with it", () => {
    expect(readContent({ en: " Heat ", sv: " " }, "5", " Rūta ")).toEqual({ title: { en: "Heat" }, minutes: 5, speaker: "Rūta" });
    expect([readContent({ en: " " }, "5", ""), readContent({ en: "a" }, "", ""), readContent({ en: "a" }, "1.5", ""), readContent({ en: "a" }, "481", "")]).toEqual(["title", "minutes", "minutes", "minutes"]);
  });

  it("knows an item again whatever the order of its languages", () => {
    const one = { title: { en: "a", sv: "b" }, minutes: 5, speaker: "" };
    expect(isSame(one, { ...one, title: { sv: "b", en: "a" } })).toBe(true);
    expect([isSame(one, { ...one, minutes: 6 }), isSame(one, { ...one, speaker: "x" }), isSame(one, { ...one, title: { en: "a" } })]).toEqual([false, false, false]);
  });

  it("offers the languages of the meeting, and those of the item", () => {
    expect([languagesFor(["en"], { sv: "x", en: "y" }), languagesFor([], {})]).toEqual([["en", "sv"], ["en"]]);
  });

  it("gives each item the time that follows from the start and the items before", () => {
    const times = plannedTimes([item("a"), item("b", { minutes: 5 })], "2026-12-03T09:00:00Z");
    expect(times.map(({ from, to }) => [from, to].map((at) => new Date(at).toISOString().slice(11, 16)))).toEqual([["09:00", "09:10"], ["09:10", "09:15"]]);
  });
});
