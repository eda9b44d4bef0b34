import { expect, test } from "vitest";
import { clock, placeAt, secondsOf } from "../src/player/clock";

test("seconds read as minutes, and as hours from an hour on", () => {
  expect([0, 59.9, 760, 3760, Number.NaN, -4].map(clock)).toEqual(["0:00", "0:59", "12:40", "1:02:40", "0:00", "0:00"]);
});

test("an address points into a recording by seconds or by the clock, and by nothing else", () => {
  expect(["#t=500", "#t=8:20", "#t=1:02:40", "#t=", "#t=-1", "#chat", ""].map(secondsOf)).toEqual([
    500,
    500,
    3760,
    null,
    null,
    null,
    null,
  ]);
});

test("the chapter is the last one that has begun", () => {
  const starts = [0, 60, 120];
  expect([-1, 0, 59, 60, 500].map((now) => placeAt(starts, now))).toEqual([-1, 0, 0, 1, 2]);
});
