// The room's state and its reducers: one immutable value, no socket, no page.
import { withNote, withPerson, withRoom } from "./changes";
import * as breakouts from "./features/breakouts/state";
import * as chat from "./features/chat/state";
import type { Pending, ChatLine } from "./features/chat/state";
import * as hands from "./features/hands/state";
import * as notes from "./features/notes/state";
import * as polls from "./features/polls/state";
import * as premiere from "./features/premiere/state";
import * as project from "./features/project/state";
import * as questions from "./features/questions/state";
import * as reactions from "./features/reactions/state";
import * as liveText from "./features/realtime_text/state";
import * as slides from "./features/slides/state";
import * as interpretation from "./features/interpretation/state";
import * as agenda from "./features/agenda/state";
import * as resources from "./features/resources/state";
import * as timer from "./features/timer/state";
import type { Breakouts, ChatSwitches, Own, OwnBallot, ParticipantInfo, PollInfo, RoomEvent, RoomInfo, Snapshot, PersonRef, Timer, You } from "./protocol.generated";

export type Link = "connecting" | "open" | "reconnecting" | "closed";
export type CloseReason = "left" | "removed" | "denied" | "no_entry" | "signed_out" | "locked" | "too_fast" | "breakout_over" | "ended" | "";

export interface Note {
  kind: "note";
  id: number;
  what: "stage.joined" | "stage.left" | "meeting.started" | "meeting.ended" | "meeting.extended" | "meeting.moved" | "meeting.cancelled" | "recording.started" | "recording.stopped" | "recording.skipped";
  name: string;
  at: string;
  detail: string;
}

export type Line = ChatLine | Note;

export type EventName = RoomEvent["ev"];
export type EventOf<Name extends EventName> = Extract<RoomEvent, { ev: Name }>;
/** A reducer for each of these events. */
export type Reducers<Name extends EventName> = { [Each in Name]: (state: State, event: EventOf<Each>) => State };

export interface State {
  link: Link;
  closeReason: CloseReason;
  you: You | null;
  room: RoomInfo | null;
  seq: number;
  lines: readonly Line[];
  hasEarlier: boolean;
  people: ReadonlyMap<string, ParticipantInfo>;
  waiting: readonly PersonRef[];
  count: number;
  /** The person whom a host shows large to everybody. */
  spotlight: string | null;
  /** The order in which hosts have put the people on stage; empty until one has. */
  stageOrder: readonly string[];
  timer: Timer | null;
  agenda: agenda.Agenda;
  resources: resources.Resources;
  areNotesShown: boolean;
  projectChanges: number;
  interpretation: interpretation.Channels;
  listening: interpretation.Listening;
  liveText: liveText.LiveText;
  slides: slides.Slides;
  films: premiere.Films;
  /** Open ones, or for hosts prepared ones. */
  breakouts: Breakouts | null;
  pending: readonly Pending[];
  pinned: readonly ChatLine[];
  chat: ChatSwitches;
  questions: questions.Questions;
  /** The open one first, then the newest. */
  polls: readonly PollInfo[];
  hasMorePolls: boolean;
  /** The own ones, by poll. */
  ballots: ReadonlyMap<string, OwnBallot>;
  /** Events after this number are missing. */
  missingAfter: number | null;
}

export const INITIAL_STATE: State = {
  link: "connecting",
  closeReason: "",
  you: null,
  room: null,
  seq: 0,
  lines: [],
  hasEarlier: false,
  people: new Map(),
  waiting: [],
  count: 0,
  spotlight: null,
  stageOrder: [],
  timer: null,
  agenda: [],
  resources: [],
  areNotesShown: false,
  projectChanges: 0,
  interpretation: [],
  listening: interpretation.NOT_LISTENING,
  liveText: liveText.NO_LIVE_TEXT,
  slides: slides.NO_SLIDES,
  films: premiere.NO_FILMS,
  breakouts: null,
  pending: [],
  pinned: [],
  chat: chat.INITIAL_SWITCHES,
  questions: questions.NO_QUESTIONS,
  polls: [],
  hasMorePolls: false,
  ballots: new Map(),
  missingAfter: null,
};

