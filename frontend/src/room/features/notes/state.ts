// Whether attendees of a webinar may read the meeting's notes. What is written is in the editor alone.
import type { FromSnapshot, Reducers, State } from "../../state";

const unchanged = (state: State): State => state;

/** A project room has several meetings: an event may be about another than the present one. */
export const reducers: Reducers<"notes" | "notes.shown" | "notes.updated" | "notes.cursors" | "notes.stale"> = {
  notes: (state, { notes_shown }) => ({ ...state, areNotesShown: notes_shown }),
  "notes.shown": (state, { meeting, on }) => (state.room?.meeting === meeting ? { ...state, areNotesShown: on } : state),
  "notes.updated": unchanged,
  "notes.cursors": unchanged,
  "notes.stale": unchanged,
};

export const withSnapshot: FromSnapshot = (state, snapshot) => ({ ...state, areNotesShown: snapshot.notes_shown });
