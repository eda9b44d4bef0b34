// What the room is, as one value that events change. No socket, no page: everything here can be tried with plain data.
import type { Message, Present, RoomEvent, RoomState, Snapshot, Someone, You } from "./protocol";

export type Link = "connecting" | "open" | "reconnecting" | "closed";
export type Ending = "left" | "removed" | "denied" | "no_entry" | "signed_out" | "too_fast" | "ended" | "";

export interface Said {
  kind: "said";
  id: number;
  from: Someone;
  text: string;
  at: string;
  isTakenBack: boolean;
}

export interface Note {
  kind: "note";
  id: number;
  what: "stage.joined" | "stage.left" | "meeting.started" | "meeting.ended" | "meeting.extended" | "meeting.moved" | "meeting.cancelled" | "recording.started" | "recording.stopped";
  name: string;
  at: string;
  detail: string;
}

export type Line = Said | Note;

/** A message of one's own that the room has not confirmed yet. */
export interface Pending {
  /** Its client id: the room answers with it, and says a message once however often it is sent. */
  key: string;
  text: string;
  isRefused: boolean;
}

export interface State {
  link: Link;
  ending: Ending;
  you: You | null;
  room: RoomState | null;
  seq: number;
  lines: readonly Line[];
  hasEarlier: boolean;
  people: ReadonlyMap<string, Present>;
  waiting: readonly Someone[];
  count: number;
  pending: readonly Pending[];
  /** Events before this number are known to be missing; ask for them. */
  missingAfter: number | null;
}

export const BEGINNING: State = {
  link: "connecting",
  ending: "",
  you: null,
  room: null,
  seq: 0,
  lines: [],
  hasEarlier: false,
  people: new Map(),
  waiting: [],
  count: 0,
  pending: [],
  missingAfter: null,
};

export function reduce(state: State, event: RoomEvent): State {
  if (event.ev === "welcome" || event.ev === "admitted") return entered(state, event);
  if (!("seq" in event) || event.ev === "resync") return passing(state, event);
  if (event.seq <= state.seq) return state;
  if (event.seq > state.seq + 1) return { ...state, missingAfter: state.seq };
  return { ...durable(state, event), seq: event.seq, missingAfter: null };
}

/** Events that were asked for: those already known are passed over by their number. */
export function caughtUp(state: State, missed: readonly RoomEvent[], complete: boolean): State {
  const next = missed.reduce(reduce, { ...state, missingAfter: null });
  return { ...next, missingAfter: complete ? null : next.seq };
}

// ---- coming in -------------------------------------------------------------------------------------------

type Entered = Extract<RoomEvent, { ev: "welcome" | "admitted" }>;

function entered(state: State, event: Entered): State {
  const here: State = { ...state, link: "open", you: event.you, room: event.room, missingAfter: null };
  const { snapshot } = event;
  if (snapshot === null) return here;
  const people = peopleOf(snapshot, event.you);
  const next: State = { ...here, people, waiting: snapshot.waiting, count: snapshot.count };
  if (event.ev === "welcome" && event.missed && state.room !== null) {
    const known = event.missed.reduce(withoutPeople, next);
    return { ...known, missingAfter: known.seq < event.seq ? known.seq : null };
  }
  return { ...withMessages(next, snapshot), seq: event.seq };
}

/** The snapshot is newer than what was missed: of the old events only what was said counts, not who stood where. */
function withoutPeople(state: State, event: RoomEvent): State {
  const { you, room, people, waiting, count } = state;
  return { ...reduce(state, event), you, room, people, waiting, count };
}

function peopleOf(snapshot: Snapshot, you: You): Map<string, Present> {
  const people = new Map<string, Present>();
  for (const person of [...snapshot.hands, ...snapshot.stage]) people.set(person.id, person);
  if (you.admission === "admitted") people.set(you.id, { ...you, ...people.get(you.id) });
  return people;
}

function withMessages(state: State, snapshot: Snapshot): State {
  const lines = snapshot.messages.map(said);
  return { ...state, lines, hasEarlier: snapshot.earlier, pending: unsaid(state, snapshot.messages) };
}

