import { expect, test } from "vitest";
import { formatSeconds, indexAt, secondsOf } from "../src/player/time";

test("seconds read as minutes, and as hours from an hour on", () => {
  expect([0, 59.9, 760, 3760, Number.NaN, -4].map(formatSeconds)).toEqual(["0:00", "0:59", "12:40", "1:02:40", "0:00", "0:00"]);
});

test("an address points into a recording by seconds or by the formatSeconds, and by nothing else", () => {
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
  expect([-1, 0, 59, 60, 500].map((now) => indexAt(starts, now))).toEqual([-1, 0, 0, 1, 2]);
});
