// Notices that somebody speaks while their microphone is muted. What it hears stays in this browser.
import { LevelMeter } from "./level";

const LOUD = 9; // of the meter's 20 steps: speech close to the microphone, not a keyboard or a fan
const LATEST = 8; // levels, a quarter of a second each
const LOUD_OF_LATEST = 5;
export const AGAIN_AFTER = 60_000;

/** Speech lasts: most of the latest levels are loud. Tells once, and again after a minute at the earliest. */
export class SpeechDetector {
  private latest: boolean[] = [];
  private told = -Infinity;

  /** Whether this level is the one to tell of; `now` in milliseconds. */
  hears(level: number, now: number): boolean {
    this.latest = [...this.latest, level >= LOUD].slice(-LATEST);
    if (this.latest.filter(Boolean).length < LOUD_OF_LATEST || now - this.told < AGAIN_AFTER) return false;
    this.told = now;
    return true;
  }

  forget(): void {
    this.latest = [];
  }
}

export class MutedSpeech {
  private readonly detector = new SpeechDetector();
  private meter: LevelMeter | null = null;
  private muted: MediaStreamTrack | null = null;
  /** A muted track is silent in this page, too; its copy is not. */
  private copy: MediaStreamTrack | null = null;

  /** To be called each quarter of a second; null while there is no muted microphone. */
  isSpeaking(muted: MediaStreamTrack | null): boolean {
    if (muted !== this.muted) this.listen(muted);
    if (!muted) return false;
    return this.detector.hears(this.meter?.level ?? 0, performance.now());
  }

  close(): void {
    this.listen(null);
    this.meter?.close();
    this.meter = null;
  }

  private listen(muted: MediaStreamTrack | null): void {
    this.copy?.stop();
    this.detector.forget();
    this.muted = muted;
    this.copy = muted?.clone() ?? null;
    if (this.copy) {
      this.copy.enabled = true;
      this.meter ??= new LevelMeter();
    }
    this.meter?.listen(this.copy);
  }
}