export function reduce(state: State, event: RoomEvent): State {
  if (event.ev === "welcome" || event.ev === "admitted") return entered(state, event);
  if (!("seq" in event) || event.ev === "resync") return applied(state, event);
  // The waiting room gets only some of the events: there are gaps between their numbers.
  if (state.you?.admission === "waiting") return applied(state, event);
  if (event.seq <= state.seq) return state;
  if (event.seq > state.seq + 1) return { ...state, missingAfter: state.seq };
  return { ...applied(state, event), seq: event.seq, missingAfter: null };
}

/** Applies the events of a `since` reply; those with known numbers are skipped. */
export function withMissed(state: State, missed: readonly RoomEvent[], complete: boolean): State {
  const next = missed.reduce(reduce, { ...state, missingAfter: null });
  return { ...next, missingAfter: complete ? null : next.seq };
}

// ---- joining ---------------------------------------------------------------------------------------------

type Entered = Extract<RoomEvent, { ev: "welcome" | "admitted" }>;

function entered(state: State, event: Entered): State {
  const here: State = { ...state, link: "open", you: event.you, room: event.room, missingAfter: null };
  const { snapshot, own } = event;
  if (snapshot === null || own === null) return here;
  const people = peopleOf(snapshot, event.you);
  const next: State = { ...here, people, waiting: snapshot.waiting, count: snapshot.count, spotlight: snapshot.spotlight, stageOrder: snapshot.stage_order };
  if (event.ev === "welcome" && event.missed && state.room !== null) {
    const known = event.missed.reduce(withoutPeople, next);
    return withFeatures({ ...known, missingAfter: known.seq < event.seq ? known.seq : null }, snapshot, own);
  }
  return withFeatures({ ...chat.withSnapshot(next, snapshot, own), seq: event.seq }, snapshot, own);
}

/** The snapshot is newer than the missed events: these change only the messages, not people or room. */
function withoutPeople(state: State, event: RoomEvent): State {
  const { you, room, people, waiting, count, spotlight, stageOrder } = state;
  return { ...reduce(state, event), you, room, people, waiting, count, spotlight, stageOrder };
}

/** Takes a feature's part of the state from the snapshot, and from what only the receiver sees. */
export type FromSnapshot = (state: State, snapshot: Snapshot, own: Own) => State;

/** Of the features whose part of the state is replaced by each snapshot. */
const FEATURE_SNAPSHOTS: readonly FromSnapshot[] = [chat.withSettings, questions.fromSnapshot, polls.withSnapshot, timer.withSnapshot, liveText.withSnapshot, slides.withSnapshot, breakouts.withSnapshot, agenda.withSnapshot, resources.withSnapshot, notes.withSnapshot, interpretation.withSnapshot, premiere.withSnapshot];

function withFeatures(state: State, snapshot: Snapshot, own: Own): State {
  return FEATURE_SNAPSHOTS.reduce((next, take) => take(next, snapshot, own), state);
}

function peopleOf(snapshot: Snapshot, you: You): Map<string, ParticipantInfo> {
  const people = new Map<string, ParticipantInfo>();
  for (const person of [...snapshot.hands, ...snapshot.stage]) people.set(person.id, person);
  if (you.admission === "admitted") people.set(you.id, { ...you, ...people.get(you.id) });
  return people;
}

// ---- reducers ------------------------------------------------------------------------------------------

const unchanged = (state: State): State => state;

/** Of all features in features/. */
const FEATURE_REDUCERS = { ...chat.reducers, ...hands.reducers, ...polls.reducers, ...questions.reducers, ...reactions.reducers, ...timer.reducers, ...liveText.reducers, ...slides.reducers, ...breakouts.reducers, ...agenda.reducers, ...resources.reducers, ...notes.reducers, ...project.reducers, ...interpretation.reducers, ...premiere.reducers };

