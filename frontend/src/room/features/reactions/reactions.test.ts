import { expect, it } from "vitest";
import { inside } from "../../../../tests/samples";
import { reduce } from "../../state";

it("reactions leave nothing behind", () => {
  const before = inside();
  expect(reduce(before, { ev: "reactions", counts: { applause: 3 } })).toBe(before);
});
