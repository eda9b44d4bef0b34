import { describe, expect, it } from "vitest";
import { STEPS, stepsOf } from "../src/room/level";
import { layout, initials } from "../src/room/recorder";

const tone = (loudness: number): Float32Array => Float32Array.from({ length: 1024 }, (_sample, place) => Math.sin(place / 3) * loudness);

describe("the microphone's level", () => {
  it("is zero in silence, low for a whisper, full for a shout", () => {
    expect(stepsOf(new Float32Array(1024))).toBe(0);
    expect(stepsOf(tone(0.01))).toBeGreaterThan(3);
    expect(stepsOf(tone(0.01))).toBeLessThan(9);
    expect(stepsOf(tone(1))).toBe(STEPS);
  });
});

describe("the recorded picture", () => {
  const people = (count: number): { isScreen: boolean }[] => Array.from({ length: count }, () => ({ isScreen: false }));

  it.each([1, 2, 3, 5, 9, 12])("holds %i people side by side, inside its edges", (count) => {
    const boxes = layout(people(count)).map(([, box]) => box);
    expect(boxes).toHaveLength(count);
    for (const box of boxes) {
      expect(box.x + box.width).toBeLessThanOrEqual(1280);
      expect(box.y + box.height).toBeLessThanOrEqual(720);
      expect(box.width).toBeGreaterThan(200);
    }
  });

  it("gives a shared screen most of the space", () => {
    const [first] = layout([...people(2), { isScreen: true }]);
    expect(first?.[0].isScreen).toBe(true);
    expect(first?.[1].width).toBeGreaterThan(1000);
  });
});

describe("initials", () => {
  it("come from the first two words, in any alphabet", () => {
    expect(initials("Žygimantas Vaitkūnas")).toBe("ŽV");
    expect(initials("  åsa  ")).toBe("Å");
    expect(initials("")).toBe("");
  });
});