const OWN_REDUCERS: Reducers<Exclude<EventName, "welcome" | "admitted" | keyof typeof FEATURE_REDUCERS>> = {
  "stage.joined": (state, event) => withNote(stageJoined(state, event.person), event, event.person.name),
  "stage.left": (state, event) => withNote(stageLeft(state, event.person), event, event.person.name),
  "stage.ordered": (state, event) => ({ ...state, stageOrder: event.people }),
  "stage.spotlighted": (state, event) => ({ ...state, spotlight: event.person?.id ?? null }),
  "meeting.started": (state, event) => withNote(withRoom(state, { state: "live", meeting: event.meeting, started_at: event.at, closes_at: event.closes_at }), event),
  "meeting.extended": (state, event) => withNote(extended(state, event), event, "", event.until),
  "meeting.ended": (state, event) => withNote(meetingEnded(state, event.meeting), event),
  "meeting.moved": (state, event) => withNote(moved(state, event), event, "", event.starts_at),
  "meeting.cancelled": (state, event) => withNote(meetingEnded(state, event.meeting), event, "", event.reason),
  "meeting.waiting_room": (state, event) => (state.room?.meeting === event.meeting ? withRoom(state, { lobby: event.on }) : state),
  "room.locked": (state, event) => withRoom(state, { locked: event.on }),
  "meeting.closing": (state, event) => withRoom(state, { closes_at: event.closes_at }),
  "recording.started": (state, event) => withNote(withRoom(state, { recording: true, recording_planned: false }), event),
  "recording.stopped": (state, event) => withNote(withRoom(state, { recording: false }), event),
  "recording.skipped": (state, event) => (state.room?.meeting === event.meeting ? withNote(withRoom(state, { recording_planned: false }), event) : state),
  presence: (state, event) => presenceChanged(state, event.count, event.joined, event.left),
  person: (state, event) => withPerson(state, event.person, event.person),
  lobby: (state, event) => ({ ...state, waiting: event.waiting }),
  you: (state, event) => ({ ...withPerson(state, event.you, presentOf(event.you)), you: event.you }),
  resync: (state) => ({ ...state, missingAfter: state.seq }),
  "mute.requested": unchanged,
  "floor.given": unchanged,
  signal: unchanged,
  withheld: unchanged,
  going_away: unchanged,
};

const REDUCERS: Reducers<Exclude<EventName, "welcome" | "admitted">> = { ...OWN_REDUCERS, ...FEATURE_REDUCERS };

/** Skips events that this page does not know, from a newer server. */
function applied(state: State, event: Exclude<RoomEvent, Entered>): State {
  const reducer = REDUCERS[event.ev] as ((state: State, event: RoomEvent) => State) | undefined;
  return reducer ? reducer(state, event) : state;
}

/** A project room stays open; there the event may also be about another meeting than the present one. */
function meetingEnded(state: State, meeting: string): State {
  if (state.room?.meeting !== meeting) return state;
  return withRoom(state, state.room.kind === "project" ? { started_at: null, recording: false } : { state: "ended", recording: false });
}

/** In an order that a host has chosen, a new one comes last. */
function stageJoined(state: State, person: PersonRef): State {
  const others = state.stageOrder.filter((id) => id !== person.id);
  const stageOrder = state.stageOrder.length === 0 ? state.stageOrder : [...others, person.id];
  return { ...withPerson(state, person, { on_stage: true, hand_raised_at: null }), stageOrder };
}

function stageLeft(state: State, person: PersonRef): State {
  const next = { ...withPerson(state, person, { on_stage: false }), stageOrder: state.stageOrder.filter((id) => id !== person.id) };
  return state.spotlight === person.id ? { ...next, spotlight: null } : next;
}

function extended(state: State, event: { meeting: string; until: string; closes_at: string }): State {
  return state.room?.meeting === event.meeting ? withRoom(state, { ends_at: event.until, closes_at: event.closes_at }) : state;
}

