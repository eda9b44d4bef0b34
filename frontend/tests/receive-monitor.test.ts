import { describe, expect, it } from "vitest";
import { ReceiveMonitor, CHECK_EVERY, type ReceiveReport } from "../src/room/receive-monitor";
import type { ReceivedCounts } from "../src/room/media-transport";
import type { ParticipantInfo } from "../src/room/protocol.generated";
import type { TrackKind } from "../src/room/signals";

const person = (more: Partial<ParticipantInfo> = {}): ParticipantInfo => ({
  id: "p2",
  name: "Person",
  company: "",
  role: "host",
  on_stage: true,
  hand_raised_at: null,
  microphone: true,
  camera: true,
  screen: false,
  breakout: null,
  connections: ["c2"],
  ...more,
});

type Counts = Partial<Record<TrackKind, number>>;

function looking(): (looks: number, counts: (look: number) => Counts, who?: ParticipantInfo) => ReceiveReport[] {
  const watch = new ReceiveMonitor();
  let now = 0;
  return (looks, counts, who = person()) =>
    Array.from({ length: looks }, (_look, place) => {
      const received: ReceivedCounts = new Map(Object.entries(counts(place)) as [TrackKind, number][]);
      return watch.check((now += CHECK_EVERY), [[who, received]]);
    });
}

const missing = (findings: ReceiveReport[]): (string | undefined)[] => findings.map((found) => found.missing.get("p2"));
const healed = (findings: ReceiveReport[]): boolean[] => findings.flatMap((found) => found.recover.map(({ anew }) => anew));

describe("media that arrives", () => {
  it("is not reported", () => {
    const found = looking()(20, (look) => ({ microphone: look * 9_000, camera: look * 40 }));
    expect(missing(found).filter(Boolean)).toEqual([]);
    expect(healed(found)).toEqual([]);
  });

  it("is not expected from a person with microphone and camera off", () => {
    expect(missing(looking()(10, () => ({}), person({ microphone: false, camera: false }))).filter(Boolean)).toEqual([]);
  });

  it("may be a screen that does not change, once it was shown", () => {
    const screen = person({ camera: false, screen: true });
    expect(missing(looking()(10, (look) => ({ microphone: look, screen: 3 }), screen)).filter(Boolean)).toEqual([]);
    expect(missing(looking()(10, (look) => ({ microphone: look, screen: 0 }), screen)).at(-1)).toBe("video");
  });
});

describe("media that does not arrive", () => {
  it("is noticed after six seconds, by kind", () => {
    expect(missing(looking()(4, () => ({})))).toEqual([undefined, undefined, undefined, "both"]);
    expect(missing(looking()(4, (look) => ({ microphone: look })))).toEqual([undefined, undefined, undefined, "video"]);
    expect(missing(looking()(4, (look) => ({ camera: look })))).toEqual([undefined, undefined, undefined, "audio"]);
  });

  it("leads to an ICE restart first, then to new connections with growing pauses, a limited number of times", () => {
    const found = looking()(200, () => ({ microphone: 5, camera: 0 }));
    expect(healed(found)).toEqual([false, true, true, true, true, true]);
    expect(missing(found).at(-1)).toBe("both");
  });

  it("is missing until it arrives: a new connection that counts from zero has nothing yet", () => {
    const look = looking();
    look(2, (place) => ({ microphone: 1_000 + place, camera: 10 + place }));
    expect(missing(look(4, () => ({ microphone: 1_001, camera: 11 }))).at(-1)).toBe("both");
    expect(missing(look(2, () => ({ microphone: 0, camera: 0 }))).at(-1)).toBe("both");
    expect(missing(look(1, () => ({ microphone: 400, camera: 3 })))).toEqual([undefined]);
  });
});
