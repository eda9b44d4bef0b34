import { html } from "lit";
import { describe, expect, it } from "vitest";
import { chatFeature } from "../src/room/features/chat/view";
import { FEATURES } from "../src/room/features/all";
import { shownControls, shownStageParts, shownTabs, tabForKey, UnreadCounter, type RoomFeature, type Tab } from "../src/room/features/registry";
import type { Page } from "../src/room/page";
import { reduce } from "../src/room/state";
import { inside, message, you } from "./samples";

const tab = (id: string, more: Partial<Tab> = {}): Tab => ({ id, label: () => id, render: () => html``, ...more });
const ids = (parts: readonly { id: string }[]): string[] => parts.map(({ id }) => id);
const nothingYet = inside();

describe("tabs", () => {
  const three = ["chat", "polls", "people"].map((id) => tab(id));

  it("are shown in the order of the list, and only when the feature says so", () => {
    const features: RoomFeature[] = [{ tab: tab("a") }, {}, { tab: tab("b", { isShown: ({ count }) => count > 5 }) }, { tab: tab("c") }];
    expect(ids(shownTabs(features, nothingYet, {} as Page))).toEqual(["a", "c"]);
    expect(ids(shownTabs(features, { ...nothingYet, count: 6 }, {} as Page))).toEqual(["a", "b", "c"]);
  });

  it("are walked by arrow keys all around, and by Home and End", () => {
    const to = (current: string, key: string): string | undefined => tabForKey(three, current, key)?.id;
    expect([to("chat", "ArrowRight"), to("polls", "ArrowRight"), to("people", "ArrowRight")]).toEqual(["polls", "people", "chat"]);
    expect([to("chat", "ArrowLeft"), to("people", "ArrowLeft")]).toEqual(["people", "polls"]);
    expect([to("polls", "Home"), to("polls", "End"), to("polls", "a")]).toEqual(["chat", "people", undefined]);
  });

  it("have elements of their own: no name is taken twice", () => {
    const names = FEATURES.flatMap((feature) => [feature.tab?.id ?? []].flat());
    expect(names).toEqual(["chat", "questions", "polls", "live-text", "people", "agenda", "notes", "project", "resources", "slides", "premiere", "breakouts"]);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("unread", () => {
  const chat = chatFeature.tab!;
  const numbered = (id: string, n: number): Tab => tab(id, { unread: { newest: () => n, count: (_state, seen) => n - seen, words: (count) => `${count} new` } });

  it("is what came since the tab was last open, not what was there before", () => {
    const unread = new UnreadCounter();
    const before = reduce(nothingYet, message(11, "before"));
    unread.look([chat], before, () => false);
    expect(unread.of(chat, before)).toBe(0);
    const after = [message(12, "from another"), message(13, "own", "1")].reduce(reduce, before);
    unread.look([chat], after, () => false);
    expect(unread.of(chat, after)).toBe(1);
    unread.look([chat], after, (id) => id === "chat");
    expect(unread.of(chat, after)).toBe(0);
  });

  it("is counted by tab, and together for the title", () => {
    const unread = new UnreadCounter();
    const old = ["a", "b"].map((id) => numbered(id, 1));
    unread.look(old, nothingYet, () => false);
    const [a, b] = [numbered("a", 4), numbered("b", 3)];
    unread.look([a, b], nothingYet, (id) => id === "b");
    expect([unread.of(a, nothingYet), unread.of(b, nothingYet), unread.total([a, b], nothingYet)]).toEqual([3, 0, 3]);
    expect([unread.words(a, nothingYet), unread.words(b, nothingYet)]).toEqual(["3 new", ""]);
    expect(unread.words(tab("people", { count: ({ count }) => count }), nothingYet)).toBe("1");
  });
});

describe("controls and the stage", () => {
  it("have the controls that the person may use", () => {
    const may = (...commands: string[]): string[] => ids(shownControls(FEATURES, { ...nothingYet, you: you({ may: commands }) }));
    expect(may()).toEqual([]);
    expect(may("hand.raise")).toEqual(["hand"]);
    expect(may("reaction.send", "hand.raise")).toEqual(["hand", "react"]);
  });

  it("show everything that lies over the stage, and one content", () => {
    const part = (id: string, place: "over" | "content", isShown = true): RoomFeature => ({ stagePart: { id, place, isShown: () => isShown, render: () => html`` } });
    const features = [part("timer", "over"), part("slides", "content"), part("result", "over"), part("page", "content"), part("off", "content", false)];
    const { over, content } = shownStageParts(features, nothingYet);
    expect(ids(over)).toEqual(["timer", "result"]);
    expect(content?.id).toBe("page");
    expect(shownStageParts([], nothingYet).content).toBeNull();
  });
});
