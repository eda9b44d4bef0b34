// Addresses in messages become links, sentences stay sentences.
import { describe, expect, test } from "vitest";
import { linkify } from "../src/room/links";

const addresses = (text: string): string[] => linkify(text).flatMap(({ address }) => (address ? [address] : []));

describe("addresses in a message", () => {
  test("a message without one is one piece", () => {
    expect(linkify("Labas!\nAr girdite?")).toEqual([{ text: "Labas!\nAr girdite?", address: "" }]);
  });

  test("the full stop after an address belongs to the sentence", () => {
    expect(linkify("See https://example.org/a?b=1. Thanks")).toEqual([
      { text: "See ", address: "" },
      { text: "https://example.org/a?b=1", address: "https://example.org/a?b=1" },
      { text: ". Thanks", address: "" },
    ]);
  });

  test("a bracket around an address is not part of it, one inside it is", () => {
    expect(addresses("(https://example.org/a)")).toEqual(["https://example.org/a"]);
    expect(addresses("https://example.org/Heat_(physics), too")).toEqual(["https://example.org/Heat_(physics)"]);
  });

  test("nothing is lost, whatever is written", () => {
    for (const text of ["https://", "a https://x.y https://z.w/ü b", "https://[", ""]) {
      expect(linkify(text).map((piece) => piece.text).join("")).toBe(text);
    }
  });

  test("only addresses of the web become links", () => {
    expect(addresses("javascript:alert(1) data:text/html,x mailto:a@b.c")).toEqual([]);
  });
});
