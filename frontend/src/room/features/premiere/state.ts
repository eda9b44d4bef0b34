// The film on the stage, and where everybody's player should be.
import type { Film, Premiere } from "../../protocol.generated";
import type { FromSnapshot, Reducers, State } from "../../state";

export interface Films {
  premiere: Premiere | null;
  /** Those chosen for the meeting; null while they are not loaded. */
  chosen: readonly Film[] | null;
}

export const NO_FILMS: Films = { premiere: null, chosen: null };

export const reducers: Reducers<"premiere.changed" | "premiere.stopped"> = {
  "premiere.changed": (state, { premiere }) => ({ ...state, films: { ...state.films, premiere } }),
  "premiere.stopped": (state) => ({ ...state, films: { ...state.films, premiere: null } }),
};

export const withSnapshot: FromSnapshot = (state, snapshot) => ({ ...state, films: { premiere: snapshot.premiere, chosen: null } });

export const withChosen = (state: State, chosen: readonly Film[]): State => ({ ...state, films: { ...state.films, chosen } });

// ---- in step ---------------------------------------------------------------------------------------------------

/** Seconds from the beginning; `now` is the server's time. */
export function positionAt({ film, is_playing, position, as_of }: Premiere, now: number): number {
  const gone = is_playing ? (now - Date.parse(as_of)) / 1_000 : 0;
  return Math.min(film.seconds, Math.max(0, position + gone));
}

/** Seconds: what nobody notices. */
const IN_STEP = 0.1;
/** Seconds: more than this cannot be caught up with by playing faster, and is jumped over. */
const JUMPS_FROM = 0.7;
const FASTEST = 0.08;

export interface Correction {
  jumpsTo: number | null;
  rate: number;
}

/** How a player that is at `position` comes to where it should be. Slightly faster or slower is not heard; a jump is. */
export function correctionOf(target: number, position: number): Correction {
  const behind = target - position;
  if (Math.abs(behind) >= JUMPS_FROM) return { jumpsTo: target, rate: 1 };
  const change = Math.abs(behind) <= IN_STEP ? 0 : Math.max(-FASTEST, Math.min(FASTEST, behind / 4));
  return { jumpsTo: null, rate: 1 + change };
}
