// Seconds as text.

/** `12:40`, and `1:02:40` from an hour on. */
export function formatSeconds(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0;
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** `#t=500` as in W3C Media Fragments; also `#t=8:20`. Null for any other fragment. */
export function secondsOf(hash: string): number | null {
  const match = /^#t=(\d+(?::\d{1,2}){0,2})$/.exec(hash);
  if (!match?.[1]) return null;
  return match[1].split(":").reduce((seconds, part) => seconds * 60 + Number(part), 0);
}

/** The last of ascending `starts` that is not after `now`; -1 before the first. */
export function indexAt(starts: readonly number[], now: number): number {
  let found = -1;
  for (const [place, start] of starts.entries()) {
    if (start > now + 0.25) break;
    found = place;
  }
  return found;
}

/** Fills the placeholders of `%1 of %2`. */
export function filled(sentence: string, ...words: string[]): string {
  return sentence.replace(/%(\d)/g, (_whole, place: string) => words[Number(place) - 1] ?? "");
}
