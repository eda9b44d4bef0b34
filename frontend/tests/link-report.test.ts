import { beforeEach, describe, expect, it } from "vitest";
import type { LinkTotals } from "../src/room/link-quality";
import { LinkReporter, REPORT_EVERY, type Rated } from "../src/room/link-report";

let reporter: LinkReporter;
let now: number;

const totals = (received: number, lost = 0, more = {}): LinkTotals => new Map([["one", { received, lost, roundTrip: 0.05, bytes: received * 100, jitter: 0.01, isRelayed: false, ...more }]]);

const GOOD: Rated = { quality: "good", isFar: false, isMissing: false, isAway: false };

/** Looks every two seconds until a report is due. */
function minute(at: (look: number) => LinkTotals, rated: (look: number) => Partial<Rated> = () => ({})): ReturnType<LinkReporter["take"]> {
  for (let look = 0; look < 40; look += 1) {
    reporter.look((now += 2_000), at(look), { ...GOOD, ...rated(look) });
    const report = reporter.take();
    if (report) return report;
  }
  return null;
}

beforeEach(() => {
  [reporter, now] = [new LinkReporter(), 0];
});

describe("a report", () => {
  it("is what came in a minute, not what came before", () => {
    const none = { weak_seconds: 0, poor_seconds: 0, far_seconds: 0, missing_seconds: 0, away_seconds: 0 };
    const first = minute((look) => totals(100 * (look + 1), look));
    expect(first).toEqual({ seconds: REPORT_EVERY / 1000, received: 3_000, lost: 30, bytes_received: 300_000, jitter_ms: 10, round_trip_ms: 50, ...none, relayed: false });
    const second = minute((look) => totals(3_100 + 10 * (look + 1), 30));
    expect(second).toMatchObject({ seconds: 60, received: 300, lost: 0 });
  });

  it("says for how long it was weak, poor or far, the longest times, and whether a relay was needed at all", () => {
    const report = minute((look) => totals(look, 0, look === 7 ? { jitter: 0.2, roundTrip: 0.9, isRelayed: true } : {}), (look) => ({ quality: look < 3 ? "poor" : look < 8 ? "weak" : "good", isFar: look === 5 }));
    expect(report).toMatchObject({ jitter_ms: 200, round_trip_ms: 900, relayed: true, poor_seconds: 4, weak_seconds: 10, far_seconds: 2 });
  });

  it("starts again from the counts of a new connection", () => {
    const report = minute((look) => totals(look < 10 ? 1_000 + look : look - 10));
    expect(report).toMatchObject({ seconds: 60, received: 30 });
  });

  it("does not count again what came before a camera was turned off", () => {
    const report = minute((look) => totals(180_000 + 100 * look + (look < 15 ? 1_000_000 + 500 * look : 0), look < 15 ? 9_000 : 1_000));
    expect(report).toMatchObject({ received: 14 * 600 + 16 * 100, lost: 0 });
  });

  it("does not count again what came before a sender was away for a look", () => {
    const report = minute((look) => (look === 10 ? new Map([["two", { received: 1, lost: 0, roundTrip: 0 }]]) : totals(1_000_000 + 100 * look, 20_000)));
    expect(report).toMatchObject({ received: 3_000, lost: 0 });
  });

  it("is not made of time in which nothing could be measured", () => {
    expect(minute(() => new Map())).toBeNull();
    expect(minute(() => totals(9_000))).toBeNull(); // others are here, and send nothing
    now += 3_600_000; // the tab was asleep
    expect(minute((look) => totals(9_000 + look))).toMatchObject({ seconds: 60, received: 30 });
  });

  it("tells how long what others send did not arrive", () => {
    expect(minute(() => totals(0), () => ({ isMissing: true }))).toMatchObject({ seconds: 60, missing_seconds: 60, received: 0 });
  });

  it("tells how long the media server was away", () => {
    expect(minute(() => new Map(), () => ({ isAway: true, isMissing: true }))).toMatchObject({ seconds: 60, away_seconds: 60, missing_seconds: 0, received: 0, relayed: null });
  });

  it("waits until it can be sent", () => {
    for (let look = 0; look < 35; look += 1) reporter.look((now += 2_000), totals(look), GOOD);
    expect([reporter.take()?.seconds, reporter.take()]).toEqual([68, null]);
  });
});
