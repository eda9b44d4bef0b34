// Notices media that does not arrive. The state of a connection is not enough: a connected one may carry nothing.
import type { ReceivedCounts } from "./media-transport";
import type { ParticipantInfo } from "./protocol.generated";
import type { TrackKind } from "./signals";

export type MissingMedia = "audio" | "video" | "both";

export interface Recovery {
  person: string;
  /** Whether to connect anew, because restarting ICE did not help. */
  anew: boolean;
}

export interface ReceiveReport {
  missing: ReadonlyMap<string, MissingMedia>;
  recover: readonly Recovery[];
}

/** Milliseconds. Gaps of one or two seconds are normal. */
export const CHECK_EVERY = 2_000;
const SILENT_FOR = 6_000;
const RECOVER_AGAIN_AFTER = 6_000;
const LONGEST_PAUSE = 60_000;
/** After so many recoveries the sender is at fault: only the warning remains. */
const MOST_ATTEMPTS = 6;

interface Flow {
  count: number;
  movedAt: number;
}

interface Attempt {
  count: number;
  next: number;
}

export class ReceiveMonitor {
  private readonly flows = new Map<string, Flow>();
  private readonly attempts = new Map<string, Attempt>();

  /** `now` is from performance.now(); `people` are those whose media should arrive, with what has arrived. */
  check(now: number, people: readonly (readonly [ParticipantInfo, ReceivedCounts])[]): ReceiveReport {
    this.dropOthers(people);
    const missing = new Map<string, MissingMedia>();
    for (const [person, received] of people) {
      const kinds = expectedOf(person).filter((kind) => this.isSilent(now, person.id, kind, received.get(kind) ?? 0));
      if (kinds.length > 0) missing.set(person.id, missingMedia(kinds));
      else this.attempts.delete(person.id);
    }
    return { missing, recover: [...missing.keys()].flatMap((person) => this.recovery(now, person)) };
  }

  /** Call after a time without checks. */
  reset(): void {
    this.flows.clear();
  }

  /**
   * A shared screen that does not change sends almost nothing; audio and camera always send. A count that falls to zero
   * is that of a new connection.
   */
  private isSilent(now: number, person: string, kind: TrackKind, count: number): boolean {
    const key = `${person} ${kind}`;
    const known = this.flows.get(key);
    if (count !== known?.count) {
      const movedAt = known && count === 0 ? known.movedAt : now;
      this.flows.set(key, { count, movedAt });
      return now - movedAt >= SILENT_FOR;
    }
    if (kind === "screen" && count > 0) return false;
    return now - known.movedAt >= SILENT_FOR;
  }

  private recovery(now: number, person: string): Recovery[] {
    const attempt = this.attempts.get(person) ?? { count: 0, next: now };
    if (now < attempt.next || attempt.count >= MOST_ATTEMPTS) return [];
    const pause = Math.min(LONGEST_PAUSE, RECOVER_AGAIN_AFTER * 2 ** attempt.count);
    this.attempts.set(person, { count: attempt.count + 1, next: now + pause });
    return [{ person, anew: attempt.count > 0 }];
  }

  private dropOthers(people: readonly (readonly [ParticipantInfo, ReceivedCounts])[]): void {
    const expected = new Set(people.flatMap(([person]) => expectedOf(person).map((kind) => `${person.id} ${kind}`)));
    for (const key of this.flows.keys()) if (!expected.has(key)) this.flows.delete(key);
    const here = new Set(people.map(([person]) => person.id));
    for (const person of this.attempts.keys()) if (!here.has(person)) this.attempts.delete(person);
  }
}

function expectedOf(person: ParticipantInfo): TrackKind[] {
  const { microphone, camera, screen } = person;
  return (["microphone", "camera", "screen"] as const).filter((kind) => ({ microphone, camera, screen })[kind]);
}

function missingMedia(kinds: readonly TrackKind[]): MissingMedia {
  if (!kinds.includes("microphone")) return "video";
  return kinds.length > 1 ? "both" : "audio";
}