function moved(state: State, event: { meeting: string; starts_at: string; ends_at: string }): State {
  return state.room?.meeting === event.meeting ? withRoom(state, { starts_at: event.starts_at, ends_at: event.ends_at }) : state;
}

function presentOf(you: You): ParticipantInfo {
  const { id, name, company, role, on_stage, hand_raised_at, microphone, camera, screen, connections, breakout } = you;
  return { id, name, company, role, on_stage, hand_raised_at, microphone, camera, screen, connections, breakout };
}

function presenceChanged(state: State, count: number, joined: readonly ParticipantInfo[], left: readonly string[]): State {
  const people = new Map(state.people);
  for (const id of left) if (id !== state.you?.id) people.delete(id);
  for (const person of joined) people.set(person.id, person);
  return { ...state, people, count };
}

// ---- changes without an event ----------------------------------------------------------------------------

/** Who is removed while they wait has been denied. */
export function withLink(state: State, link: Link, closeReason: CloseReason = ""): State {
  const isDenied = closeReason === "removed" && state.you?.admission === "waiting";
  return { ...state, link, closeReason: isDenied ? "denied" : closeReason };
}

/** Adds people of `people.list`. */
export function withPeople(state: State, people: readonly ParticipantInfo[]): State {
  const known = new Map(people.map((person) => [person.id, person]));
  return { ...state, people: new Map([...known, ...state.people]) };
}

// ---- selectors -------------------------------------------------------------------------------------------

export { isHost } from "./roles";

export function may(state: State, command: string): boolean {
  return state.you?.may.includes(command) ?? false;
}

/** After the end nobody speaks any more. */
export function mayMuteAll(state: State): boolean {
  return may(state, "stage.mute") && state.count > 1 && state.room?.state !== "ended";
}

/** In a webinar the people on stage; in a meeting everybody. In the order of the hosts, else oneself first, then by name. */
export function stage(state: State): ParticipantInfo[] {
  const shown = [...state.people.values()].filter((person) => isShown(state, person));
  if (state.stageOrder.length > 0) return shown.sort((a, b) => placeIn(state, a) - placeIn(state, b) || numberOf(a) - numberOf(b));
  return shown.sort((a, b) => Number(b.id === state.you?.id) - Number(a.id === state.you?.id) || a.name.localeCompare(b.name));
}

/** Those whom no host has put in order come after the others, whoever was in the room first. */
function placeIn(state: State, person: ParticipantInfo): number {
  const place = state.stageOrder.indexOf(person.id);
  return place < 0 ? state.stageOrder.length : place;
}

function numberOf(person: ParticipantInfo): number {
  return Number(person.id.replace(/^\D+/, ""));
}

/** "nobody": the meeting is live, and nobody is on stage. */
export function stageShows(state: State): "people" | "nobody" | "waiting" {
  if (stage(state).length > 0) return "people";
  return state.room?.state === "live" ? "nobody" : "waiting";
}

function isShown(state: State, person: ParticipantInfo): boolean {
  if (breakouts.isAway(state, person)) return false;
  if (state.room?.is_webinar) return person.on_stage;
  return person.id === state.you?.id || person.connections.length > 0;
}

export function mayPublish(state: State): boolean {
  if (state.you?.admission !== "admitted" || state.room?.state === "ended") return false;
  return !state.room?.is_webinar || state.you.on_stage;
}

/** In the waiting room of a meeting devices can be prepared. */
export function mayPrepare(state: State): boolean {
  return state.you?.admission === "waiting" && state.room?.is_webinar === false && state.room.state !== "ended";
}

/** The connections that this one exchanges media with: id → person. */
export function remoteConnections(state: State): Map<string, string> {
  const remote = new Map<string, string>();
  for (const person of stage(state)) {
    if (person.id === state.you?.id) continue;
    for (const connection of person.connections) remote.set(connection, person.id);
  }
  return remote;
}
