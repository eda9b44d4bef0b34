import { expect, it } from "vitest";
import { fold } from "../src/folding";
import letters from "../../tests/companies/letters.json";

it("compares letters as the service does", () => {
  expect(Object.keys(letters).map(fold)).toEqual(Object.values(letters));
});
