// What the service keeps of a connection: sums of a minute, sent once, and nothing of what is said or shown.
import type { LinkTotals, Quality, SenderTotals } from "./link-quality";
import type { MediaReport } from "./protocol.generated";

/** Milliseconds between two reports. */
export const REPORT_EVERY = 60_000;
/** Milliseconds between two looks after which the tab was asleep: what lies between was not seen. */
const ASLEEP = 15_000;
const RANK: readonly Quality[] = ["good", "weak", "poor"];

type Report = Omit<MediaReport, "do">;

const nothing = (): Report => ({ seconds: 0, received: 0, lost: 0, bytes_received: 0, jitter_ms: 0, round_trip_ms: 0, quality: "good", away_seconds: 0, relayed: null });

export class LinkReporter {
  private sums = nothing();
  private seconds = 0;
  private away = 0;
  private before: LinkTotals = new Map();
  private lookedAt: number | null = null;

  /** A look, every two seconds or so; `now` in milliseconds. Returns a report when one is due. */
  look(now: number, totals: LinkTotals, quality: Quality, isAway: boolean): Report | null {
    const passed = this.lookedAt === null ? null : now - this.lookedAt;
    this.lookedAt = now;
    if (passed !== null && passed <= ASLEEP) this.add(passed / 1000, totals, quality, isAway);
    this.before = totals;
    return this.seconds * 1000 >= REPORT_EVERY ? this.take() : null;
  }

  private add(seconds: number, totals: LinkTotals, quality: Quality, isAway: boolean): void {
    if (totals.size === 0 && !isAway) return; // alone, or nobody sends: there is nothing to measure
    const { sums } = this;
    this.seconds += seconds;
    if (isAway) this.away += seconds;
    if (RANK.indexOf(quality) > RANK.indexOf(sums.quality)) sums.quality = quality;
    for (const [sender, total] of totals) this.addSender(this.before.get(sender), total);
  }

  /** Counts that began anew are those of a new connection. */
  private addSender(known: SenderTotals | undefined, total: SenderTotals): void {
    const { sums } = this;
    const before = known && known.received <= total.received ? known : { received: 0, lost: 0, bytes: 0 };
    sums.received += total.received - before.received;
    sums.lost += Math.max(0, total.lost - before.lost);
    sums.bytes_received += Math.max(0, (total.bytes ?? 0) - (before.bytes ?? 0));
    sums.jitter_ms = Math.max(sums.jitter_ms, Math.round((total.jitter ?? 0) * 1000));
    sums.round_trip_ms = Math.max(sums.round_trip_ms, Math.round((total.roundTrip ?? 0) * 1000));
    if (total.isRelayed !== undefined) sums.relayed = sums.relayed === true || total.isRelayed;
  }

  private take(): Report {
    const most = (value: number, limit: number): number => Math.min(limit, Math.round(value));
    const { sums } = this;
    const report = { ...sums, seconds: most(this.seconds, 120), away_seconds: most(this.away, 120), jitter_ms: most(sums.jitter_ms, 60_000), round_trip_ms: most(sums.round_trip_ms, 60_000) };
    [this.sums, this.seconds, this.away] = [nothing(), 0, 0];
    return report;
  }
}
