// How good the connection is, from what arrives; and whether pictures of others are given up so that sound stays clear.

export type Quality = "good" | "weak" | "poor";

/** Since the connections were made: packets, and the longest present round trip in seconds. */
export interface LinkTotals {
  received: number;
  lost: number;
  roundTrip: number | null;
}

export const NO_TOTALS: LinkTotals = { received: 0, lost: 0, roundTrip: null };

const FEWEST_PACKETS = 20;
// Opus conceals a loss of some 4 % unheard and of 12 % badly. A long way makes talking hard (ITU-T G.114), but gets no
// shorter with fewer pictures.
const WEAK = { loss: 0.04, roundTrip: 0.4 };
const POOR_LOSS = 0.12;
/** Looks in a row that change the level, for worse and for better. */
const WORSE_AFTER = 3;
const BETTER_AFTER = 5;
/** Milliseconds of a connection that is not poor until pictures come back; doubled when that was too early. */
const PICTURES_AFTER = 20_000;
const LONGEST_PAUSE = 160_000;
const TOO_EARLY = 60_000;
/** Milliseconds in which pictures that a person asked for are not given up again. */
const INSISTED_FOR = 120_000;

const RANK: Record<Quality, number> = { good: 0, weak: 1, poor: 2 };

export class LinkQuality {
  level: Quality = "good";
  arePicturesPaused = false;
  private before: LinkTotals | null = null;
  private others: Quality[] = [];
  private goodSince: number | null = null;
  private pause = PICTURES_AFTER;
  private resumedAt = -Infinity;
  private insistedAt = -Infinity;

  /** `now` in milliseconds. Returns whether something changed. */
  look(now: number, totals: LinkTotals): boolean {
    const before = `${this.level} ${this.arePicturesPaused}`;
    // Without pictures, and while nobody speaks, nothing arrives that could tell: then they are tried again.
    this.rate(ratingOf(this.before, totals) ?? (this.arePicturesPaused ? "good" : null));
    this.before = totals;
    this.pauseOrResume(now);
    return `${this.level} ${this.arePicturesPaused}` !== before;
  }

  /** For new connections, and after a time without looks. */
  reset(): void {
    this.before = null;
    this.others = [];
  }

  /** The person wants pictures all the same. */
  insist(now: number): void {
    this.arePicturesPaused = false;
    this.insistedAt = now;
  }

  private rate(rating: Quality | null): void {
    if (rating === null) return;
    if (rating === this.level) {
      this.others = [];
      return;
    }
    this.others.push(rating);
    const worse = this.others.filter((one) => RANK[one] > RANK[this.level]);
    const better = this.others.filter((one) => RANK[one] < RANK[this.level]);
    if (worse.length >= WORSE_AFTER) this.change(mildest(worse));
    else if (better.length >= BETTER_AFTER) this.change(worst(better));
  }

  private change(level: Quality): void {
    this.level = level;
    this.others = [];
  }

  private pauseOrResume(now: number): void {
    if (this.level === "poor") {
      this.goodSince = null;
      if (this.arePicturesPaused || now - this.insistedAt < INSISTED_FOR) return;
      this.pause = now - this.resumedAt < TOO_EARLY ? Math.min(LONGEST_PAUSE, this.pause * 2) : PICTURES_AFTER;
      this.arePicturesPaused = true;
      return;
    }
    this.goodSince ??= now;
    if (!this.arePicturesPaused || now - this.goodSince < this.pause) return;
    this.arePicturesPaused = false;
    this.resumedAt = now;
  }
}

const worst = (ratings: readonly Quality[]): Quality => ratings.reduce((one, other) => (RANK[other] > RANK[one] ? other : one));
const mildest = (ratings: readonly Quality[]): Quality => ratings.reduce((one, other) => (RANK[other] < RANK[one] ? other : one));

/** Null when too little arrived to tell, or counts began anew. */
function ratingOf(before: LinkTotals | null, { received, lost, roundTrip }: LinkTotals): Quality | null {
  if (!before || received < before.received) return null;
  const gone = Math.max(0, lost - before.lost);
  const all = received - before.received + gone;
  if (all < FEWEST_PACKETS) return null;
  const loss = gone / all;
  if (loss > POOR_LOSS) return "poor";
  return loss > WEAK.loss || (roundTrip ?? 0) > WEAK.roundTrip ? "weak" : "good";
}

// ---- from the statistics of WebRTC ------------------------------------------------------------------------

interface Stats {
  type: string;
  packetsReceived?: number;
  packetsLost?: number;
  nominated?: boolean;
  currentRoundTripTime?: number;
}

export function totalsOf(reports: Iterable<RTCStatsReport>): LinkTotals {
  let { received, lost, roundTrip } = NO_TOTALS;
  for (const report of reports) {
    report.forEach((stats: Stats) => {
      if (stats.type === "inbound-rtp") {
        received += stats.packetsReceived ?? 0;
        lost += stats.packetsLost ?? 0;
      }
      if (stats.type === "candidate-pair" && stats.nominated && stats.currentRoundTripTime !== undefined) roundTrip = Math.max(roundTrip ?? 0, stats.currentRoundTripTime);
    });
  }
  return { received, lost, roundTrip };
}