/** Pending messages that are not among these: the text tells nothing, because the server may have cleaned it. */
function unsaid(state: State, messages: readonly Message[]): readonly Pending[] {
  const own = new Set(messages.filter(({ from }) => from.id === state.you?.id).map((message) => message.client_id));
  return state.pending.some(({ key }) => own.has(key)) ? state.pending.filter(({ key }) => !own.has(key)) : state.pending;
}

function said(message: Message): Said {
  const isTakenBack = message.deleted === true;
  return { kind: "said", id: message.id, from: message.from, text: isTakenBack ? "" : message.text, at: message.at, isTakenBack };
}

/** A page of older messages, fetched on request, before those that are there. */
export function withEarlier(state: State, messages: readonly Message[], hasEarlier: boolean): State {
  const first = firstLine(state);
  const older = messages.filter((message) => message.id < first).map(said);
  return { ...state, lines: [...older, ...state.lines], hasEarlier };
}

export function firstLine(state: State): number {
  return state.lines[0]?.id ?? state.seq + 1;
}

// ---- what is numbered ------------------------------------------------------------------------------------

type DurableEvent = Exclude<Extract<RoomEvent, { seq: number }>, Entered | { ev: "resync" }>;

function durable(state: State, event: DurableEvent): State {
  switch (event.ev) {
    case "chat.message":
      return heard(state, event);
    case "chat.deleted":
      return { ...state, lines: state.lines.map((line) => takenBack(line, event.message)) };
    case "hand.raised":
      return changed(state, event.person, { hand_raised_at: event.at });
    case "hand.lowered":
      return changed(state, event.person, { hand_raised_at: null });
    case "stage.joined":
      return noted(changed(state, event.person, { on_stage: true, hand_raised_at: null }), event, event.person.name);
    case "stage.left":
      return noted(changed(state, event.person, { on_stage: false }), event, event.person.name);
    case "meeting.started":
      return noted(ofRoom(state, { state: "live", meeting: event.meeting, started_at: event.at, closes_at: event.closes_at ?? null }), event);
    case "meeting.extended":
      return noted(extended(state, event), event, "", event.until);
    case "meeting.ended":
      return noted(over(state, event.meeting), event);
    case "meeting.moved":
      return noted(moved(state, event), event, "", event.starts_at);
    case "meeting.cancelled":
      return noted(over(state, event.meeting), event, "", event.reason);
    case "recording.started":
      return noted(ofRoom(state, { recording: true }), event);
    case "recording.stopped":
      return noted(ofRoom(state, { recording: false }), event);
  }
}

function heard(state: State, message: Message): State {
  return { ...state, lines: [...state.lines, said(message)], pending: unsaid(state, [message]) };
}

function takenBack(line: Line, message: number): Line {
  return line.kind === "said" && line.id === message ? { ...line, text: "", isTakenBack: true } : line;
}

function noted(state: State, event: { seq: number; ev: Note["what"]; at: string }, name = "", detail = ""): State {
  const note: Note = { kind: "note", id: event.seq, what: event.ev, name, at: event.at, detail };
  return { ...state, lines: [...state.lines, note] };
}

function ofRoom(state: State, change: Partial<RoomState>): State {
  return state.room ? { ...state, room: { ...state.room, ...change } } : state;
}

/** A project room stays open when a meeting in it ends; and a room may hear of another meeting than its present one. */
function over(state: State, meeting: string): State {
  if (state.room?.meeting !== meeting) return state;
  return ofRoom(state, state.room.kind === "project" ? { started_at: null, recording: false } : { state: "ended", recording: false });
}

function extended(state: State, event: { meeting: string; until: string; closes_at: string }): State {
  return state.room?.meeting === event.meeting ? ofRoom(state, { ends_at: event.until, closes_at: event.closes_at }) : state;
}

function moved(state: State, event: { meeting: string; starts_at: string; ends_at: string }): State {
  return state.room?.meeting === event.meeting ? ofRoom(state, { starts_at: event.starts_at, ends_at: event.ends_at }) : state;
}

const NOTHING_SHOWN = { on_stage: false, hand_raised_at: null, microphone: false, camera: false, screen: false, connections: [] };

