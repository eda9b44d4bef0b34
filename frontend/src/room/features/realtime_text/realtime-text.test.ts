import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { inside, nobody, someone, welcome } from "../../../../tests/samples";
import type { RoomActions } from "../../actions";
import type { Command, Reply, RoomEvent, TextLine } from "../../protocol.generated";
import { Refused } from "../../socket";
import { reduce, type State } from "../../state";
import { GATHER, LiveTextCommands } from "./client";
import { editBetween, edited } from "./edits";
import { typedByOthers, unreadLines, withEarlier } from "./state";

const typing = (version: number, what: { text?: string; edits?: { at: number; erase: number; insert: string }[] }, text_id = "text-one"): RoomEvent => ({ ev: "rtt.typing", person: someone("2"), text_id, version, ...what });
const committed = (seq: number, text: string, text_id = "text-one", from = "2"): RoomEvent => ({ ev: "rtt.committed", seq, id: seq, person: someone(from), text_id, text, at: "2026-12-03T09:00:00Z" });
const shown = (state: State): string[] => state.liveText.typed.map(({ text }) => text);
const lines = (state: State): string[] => state.liveText.lines.map(({ text }) => text);

describe("edits", () => {
  it("lead from one text to the other, counted in characters", () => {
    const texts = ["", "a", "Hello", "Hallo", "🔥", "🔥🔥", "x🔥y", "é", "e\u0301", "Hello, Hello"];
    for (const before of texts)
      for (const after of texts) {
        const edit = editBetween(before, after);
        expect(edit === null).toBe(before === after);
        expect(edited(before, edit ? [edit] : [])).toBe(after);
      }
    expect(editBetween("🔥🔥b", "🔥🔥ab")).toEqual({ at: 2, erase: 0, insert: "a" });
  });
});

describe("what is typed", () => {
  it("follows the edits, and takes the finished line's place", () => {
    let state = reduce(inside(), typing(1, { text: "Helo" }));
    state = reduce(state, typing(2, { edits: [{ at: 3, erase: 0, insert: "l" }] }));
    expect(shown(state)).toEqual(["Hello"]);
    state = reduce(state, committed(11, "Hello."));
    expect([shown(state), lines(state)]).toEqual([[], ["Hello."]]);
    expect(shown(reduce(state, typing(3, { text: "late" })))).toEqual([]);
  });

  it("stays as it was when a version is missing, until the whole text comes", () => {
    const before = reduce(inside(), typing(1, { text: "one" }));
    const missed = reduce(before, typing(3, { edits: [{ at: 0, erase: 3, insert: "three" }] }));
    expect(shown(missed)).toEqual(["one"]);
    const whole = reduce(missed, typing(3, { text: "three" }));
    expect(shown(whole)).toEqual(["three"]);
    expect(reduce(whole, typing(2, { text: "older" }))).toBe(whole);
    expect(shown(reduce(inside(), typing(5, { edits: [{ at: 0, erase: 0, insert: "x" }] })))).toEqual([]);
  });

  it("goes with an empty text, and others stay where they are", () => {
    let state = reduce(reduce(inside(), typing(1, { text: "one" })), typing(1, { text: "two" }, "text-two"));
    state = reduce(state, typing(2, { text: "one more" }));
    expect(shown(state)).toEqual(["one more", "two"]);
    expect(shown(reduce(state, typing(3, { text: "" })))).toEqual(["two"]);
  });

  it("is that of the snapshot after a break", () => {
    const before = reduce(inside(), typing(1, { text: "before" }));
    const snapshot = { ...nobody, being_typed: [{ person: someone("2"), text_id: "text-two", version: 4, text: "now" }] };
    expect(shown(reduce(before, welcome({ snapshot, missed: [] })))).toEqual(["now"]);
    expect(typedByOthers(reduce(inside(), { ev: "rtt.typing", person: someone("1"), text_id: "text-own", version: 1, text: "mine" }))).toEqual([]);
  });
});

describe("kept lines", () => {
  it("are deleted, counted while unread, and come with earlier ones", () => {
    let state = reduce(reduce(inside(), committed(11, "one")), committed(12, "two", "text-two"));
    expect([unreadLines(state, 10), unreadLines(state, 11)]).toEqual([2, 1]);
    state = reduce(state, { ev: "rtt.deleted", seq: 13, line: 11, by: someone("3"), at: "" });
    expect(lines(state)).toEqual(["two"]);
    const earlier = { id: 3, person: someone("2"), text_id: "text-old", text: "zero", at: "" };
    const more = withEarlier(state, [earlier], false);
    expect([lines(more), more.liveText.hasEarlier]).toEqual([["zero", "two"], false]);
    expect(lines(reduce(state, { ...committed(14, "", "text-gone"), deleted: true } as RoomEvent))).toEqual(["two"]);
  });
});

