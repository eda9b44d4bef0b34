import { describe, expect, it } from "vitest";
import { verdictOf } from "../src/room/connection-test";

describe("the verdict of the connection test", () => {
  it.each([
    [12, "good"],
    [600, "good"],
    [601, "slow"],
    [2000, "slow"],
    [2001, "bad"],
    [7900, "bad"],
    [null, "bad"],
  ] as const)("follows the delay: %s ms", (socket, verdict) => {
    expect(verdictOf({ socket, media: "direct" })).toBe(verdict);
    expect(verdictOf({ socket, media: "relay" })).toBe(verdict);
    expect(verdictOf({ socket, media: "none" })).toBe("bad");
  });
});
