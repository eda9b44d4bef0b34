import { expect, it } from "vitest";
import { plain } from "../src/letters";
import letters from "../../tests/companies/letters.json";

it("compares letters as the service does", () => {
  expect(Object.keys(letters).map(plain)).toEqual(Object.values(letters));
});
