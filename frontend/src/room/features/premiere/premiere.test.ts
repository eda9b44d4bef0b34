import { describe, expect, it } from "vitest";
import { inside, nobody, someone, welcome } from "../../../../tests/samples";
import type { Premiere, RoomEvent } from "../../protocol.generated";
import { reduce } from "../../state";
import { correctionOf, positionAt, withChosen } from "./state";

const film = { id: "f", title: { en: "Heat" }, language: "en", seconds: 600, has_picture: true, captions: ["en"] };
const premiere: Premiere = { film, is_playing: true, position: 30, as_of: "2026-12-03T09:00:00.000Z" };
const changed: RoomEvent = { ev: "premiere.changed", seq: 11, premiere, by: someone("3"), at: "2026-12-03T09:00:00Z" };
const at = (time: string): number => Date.parse(`2026-12-03T${time}Z`);

describe("a premiere", () => {
  it("is on the stage until it is stopped", () => {
    const playing = reduce(inside(), changed);
    expect(playing.films.premiere).toEqual(premiere);
    expect(reduce(playing, { ev: "premiere.stopped", seq: 12, by: null, at: "" }).films.premiere).toBeNull();
  });

  it("is that of the snapshot, and its films are asked for again", () => {
    const before = withChosen(inside(), [film]);
    expect(reduce(before, welcome({ snapshot: { ...nobody, premiere } })).films).toEqual({ premiere, chosen: null });
  });

  it("is where the server's clock says, between its beginning and its end", () => {
    expect(positionAt(premiere, at("09:00:12.500"))).toBe(42.5);
    expect(positionAt({ ...premiere, is_playing: false }, at("09:00:12.500"))).toBe(30);
    expect(positionAt(premiere, at("10:00:00"))).toBe(600);
    expect(positionAt(premiere, at("08:00:00"))).toBe(0);
  });
});

describe("a player", () => {
  it("plays a little faster or slower, and jumps when it is far off", () => {
    expect(correctionOf(100, 100.05)).toEqual({ jumpsTo: null, rate: 1 });
    expect(correctionOf(100, 99.8).rate).toBeCloseTo(1.05);
    expect(correctionOf(100, 100.5).rate).toBeCloseTo(0.92);
    expect(correctionOf(100, 99.2)).toEqual({ jumpsTo: 100, rate: 1 });
    expect(correctionOf(100, 400)).toEqual({ jumpsTo: 100, rate: 1 });
  });
});