describe("the client", () => {
  let state: State;
  let sent: Command[];
  let isOpen: boolean;
  let answer: () => Promise<Reply>;
  let client: LiveTextCommands;

  beforeEach(() => {
    vi.useFakeTimers();
    [state, sent, isOpen] = [inside(), [], true];
    answer = () => Promise.resolve({ re: 1, ok: true, line: 11 });
    const send = (command: Command): Promise<Reply> => {
      sent.push(command);
      return answer();
    };
    const update = (change: (before: State) => State): void => void (state = change(state));
    const actions: RoomActions = { state: () => state, update, isOpen: () => isOpen, send, reply: send, ask: () => Promise.resolve(true), notify: vi.fn() };
    client = new LiveTextCommands(actions);
  });
  afterEach(() => void vi.useRealTimers());

  const last = (): unknown => sent.at(-1);

  it("sends the first letter at once and gathers the next ones", async () => {
    client.type("H");
    await vi.advanceTimersByTimeAsync(0);
    expect(last()).toMatchObject({ do: "rtt.type", version: 1, text: "H" });
    for (const text of ["He", "Hel", "Help"]) client.type(text);
    await vi.advanceTimersByTimeAsync(GATHER - 1);
    expect(sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(last()).toMatchObject({ version: 2, edits: [{ at: 1, erase: 0, insert: "elp" }] });
  });

  it("sends the whole text when the room does not follow, and after a break", async () => {
    client.type("one");
    await vi.advanceTimersByTimeAsync(0);
    answer = () => Promise.reject(new Refused("not_now", ""));
    client.type("one two");
    await vi.advanceTimersByTimeAsync(GATHER);
    answer = () => Promise.resolve({ re: 1, ok: true });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(last()).toMatchObject({ version: 3, text: "one two" });
    isOpen = false;
    client.type("one two three");
    await vi.advanceTimersByTimeAsync(GATHER);
    expect(sent).toHaveLength(3);
    isOpen = true;
    client.resume();
    await vi.advanceTimersByTimeAsync(0);
    expect(last()).toMatchObject({ version: 4, text: "one two three" });
  });

  it("takes an emptied line away and begins it anew", async () => {
    for (const text of ["x", "", "y"]) {
      client.type(text);
      await vi.advanceTimersByTimeAsync(GATHER);
    }
    expect(sent).toMatchObject([{ text: "x" }, { text: "" }, { text: "y", version: 3 }]);
  });

  it("keeps a finished line until the room has confirmed it", async () => {
    isOpen = false;
    client.type(" done ");
    client.finish();
    expect(state.liveText.pending).toMatchObject([{ text: "done", isRefused: false }]);
    isOpen = true;
    client.resume();
    await vi.advanceTimersByTimeAsync(0);
    const id = state.liveText.pending[0]?.textId ?? "";
    expect(sent).toEqual([{ do: "rtt.commit", text_id: id, text: "done" }]);
    state = reduce(state, committed(11, "done", id, "1"));
    expect([state.liveText.pending, lines(state)]).toEqual([[], ["done"]]);
    client.type("   ");
    client.finish();
    expect(state.liveText.pending).toEqual([]);
  });

  it("shows a refused line with its text", async () => {
    answer = () => Promise.reject(new Refused("not_now", ""));
    client.type("too late");
    client.finish();
    await vi.advanceTimersByTimeAsync(0);
    expect(state.liveText.pending).toMatchObject([{ text: "too late", isRefused: true }]);
    client.discard(state.liveText.pending[0]?.textId ?? "");
    expect(state.liveText.pending).toEqual([]);
  });

  it("loads earlier lines until one of them is read", async () => {
    const page = (id: number, language: string, next: number | null): Reply => ({ re: 1, ok: true, lines: [{ id, person: { ...someone("2"), role: "captioner" }, text_id: `text-${id}`, text: language, at: "2026-12-03T09:30:00Z", language }], next });
    const pages = [page(9, "en", null), page(8, "de", 8), page(7, "de", 7), page(6, "en", 6), page(5, "en", null)];
    state = withEarlier(state, pages[0]?.lines as TextLine[], true);
    const queue = pages.slice(1);
    answer = () => Promise.resolve(queue.shift() ?? page(1, "en", null));
    await client.loadEarlier();
    expect(state.liveText.lines.map(({ id }) => id)).toEqual([6, 7, 8, 9]);
    expect(sent).toEqual([9, 8, 7].map((before) => ({ do: "rtt.list", before })));
  });
});
