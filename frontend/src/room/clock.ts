// The server's time. The clock of a device may be minutes wrong, or be changed meanwhile.

/** Milliseconds by which a measurement may differ before it replaces the offset. */
const TOLERANCE = 2_000;

export class ServerClock {
  /** Server time minus `steady`; null until the first measurement. */
  private offset: number | null = null;
  private precision = Infinity;

  constructor(
    private readonly steady: () => number = () => performance.now(),
    private readonly device: () => number = () => Date.now(),
  ) {}

  /**
   * `at` is the server's time in a reply that took `took` milliseconds. The fastest reply is the most precise;
   * performance.now() may stop while the device sleeps, so an offset that no longer fits is replaced.
   */
  sync(at: string, took: number): void {
    const offset = Date.parse(at) + took / 2 - this.steady();
    if (Number.isNaN(offset)) return;
    const isOff = this.offset !== null && Math.abs(offset - this.offset) > took / 2 + TOLERANCE;
    if (this.offset !== null && !isOff && took >= this.precision) return;
    this.offset = offset;
    this.precision = took;
  }

  /** Milliseconds since 1970, as `Date.now()`. */
  now(): number {
    return this.offset === null ? this.device() : this.offset + this.steady();
  }
}

/** `5:00`, `0:09`, `1:00:00`. */
export function inDigits(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (number: number): string => String(number).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
