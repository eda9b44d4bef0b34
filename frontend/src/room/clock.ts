// The server's time, as well as this device can tell it: the device's own clock may be minutes wrong, or be set meanwhile.

/** Milliseconds by which a new measurement may differ from what is known before it is the one to trust. */
const TOLERANCE = 2_000;

export class ServerClock {
  /** Server time minus the steady clock's; null until the server has told its time. */
  private offset: number | null = null;
  private precision = Infinity;

  constructor(
    private readonly steady: () => number = () => performance.now(),
    private readonly device: () => number = () => Date.now(),
  ) {}

  /**
   * The server's time in an answer that took `took` milliseconds. The answer that came fastest is the most exact one;
   * the steady clock may stand still while the device sleeps, so an offset that no longer fits is replaced.
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
