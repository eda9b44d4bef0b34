// The sound that tells hosts that somebody is in the waiting room: two notes, made here. The choice is kept in the browser.
import { readItem, writeItem } from "../storage";

const STORAGE_KEY = "room-knock";
const NOTES = [660, 880]; // Hz
const LASTS = 0.18; // seconds each
const LOUDNESS = 0.12;

export function isKnockOn(): boolean {
  return readItem("localStorage", STORAGE_KEY) !== "off";
}

export function setKnockOn(on: boolean): void {
  writeItem("localStorage", STORAGE_KEY, on ? "on" : "off");
}

/** Silent where the browser has no AudioContext, or no device. */
export async function knock(): Promise<void> {
  if (!isKnockOn()) return;
  let audio: AudioContext;
  try {
    audio = new AudioContext();
  } catch {
    return;
  }
  for (const [place, pitch] of NOTES.entries()) note(audio, pitch, audio.currentTime + place * LASTS);
  await new Promise((resolve) => setTimeout(resolve, 1_000 * LASTS * (NOTES.length + 1)));
  await audio.close().catch(() => undefined);
}

function note(audio: AudioContext, pitch: number, at: number): void {
  const [tone, volume] = [audio.createOscillator(), audio.createGain()];
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(LOUDNESS, at);
  volume.gain.exponentialRampToValueAtTime(0.001, at + LASTS);
  tone.connect(volume).connect(audio.destination);
  tone.start(at);
  tone.stop(at + LASTS);
}
