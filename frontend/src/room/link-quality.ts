// How good the connection is, from what arrives; and whether pictures of others are given up so that sound stays clear.

export type Quality = "good" | "weak" | "poor";

/** Since a connection was made: packets, and the longest present round trip in seconds. */
export interface SenderTotals {
  received: number;
  lost: number;
  roundTrip: number | null;
  bytes?: number;
  /** The longest present one, in seconds. */
  jitter?: number;
  isRelayed?: boolean;
}

/** By sender: what only one of them loses is lost on that one's way, not on one's own. */
export type LinkTotals = ReadonlyMap<string, SenderTotals>;

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
  arePicturesPaused = false;
  private readonly loss = new SteadyLevel();
  private readonly delay = new SteadyLevel();
  private before: LinkTotals = new Map();
  private goodSince: number | null = null;
  private pause = PICTURES_AFTER;
  private resumedAt = -Infinity;
  private insistedAt = -Infinity;

  get level(): Quality {
    return worst([this.loss.level, this.delay.level]);
  }

  get isFar(): boolean {
    return this.delay.level !== "good";
  }

  /** Fewer or smaller pictures would help; a long way gets no shorter by them. */
  get losesPackets(): boolean {
    return this.loss.level !== "good";
  }

  /** `now` in milliseconds. Returns whether something changed. */
  look(now: number, totals: LinkTotals): boolean {
    const before = this.inWords();
    const rated = [...totals].map(([sender, total]) => ratingOf(this.before.get(sender), total)).filter((rating) => rating !== null);
    // Without pictures, and while nobody speaks, nothing arrives that could tell: then they are tried again.
    const untold = this.arePicturesPaused ? "good" : null;
    this.loss.rate(ofMost(rated.map(({ loss }) => loss)) ?? untold);
    this.delay.rate(ofMost(rated.map(({ delay }) => delay)) ?? untold);
    this.before = totals;
    this.pauseOrResume(now);
    return this.inWords() !== before;
  }

  /** For new connections, and after a time without looks. */
  reset(): void {
    this.before = new Map();
    this.loss.forget();
    this.delay.forget();
  }

  /** The person wants pictures all the same. */
  insist(now: number): void {
    this.arePicturesPaused = false;
    this.insistedAt = now;
  }

  private inWords(): string {
    return `${this.loss.level} ${this.delay.level} ${this.arePicturesPaused}`;
  }

  private pauseOrResume(now: number): void {
    if (this.loss.level === "poor") {
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

/** Follows ratings, and not every single one. */
class SteadyLevel {
  level: Quality = "good";
  private others: Quality[] = [];

  rate(rating: Quality | null): void {
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

  forget(): void {
    this.others = [];
  }

  private change(level: Quality): void {
    this.level = level;
    this.others = [];
  }
}

const worst = (ratings: readonly Quality[]): Quality => ratings.reduce((one, other) => (RANK[other] > RANK[one] ? other : one));
const mildest = (ratings: readonly Quality[]): Quality => ratings.reduce((one, other) => (RANK[other] < RANK[one] ? other : one));

/** What more than half of the senders have, or worse; null without any. */
function ofMost(ratings: readonly Quality[]): Quality | null {
  const fromGood = [...ratings].sort((one, other) => RANK[one] - RANK[other]);
  return fromGood[Math.floor((ratings.length - 1) / 2)] ?? null;
}

/** Null when too little arrived to tell, or counts began anew. */
function ratingOf(before: SenderTotals | undefined, { received, lost, roundTrip }: SenderTotals): Record<"loss" | "delay", Quality> | null {
  if (!before || received < before.received) return null;
  const gone = Math.max(0, lost - before.lost);
  const all = received - before.received + gone;
  if (all < FEWEST_PACKETS) return null;
  const loss = gone / all;
  const lossy = loss > POOR_LOSS ? "poor" : "weak";
  return { loss: loss > WEAK.loss ? lossy : "good", delay: (roundTrip ?? 0) > WEAK.roundTrip ? "weak" : "good" };
}

// ---- from the statistics of WebRTC ------------------------------------------------------------------------

interface Stats {
  type: string;
  packetsReceived?: number;
  packetsLost?: number;
  bytesReceived?: number;
  jitter?: number;
  nominated?: boolean;
  localCandidateId?: string;
  remoteCandidateId?: string;
  currentRoundTripTime?: number;
}

function isRelayed(report: RTCStatsReport, { localCandidateId, remoteCandidateId }: Stats): boolean {
  return [localCandidateId, remoteCandidateId].some((id) => id !== undefined && (report.get(id) as { candidateType?: string } | undefined)?.candidateType === "relay");
}

/** Of one sender, whose tracks may come over several reports. */
export function totalsOf(reports: Iterable<RTCStatsReport>): SenderTotals {
  const totals: SenderTotals & { bytes: number; jitter: number } = { received: 0, lost: 0, roundTrip: null, bytes: 0, jitter: 0 };
  for (const report of reports) {
    report.forEach((stats: Stats) => {
      if (stats.type === "inbound-rtp") {
        totals.received += stats.packetsReceived ?? 0;
        totals.lost += stats.packetsLost ?? 0;
        totals.bytes += stats.bytesReceived ?? 0;
        totals.jitter = Math.max(totals.jitter, stats.jitter ?? 0);
      }
      if (stats.type === "candidate-pair" && stats.nominated) totals.isRelayed = totals.isRelayed === true || isRelayed(report, stats);
      if (stats.type === "candidate-pair" && stats.nominated && stats.currentRoundTripTime !== undefined) totals.roundTrip = Math.max(totals.roundTrip ?? 0, stats.currentRoundTripTime);
    });
  }
  return totals;
}
