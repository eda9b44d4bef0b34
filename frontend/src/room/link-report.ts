// What the service keeps of a connection: sums of a minute, sent once, and nothing of what is said or shown.
import type { LinkTotals, Quality, SenderTotals } from "./link-quality";
import type { MediaReport } from "./protocol.generated";

/** Milliseconds between two reports. */
export const REPORT_EVERY = 60_000;
/** Milliseconds between two looks after which the tab was asleep: what lies between was not seen. */
const ASLEEP = 15_000;

type Report = Required<Omit<MediaReport, "do">>;

/** What the person was told at a look; `isMissing`: something that others send does not arrive. */
export interface Rated {
  quality: Quality;
  isFar: boolean;
  isMissing: boolean;
  isAway: boolean;
}

const nothing = (): Report => ({
  seconds: 0,
  received: 0,
  lost: 0,
  bytes_received: 0,
  jitter_ms: 0,
  round_trip_ms: 0,
  weak_seconds: 0,
  poor_seconds: 0,
  far_seconds: 0,
  missing_seconds: 0,
  away_seconds: 0,
  relayed: null,
});

export class LinkReporter {
  private sums = nothing();
  private before: LinkTotals = new Map();
  private lookedAt: number | null = null;

  /** A look, every two seconds or so; `now` in milliseconds. */
  look(now: number, totals: LinkTotals, rated: Rated): void {
    const passed = this.lookedAt === null ? null : now - this.lookedAt;
    this.lookedAt = now;
    if (passed !== null && passed <= ASLEEP) this.add(passed / 1000, totals, rated);
    this.before = totals;
  }

  /** The report, once when it is due. */
  take(): Report | null {
    const { sums } = this;
    if (sums.seconds * 1000 < REPORT_EVERY) return null;
    this.sums = nothing();
    const most = (value: number, limit: number): number => Math.min(limit, Math.round(value));
    return {
      ...sums,
      seconds: most(sums.seconds, 120),
      weak_seconds: most(sums.weak_seconds, 120),
      poor_seconds: most(sums.poor_seconds, 120),
      far_seconds: most(sums.far_seconds, 120),
      missing_seconds: most(sums.missing_seconds, 120),
      away_seconds: most(sums.away_seconds, 120),
      jitter_ms: most(sums.jitter_ms, 60_000),
      round_trip_ms: most(sums.round_trip_ms, 60_000),
    };
  }

  /** A look at which nothing came, and nothing was to come, measures nothing. */
  private add(seconds: number, totals: LinkTotals, { quality, isFar, isMissing, isAway }: Rated): void {
    const { sums } = this;
    const packets = sums.received + sums.lost;
    for (const [sender, total] of totals) this.addSender(this.before.get(sender), total);
    if (sums.received + sums.lost === packets && !isMissing && !isAway) return;
    sums.seconds += seconds;
    if (quality === "weak") sums.weak_seconds += seconds;
    if (quality === "poor") sums.poor_seconds += seconds;
    if (isFar) sums.far_seconds += seconds;
    if (isAway) sums.away_seconds += seconds;
    else if (isMissing) sums.missing_seconds += seconds;
  }

  /** The counts of a new connection, or of fewer tracks than before, are what the next look starts from. */
  private addSender(before: SenderTotals | undefined, total: SenderTotals): void {
    if (!before || total.received < before.received) return;
    const { sums } = this;
    sums.received += total.received - before.received;
    sums.lost += Math.max(0, total.lost - before.lost);
    sums.bytes_received += Math.max(0, (total.bytes ?? 0) - (before.bytes ?? 0));
    sums.jitter_ms = Math.max(sums.jitter_ms, Math.round((total.jitter ?? 0) * 1000));
    sums.round_trip_ms = Math.max(sums.round_trip_ms, Math.round((total.roundTrip ?? 0) * 1000));
    if (total.isRelayed !== undefined) sums.relayed = sums.relayed === true || total.isRelayed;
  }
}
