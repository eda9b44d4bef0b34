import { beforeEach, describe, expect, it } from "vitest";
import type { LinkTotals } from "../src/room/link-quality";
import { LinkReporter, REPORT_EVERY } from "../src/room/link-report";

let reporter: LinkReporter;
let now: number;

const totals = (received: number, lost = 0, more = {}): LinkTotals => new Map([["one", { received, lost, roundTrip: 0.05, bytes: received * 100, jitter: 0.01, isRelayed: false, ...more }]]);

/** Looks every two seconds until a report is due. */
function minute(at: (look: number) => LinkTotals, quality: "good" | "weak" | "poor" = "good", isAway = false): ReturnType<LinkReporter["look"]> {
  for (let look = 0; look < 40; look += 1) {
    const report = reporter.look((now += 2_000), at(look), quality, isAway);
    if (report) return report;
  }
  return null;
}

beforeEach(() => {
  [reporter, now] = [new LinkReporter(), 0];
});

describe("a report", () => {
  it("is what came in a minute, not what came before", () => {
    const first = minute((look) => totals(100 * (look + 1), look));
    expect(first).toEqual({ seconds: REPORT_EVERY / 1000, received: 3_000, lost: 30, bytes_received: 300_000, jitter_ms: 10, round_trip_ms: 50, quality: "good", away_seconds: 0, relayed: false });
    const second = minute((look) => totals(3_100 + 10 * (look + 1), 30), "weak");
    expect(second).toMatchObject({ seconds: 60, received: 300, lost: 0, quality: "weak" });
  });

  it("says the worst, and whether a relay was needed at all", () => {
    const report = minute((look) => totals(look, 0, look === 7 ? { jitter: 0.2, roundTrip: 0.9, isRelayed: true } : {}), "poor");
    expect(report).toMatchObject({ jitter_ms: 200, round_trip_ms: 900, relayed: true, quality: "poor" });
  });

  it("counts a new connection from its beginning", () => {
    const report = minute((look) => totals(look < 10 ? 1_000 + look : look - 10));
    expect(report?.received).toBe(9 + 20);
  });

  it("is not made of time in which nothing could be measured", () => {
    expect(minute(() => new Map())).toBeNull();
    now += 3_600_000; // the tab was asleep
    expect(minute((look) => totals(9_000 + look))).toMatchObject({ seconds: 60, received: 30 });
  });

  it("tells how long the media server was away", () => {
    expect(minute(() => new Map(), "good", true)).toMatchObject({ seconds: 60, away_seconds: 60, received: 0, relayed: null });
  });
});
