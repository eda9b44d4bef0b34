import { describe, expect, it } from "vitest";
import { inside, nobody, someone, welcome } from "../../../../tests/samples";
import type { DeckInfo, DurableEvent, RoomEvent, ShownSlides } from "../../protocol.generated";
import { reduce, type State } from "../../state";
import { headingFor, pageForKey, placeOn, withDecks } from "./state";

const page = (number: number): ShownSlides["page"] => ({ number, width: 1600, height: 900, title: `Title ${number}`, text: "", picture: `/slides/${number}/`, next: null });
const slides: ShownSlides = { deck: "d", title: "Heat", pages: 3, page: page(1), download: null };
const deck: DeckInfo = { id: "d", title: "Heat", state: "ready", failure: "", pages: 3, is_downloadable: false, picture: null };
const shown = (by: string): DurableEvent => ({ ev: "slides.shown", seq: 11, slides, by: someone(by), at: "" });
const turned = (seq: number, number: number, by = "2", of = "d"): RoomEvent => ({ ev: "slides.turned", seq, deck: of, page: page(number), by: someone(by), at: "" });
const after = (...events: RoomEvent[]): State => events.reduce(reduce, inside());

describe("slides", () => {
  it("are shown, turned and hidden", () => {
    expect(after(shown("2")).slides.shown).toEqual(slides);
    expect(after(shown("2"), turned(12, 3)).slides.shown?.page.number).toBe(3);
    expect(after(shown("2"), turned(12, 3), { ev: "slides.hidden", seq: 13, by: null, at: "" }).slides.shown).toBeNull();
  });

  it("ignore a page of a deck that is not shown", () => {
    expect(after(shown("2"), turned(12, 3, "2", "other")).slides.shown).toEqual(slides);
  });

  it("are those of the snapshot, whatever was missed", () => {
    expect(reduce(inside(), welcome({ snapshot: { ...nobody, slides } })).slides.shown).toEqual(slides);
    expect(reduce(inside(), welcome({ seq: 11, missed: [shown("2")] })).slides.shown).toBeNull();
  });

  it("are turned by the keys of whoever turned last", () => {
    expect(after(shown("1")).slides.isMine).toBe(true);
    expect(after(shown("1"), turned(12, 2, "2")).slides.isMine).toBe(false);
    expect(after(shown("2"), turned(12, 2, "1")).slides.isMine).toBe(true);
  });

  it("show the pointer until the page is turned or it is gone", () => {
    const pointing = after(shown("2"), { ev: "slides.pointed", x: 0.5, y: 0.25 });
    expect(pointing.slides.pointer).toEqual({ x: 0.5, y: 0.25 });
    expect(reduce(pointing, turned(12, 2)).slides.pointer).toBeNull();
    expect(reduce(pointing, { ev: "slides.pointed", x: null, y: null }).slides.pointer).toBeNull();
  });
});

describe("the decks", () => {
  const told = (seq: number, change: Partial<DeckInfo>): RoomEvent => ({ ev: "slides.deck", seq, deck: { ...deck, ...change }, at: "" });

  it("follow what is told of them once they are loaded", () => {
    expect(after(told(11, {})).slides.decks).toBeNull();
    const loaded = withDecks(inside(), [{ ...deck, state: "processing" }]);
    expect(reduce(loaded, told(11, {})).slides.decks).toEqual([deck]);
    expect(reduce(loaded, told(11, { id: "new" })).slides.decks?.map(({ id }) => id)).toEqual(["new", "d"]);
    expect(reduce(loaded, told(11, { state: "deleted" })).slides.decks).toEqual([]);
  });

  it("are asked for again after a new snapshot", () => {
    expect(reduce(withDecks(inside(), [deck]), welcome()).slides.decks).toBeNull();
  });
});

describe("keys", () => {
  it("turn to a page that is there", () => {
    expect([pageForKey(1, 3, "ArrowRight"), pageForKey(2, 3, "PageUp"), pageForKey(2, 3, "End"), pageForKey(3, 3, "Home")]).toEqual([2, 1, 3, 1]);
    expect([pageForKey(1, 3, "ArrowLeft"), pageForKey(3, 3, "PageDown"), pageForKey(1, 3, "Home"), pageForKey(1, 3, "x")]).toEqual([null, null, null, null]);
  });

  it("pressed quicker than the answer count from the page asked for last", () => {
    const asked = headingFor(after(shown("1")), 2);
    expect(asked.slides.heading).toBe(2);
    expect(reduce(asked, turned(12, 2, "1")).slides.heading).toBeNull();
    const twice = headingFor(asked, 3);
    expect(reduce(twice, turned(12, 2, "1")).slides.heading).toBe(3); // the first of the two has arrived
    expect(reduce(twice, turned(12, 1, "2")).slides.heading).toBeNull(); // somebody else turned
  });
});

describe("the place of the pointer", () => {
  const sides = { width: 1600, height: 900 };

  it("is a share of the page, wherever bars are beside it", () => {
    const wide = { left: 100, top: 0, width: 2000, height: 900 };
    expect(placeOn(sides, wide, { x: 300, y: 0 })).toEqual({ x: 0, y: 0 });
    expect(placeOn(sides, wide, { x: 1100, y: 450 })).toEqual({ x: 0.5, y: 0.5 });
    const tall = { left: 0, top: 0, width: 1600, height: 1900 };
    expect(placeOn(sides, tall, { x: 800, y: 950 })).toEqual({ x: 0.5, y: 0.5 });
  });

  it("is nowhere beside the page", () => {
    expect(placeOn(sides, { left: 0, top: 0, width: 1600, height: 1900 }, { x: 800, y: 100 })).toBeNull();
  });
});
