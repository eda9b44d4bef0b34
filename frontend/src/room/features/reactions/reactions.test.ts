import { expect, it } from "vitest";
import { inside } from "../../../../tests/samples";
import { reduce } from "../../state";

it("reactions do not change the state", () => {
  const before = inside();
  expect(reduce(before, { ev: "reactions", counts: { applause: 3 } })).toBe(before);
});
