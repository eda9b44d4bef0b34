// What the reducers of several features do to the room's state.
import type { ParticipantInfo, RoomInfo, PersonRef } from "./protocol.generated";
import type { Note, State } from "./state";

export function withRoom(state: State, change: Partial<RoomInfo>): State {
  return state.room ? { ...state, room: { ...state.room, ...change } } : state;
}

const NOTHING_SHOWN = { on_stage: false, hand_raised_at: null, microphone: false, camera: false, screen: false, connections: [] };

/** What is known of a person who is here, oneself too. */
export function withPerson(state: State, person: PersonRef, change: Partial<ParticipantInfo>): State {
  const people = new Map(state.people);
  people.set(person.id, { ...NOTHING_SHOWN, ...people.get(person.id), ...person, ...change });
  const you = state.you?.id === person.id ? { ...state.you, ...change } : state.you;
  return { ...state, people, you };
}

/** A line among the messages that says what happened in the room. */
export function withNote(state: State, event: { seq: number; ev: Note["what"]; at: string }, name = "", detail = ""): State {
  const note: Note = { kind: "note", id: event.seq, what: event.ev, name, at: event.at, detail };
  return { ...state, lines: [...state.lines, note] };
}