function changed(state: State, person: Someone, change: Partial<Present>): State {
  const people = new Map(state.people);
  people.set(person.id, { ...NOTHING_SHOWN, ...people.get(person.id), ...person, ...change });
  const you = state.you?.id === person.id ? { ...state.you, ...change } : state.you;
  return { ...state, people, you };
}

// ---- what passes -----------------------------------------------------------------------------------------

function passing(state: State, event: RoomEvent): State {
  switch (event.ev) {
    case "meeting.closing":
      return ofRoom(state, { closes_at: event.closes_at });
    case "presence":
      return cameAndWent(state, event.count, event.joined ?? [], event.left ?? []);
    case "person":
      return changed(state, event.person, event.person);
    case "lobby":
      return { ...state, waiting: event.waiting };
    case "you":
      return { ...changed(state, event.you, presentOf(event.you)), you: event.you };
    case "resync":
      return { ...state, missingAfter: state.seq };
    default:
      return state;
  }
}

function presentOf(you: You): Present {
  const { id, name, company, role, on_stage, hand_raised_at, microphone, camera, screen, connections } = you;
  return { id, name, company, role, on_stage, hand_raised_at, microphone, camera, screen, connections };
}

function cameAndWent(state: State, count: number, joined: readonly Present[], left: readonly string[]): State {
  const people = new Map(state.people);
  for (const id of left) if (id !== state.you?.id) people.delete(id);
  for (const person of joined) people.set(person.id, person);
  return { ...state, people, count };
}

// ---- what one does oneself -------------------------------------------------------------------------------

export function linked(state: State, link: Link, ending: Ending = ""): State {
  return { ...state, link, ending };
}

/** The list of who is here, read in small rooms where everybody stands on the stage. */
export function introduced(state: State, people: readonly Present[]): State {
  const known = new Map(people.map((person) => [person.id, person]));
  return { ...state, people: new Map([...known, ...state.people]) };
}

export function wrote(state: State, pending: Pending): State {
  return { ...state, pending: [...state.pending.filter((waiting) => waiting.key !== pending.key), pending] };
}

export function withdrew(state: State, key: string): State {
  return { ...state, pending: state.pending.filter((waiting) => waiting.key !== key) };
}

// ---- what the page asks ----------------------------------------------------------------------------------

export const isHost = (person: Someone | null): boolean => person?.role === "host" || person?.role === "co_host";

export function may(state: State, command: string): boolean {
  return state.you?.may.includes(command) ?? false;
}

/** In a webinar those on the stage; in a meeting everybody who is here. Oneself first, then by name. */
export function stage(state: State): Present[] {
  const shown = [...state.people.values()].filter((person) => isShown(state, person));
  return shown.sort((a, b) => Number(b.id === state.you?.id) - Number(a.id === state.you?.id) || a.name.localeCompare(b.name));
}

/** Live with nobody on the stage: started from outside of the room, or everybody has left it. The head says LIVE then. */
export function stageShows(state: State): "people" | "nobody" | "waiting" {
  if (stage(state).length > 0) return "people";
  return state.room?.state === "live" ? "nobody" : "waiting";
}

function isShown(state: State, person: Present): boolean {
  if (state.room?.is_webinar) return person.on_stage;
  return person.id === state.you?.id || person.connections.length > 0;
}

export function mayPublish(state: State): boolean {
  if (state.you?.admission !== "admitted" || state.room?.state === "ended") return false;
  return !state.room?.is_webinar || state.you.on_stage;
}

/** In the lobby of a meeting in which all speak: sound and picture can be set up, and go nowhere yet. */
export function mayPrepare(state: State): boolean {
  return state.you?.admission === "waiting" && state.room?.is_webinar === false && state.room.state !== "ended";
}

export function hands(state: State): Present[] {
  const raised = [...state.people.values()].filter((person) => person.hand_raised_at !== null);
  return raised.sort((a, b) => (a.hand_raised_at ?? "").localeCompare(b.hand_raised_at ?? ""));
}

/** Every other connection on the stage: those that this one exchanges sound and picture with. */
export function remoteConnections(state: State): Map<string, string> {
  const remote = new Map<string, string>();
  for (const person of stage(state)) {
    if (person.id === state.you?.id) continue;
    for (const connection of person.connections) remote.set(connection, person.id);
  }
  return remote;
}
