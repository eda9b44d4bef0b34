// The timer that a host has started.
import type { FromSnapshot, Reducers } from "../../state";
import type { Timer } from "../../protocol.generated";

/** Milliseconds for which it stays once the time is up. */
export const STAYS = 60_000;

export const reducers: Reducers<"timer.started" | "timer.stopped"> = {
  "timer.started": (state, { seconds, ends_at, label, person }) => ({ ...state, timer: { seconds, ends_at, label, person } }),
  "timer.stopped": (state) => ({ ...state, timer: null }),
};

export const withSnapshot: FromSnapshot = (state, snapshot) => ({ ...state, timer: snapshot.timer });

/** Whole seconds, rounded up; 0 once the time is up. */
export function secondsLeft(timer: Timer, now: number): number {
  return Math.max(0, Math.ceil((Date.parse(timer.ends_at) - now) / 1_000));
}

export function isOver(timer: Timer, now: number): boolean {
  return now - Date.parse(timer.ends_at) > STAYS;
}

/** What is announced when the time left goes from one number of seconds to another. */
export function announcement(before: number, left: number): "minute" | "up" | null {
  if (before > 0 && left === 0) return "up";
  return before > 60 && left <= 60 ? "minute" : null;
}
