import { describe, expect, it } from "vitest";
import { AGAIN_AFTER, SpeechDetector } from "../src/room/muted-speech";

const LOUD = 12;
const QUIET = 3;

/** At which places of the levels, a quarter of a second each, it tells. */
function told(detector: SpeechDetector, levels: number[], from = 0): number[] {
  return levels.flatMap((level, place) => (detector.hears(level, from + place * 250) ? [place] : []));
}

describe("speaking while muted", () => {
  it("is told once somebody has spoken for more than a second", () => {
    expect(told(new SpeechDetector(), Array.from({ length: 20 }, () => LOUD))).toEqual([4]);
  });

  it("is not told for a cough, a knock or a room that is never silent", () => {
    expect(told(new SpeechDetector(), [LOUD, LOUD, QUIET, QUIET, QUIET, QUIET, QUIET, QUIET, LOUD, LOUD])).toEqual([]);
    expect(told(new SpeechDetector(), Array.from({ length: 40 }, () => QUIET))).toEqual([]);
  });

  it("is told with the pauses that speech has", () => {
    expect(told(new SpeechDetector(), [LOUD, LOUD, QUIET, LOUD, LOUD, QUIET, LOUD])).toEqual([6]);
  });

  it("is told again after a minute at the earliest", () => {
    const detector = new SpeechDetector();
    const levels = Array.from({ length: 8 }, () => LOUD);
    expect(told(detector, levels)).toHaveLength(1);
    expect(told(detector, levels, AGAIN_AFTER - 3_000)).toHaveLength(0);
    expect(told(detector, levels, AGAIN_AFTER + 1_000)).toHaveLength(1);
  });

  it("forgets what it heard before the microphone was turned on and off", () => {
    const detector = new SpeechDetector();
    expect(told(detector, [LOUD, LOUD, LOUD, LOUD])).toEqual([]);
    detector.forget();
    expect(told(detector, [LOUD, LOUD, LOUD, LOUD])).toEqual([]);
  });
});
