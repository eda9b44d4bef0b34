import { describe, expect, it } from "vitest";
import { formatSeconds, filled, indexAt, secondsOf } from "./time";

describe("positions in a recording", () => {
  it("are shown as minutes and hours", () => {
    expect([0, 59.9, 760, 3760, Number.NaN, -3].map(formatSeconds)).toEqual(["0:00", "0:59", "12:40", "1:02:40", "0:00", "0:00"]);
  });

  it("are read from the fragment of the address", () => {
    expect(["#t=500", "#t=8:20", "#t=1:02:40"].map(secondsOf)).toEqual([500, 500, 3760]);
    expect(["", "#t=", "#t=a", "#t=1:2:3:4", "#chapters", "#t=-1"].map(secondsOf)).toEqual(Array(6).fill(null));
  });

  it("are in the chapter that began last", () => {
    expect([0, 7.9, 8, 100].map((now) => indexAt([0, 8, 20], now))).toEqual([0, 1, 1, 2]);
    expect(indexAt([5], 1)).toBe(-1);
  });
});

describe("placeholders", () => {
  it("are filled in any order", () => {
    expect(filled("%2 (%1)", "a", "b")).toBe("b (a)");
  });
});
