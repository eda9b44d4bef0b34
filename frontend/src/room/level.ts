// The level of a microphone, from 0 (silence) to 20; and the test sound of the speaker.
export const STEPS = 20;

/** From -60 dBFS (0) to -10 dBFS (20). */
export function stepsOf(samples: Float32Array): number {
  const sum = samples.reduce((total, sample) => total + sample * sample, 0);
  const decibels = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-12);
  return Math.max(0, Math.min(STEPS, Math.round(((decibels + 60) / 50) * STEPS)));
}

export class LevelMeter {
  /** Null where the browser has no AudioContext or no output device: then every level is 0. */
  private readonly audio = audioContext();
  private readonly analyser = this.audio?.createAnalyser();
  private readonly samples = new Float32Array(1024);
  private source: MediaStreamAudioSourceNode | null = null;
  private track: MediaStreamTrack | null = null;

  constructor() {
    if (this.analyser) this.analyser.fftSize = this.samples.length;
  }

    listen(track: MediaStreamTrack | null): void {
    if (track === this.track) return;
    this.source?.disconnect();
    this.track = track;
    this.source = (track && this.audio?.createMediaStreamSource(new MediaStream([track]))) ?? null;
    if (this.analyser) this.source?.connect(this.analyser);
  }

  get level(): number {
    if (!this.track || !this.audio || !this.analyser) return 0;
    // Browsers start an AudioContext only after a user gesture.
    if (this.audio.state === "suspended") void this.audio.resume().catch(() => undefined); // closed meanwhile
    this.analyser.getFloatTimeDomainData(this.samples);
    return stepsOf(this.samples);
  }

  close(): void {
    this.listen(null);
    void this.audio?.close();
  }
}

function audioContext(): AudioContext | null {
  try {
    return new AudioContext();
  } catch {
    return null;
  }
}

/** Three rising notes on the chosen speaker. */
export async function playNotes(speaker: string): Promise<void> {
  const audio = new AudioContext();
  if (speaker && "setSinkId" in audio) await (audio as AudioContext & { setSinkId: (id: string) => Promise<void> }).setSinkId(speaker).catch(() => undefined);
  await audio.resume();
  [523.25, 659.25, 783.99].forEach((pitch, place) => note(audio, pitch, audio.currentTime + 0.05 + place * 0.35));
  await new Promise((resolve) => setTimeout(resolve, 1_300));
  await audio.close();
}

function note(audio: AudioContext, pitch: number, at: number): void {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.25, at + 0.03);
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.33);
  tone.connect(volume).connect(audio.destination);
  tone.start(at);
  tone.stop(at + 0.35);
}
