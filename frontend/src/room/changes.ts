// Changes of the room's state that several reducers share.
import type { ParticipantInfo, RoomInfo, PersonRef } from "./protocol.generated";
import type { Note, State } from "./state";

export function withRoom(state: State, change: Partial<RoomInfo>): State {
  return state.room ? { ...state, room: { ...state.room, ...change } } : state;
}

const DEFAULTS = { on_stage: false, hand_raised_at: null, microphone: false, camera: false, screen: false, connections: [], breakout: null };

/** Changes a person in the list, and in `you` if it is oneself. */
export function withPerson(state: State, person: PersonRef, change: Partial<ParticipantInfo>): State {
  const people = new Map(state.people);
  people.set(person.id, { ...DEFAULTS, ...people.get(person.id), ...person, ...change });
  const you = state.you?.id === person.id ? { ...state.you, ...change } : state.you;
  return { ...state, people, you };
}

/** Adds a line about an event to the messages. */
export function withNote(state: State, event: { seq: number; ev: Note["what"]; at: string }, name = "", detail = ""): State {
  const note: Note = { kind: "note", id: event.seq, what: event.ev, name, at: event.at, detail };
  return { ...state, lines: [...state.lines, note] };
}
