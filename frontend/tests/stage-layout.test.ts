import { beforeEach, describe, expect, it } from "vitest";
import { ActiveSpeaker, arrange, keyOf, NewestShares, picturesOf, type Arrangement, type StageRequest } from "../src/room/stage-layout";
import { ViewChoice } from "../src/room/view-choice";
import { someone } from "./samples";

const people = (count: number): ReturnType<typeof someone>[] => Array.from({ length: count }, (_, place) => someone(String(place + 1)));
const asked = (more: Partial<StageRequest> = {}): Arrangement => arrange({ layout: "auto", people: people(4), sharing: [], hasContent: false, pinned: null, spotlight: null, active: null, isSmall: false, ...more });
const large = (more: Partial<StageRequest>): string | null => {
  const found = asked(more).large;
  return found && keyOf(found);
};
const tiles = (more: Partial<StageRequest>): string[] => asked(more).tiles.map(keyOf);

describe("what is large", () => {
  it("is nothing while nothing is presented, and a shared screen before slides", () => {
    expect(large({})).toBeNull();
    expect(large({ hasContent: true })).toBe("content");
    expect(large({ hasContent: true, sharing: [someone("2")] })).toBe("screen:2");
  });

  it("is who speaks, in the layout of that name", () => {
    expect(large({ layout: "speaker", active: "3" })).toBe("person:3");
    expect(large({ layout: "speaker" })).toBe("person:4");
    expect(large({ layout: "speaker", people: people(1) })).toBeNull();
  });

  it("is in no layout a person who is alone, and is who speaks on a phone with many people", () => {
    expect(large({ isSmall: true, people: people(7), active: "2" })).toBe("person:2");
    expect(large({ isSmall: true, people: people(6), active: "2" })).toBeNull();
    expect(large({ isSmall: true, people: people(7), active: "2", layout: "gallery" })).toBeNull();
  });

  it("is what a host spotlights, but for what is presented, and first of all what is pinned", () => {
    expect(large({ spotlight: "2" })).toBe("person:2");
    expect(large({ spotlight: "2", hasContent: true })).toBe("content");
    expect(large({ spotlight: "2", pinned: "person:3", hasContent: true, layout: "gallery" })).toBe("person:3");
    expect(large({ pinned: "person:9", hasContent: true })).toBe("content"); // has left
  });
});

describe("what stands beside it", () => {
  it("is everybody else; what is presented stays in sight when a person is pinned", () => {
    expect(tiles({ hasContent: true })).toEqual(["person:1", "person:2", "person:3", "person:4"]);
    expect(tiles({ hasContent: true, pinned: "person:2" })).toEqual(["content", "person:1", "person:3", "person:4"]);
  });

  it("is in the gallery all of it, alike", () => {
    expect(large({ layout: "gallery", sharing: [someone("2")] })).toBeNull();
    expect(tiles({ layout: "gallery", sharing: [someone("2")] })).toEqual(["screen:2", "person:1", "person:2", "person:3", "person:4"]);
  });

  it("is who speaks alone, where the speaker is followed", () => {
    expect(tiles({ layout: "speaker", hasContent: true, active: "3" })).toEqual(["person:3"]);
    expect(tiles({ layout: "speaker", sharing: [someone("2")] })).toEqual(["person:2"]);
    expect(tiles({ layout: "speaker", hasContent: true })).toEqual(["person:4"]);
  });

  it("has half of the stage side by side, if there is something to stand beside", () => {
    expect(asked({ layout: "side", hasContent: true }).isSplit).toBe(true);
    expect(asked({ layout: "side" }).isSplit).toBe(false);
  });

  it("leaves out whom there is no place for, and never who speaks", () => {
    const many = asked({ people: people(20), active: "18" });
    expect(many.tiles).toHaveLength(12);
    expect(many.more).toBe(8);
    expect(many.tiles.map(keyOf)).toContain("person:18");
    expect(tiles({ people: people(20) })).not.toContain("person:18");
  });
});

describe("of several that are presented", () => {
  const two = { sharing: [someone("3"), someone("2")], hasContent: true };

  it("one may choose, and another is shown when that one ends", () => {
    expect(asked(two).choices.map(keyOf)).toEqual(["screen:3", "screen:2", "content"]);
    expect(large(two)).toBe("screen:3");
    expect(large({ ...two, pinned: "screen:2" })).toBe("screen:2");
    expect(large({ sharing: [someone("3")], pinned: "screen:2" })).toBe("screen:3");
    expect(asked({ hasContent: true }).choices).toEqual([]);
  });

  it("the newest is first", () => {
    const shares = new NewestShares();
    const [two, three] = [someone("2"), someone("3")];
    expect(shares.sort([three])).toEqual([three]);
    expect(shares.sort([two, three])).toEqual([two, three]);
    expect(shares.sort([three])).toEqual([three]);
    expect(shares.sort([two, three])).toEqual([two, three]);
  });
});

it("asks for large pictures of few, for small ones beside something large, and for none that is not seen", () => {
  const sizes = (more: Partial<StageRequest>): Record<string, string> => Object.fromEntries(picturesOf(asked(more)));
  expect(sizes({ people: people(2) })).toEqual({ "person:1": "large", "person:2": "large" });
  expect(sizes({ people: people(2), hasContent: true })).toEqual({ content: "large", "person:1": "small", "person:2": "small" });
  expect(sizes({ people: people(3), layout: "speaker", sharing: [someone("2")], active: "2" })).toEqual({ "screen:2": "large", "person:2": "small" });
});

describe("who speaks", () => {
  let speaker: ActiveSpeaker;
  const looks = (count: number, ...speaking: string[]): string | null => {
    for (let look = 0; look < count; look += 1) speaker.look(new Set(speaking));
    return speaker.current;
  };
  beforeEach(() => (speaker = new ActiveSpeaker()));

  it("is no cough, and stays when nobody speaks", () => {
    expect(looks(2, "2")).toBeNull();
    expect(looks(1)).toBeNull();
    expect(looks(3, "2")).toBe("2");
    expect(looks(40)).toBe("2");
  });

  it("changes only after a pause, to who has spoken longest", () => {
    looks(3, "2");
    expect(looks(20, "2", "3")).toBe("2");
    expect(looks(5, "3", "4")).toBe("2");
    expect(looks(1, "3", "4")).toBe("3");
  });
});

it("keeps layout and saving of data on this device, and survives what it cannot read", () => {
  localStorage.setItem("room-view", "{no json");
  const view = new ViewChoice();
  expect([view.layout, view.savesData]).toEqual(["auto", false]);
  view.choose("side");
  view.saveData(true);
  const again = new ViewChoice();
  expect([again.layout, again.savesData, again.pinned]).toEqual(["side", true, null]);
  localStorage.setItem("room-view", JSON.stringify({ layout: "upside down" }));
  expect(new ViewChoice().layout).toBe("auto");
});
