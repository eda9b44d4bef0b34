// Written by `manage.py write_live_protocol` from the registered live features: change it there.

/** A message; `id` is the `seq` of its event, `client_id` the one of `chat.send`. */
export interface Message {
  id: number;
  from: PersonRef;
  text: string;
  at: string;
  client_id: string | null;
}

/** What only the receiver sees. Each feature that has something adds its fields. */
export interface Own {
}

/** A person in the room, with what they publish. `connections` are those that `signal.send` may address. */
export interface ParticipantInfo {
  id: string;
  name: string;
  company: string;
  role: "host" | "co_host" | "speaker" | "interpreter" | "attendee";
  on_stage: boolean;
  hand_raised_at: string | null;
  microphone: boolean;
  camera: boolean;
  screen: boolean;
  connections: string[];
}

/** A person as others see them. `id` is stable within the room. */
export interface PersonRef {
  id: string;
  name: string;
  company: string;
  role: "host" | "co_host" | "speaker" | "interpreter" | "attendee";
}

/** The room: its meeting and state, whether it is recorded, and how audio and video are sent. */
export interface RoomInfo {
  id: string;
  kind: "meeting" | "project";
  title: Record<string, string>;
  state: "waiting" | "live" | "ended";
  meeting: string | null;
  starts_at: string | null;
  ends_at: string | null;
  started_at: string | null;
  closes_at: string | null;
  is_webinar: boolean;
  lobby: boolean;
  recording: boolean;
  recording_planned: boolean;
  media: "mesh" | "sfu";
  ice_servers: RTCIceServer[];
}

/** The receiver. `connection` is the id of this connection; `may` lists the commands that it may send now. */
export interface You {
  id: string;
  name: string;
  company: string;
  role: "host" | "co_host" | "speaker" | "interpreter" | "attendee";
  on_stage: boolean;
  hand_raised_at: string | null;
  microphone: boolean;
  camera: boolean;
  screen: boolean;
  connections: string[];
  connection: string;
  admission: "waiting" | "admitted";
  may: string[];
}

/** The present state of the room. Each feature adds its fields. */
export interface Snapshot {
  hands: ParticipantInfo[];
  messages: Message[];
  earlier: boolean;
  stage: ParticipantInfo[];
  waiting: PersonRef[];
  count: number;
}

/** `person` is on stage. */
export interface StageJoined {
  ev: "stage.joined";
  seq: number;
  person: PersonRef;
  at: string;
}

/** `person` is no longer on stage. */
export interface StageLeft {
  ev: "stage.left";
  seq: number;
  person: PersonRef;
  at: string;
}

/** A new message; `id` equals `seq`, `client_id` is the one of `chat.send`. */
export interface ChatMessage {
  ev: "chat.message";
  seq: number;
  id: number;
  from: PersonRef;
  text: string;
  at: string;
  client_id: string | null;
  deleted?: boolean;
}

/** The message with the id `message` is deleted; its text is erased from the journal, too. */
export interface ChatDeleted {
  ev: "chat.deleted";
  seq: number;
  message: number;
  by: PersonRef;
  at: string;
}

/** `person` has raised their hand. */
export interface HandRaised {
  ev: "hand.raised";
  seq: number;
  person: PersonRef;
  at: string;
}

/** The hand of `person` is lowered. */
export interface HandLowered {
  ev: "hand.lowered";
  seq: number;
  person: PersonRef;
  at: string;
}

/** The meeting is live. Unless extended, it ends by itself at `closes_at`. */
export interface MeetingStarted {
  ev: "meeting.started";
  seq: number;
  meeting: string;
  closes_at: string | null;
  at: string;
}

/** The meeting has ended. A project room stays open. */
export interface MeetingEnded {
  ev: "meeting.ended";
  seq: number;
  meeting: string;
  at: string;
}

/** A host has extended the meeting `until` then. Unless extended again, it ends by itself at `closes_at`. */
export interface MeetingExtended {
  ev: "meeting.extended";
  seq: number;
  meeting: string;
  until: string;
  closes_at: string;
  at: string;
}

/** The meeting was rescheduled. */
export interface MeetingMoved {
  ev: "meeting.moved";
  seq: number;
  meeting: string;
  starts_at: string;
  ends_at: string;
  at: string;
}

/** A host turned the waiting room on or off; when off, whoever waits in a live meeting is let in. */
export interface MeetingWaitingRoom {
  ev: "meeting.waiting_room";
  seq: number;
  meeting: string;
  on: boolean;
  at: string;
}

/** The meeting is cancelled. */
export interface MeetingCancelled {
  ev: "meeting.cancelled";
  seq: number;
  meeting: string;
  reason: string;
  at: string;
}

/** The room is being recorded. */
export interface RecordingStarted {
  ev: "recording.started";
  seq: number;
  recording: string;
  at: string;
}

/** The recording has stopped. */
export interface RecordingStopped {
  ev: "recording.stopped";
  seq: number;
  recording: string;
  at: string;
}

/** `meeting` is not going to be recorded, although that was announced. */
export interface RecordingSkipped {
  ev: "recording.skipped";
  seq: number;
  meeting: string;
  at: string;
}

/** Reply to `hello`: the present state of the room, and with `since` also the events that were `missed`. */
export interface Welcome {
  ev: "welcome";
  at: string;
  you: You;
  room: RoomInfo;
  seq: number;
  snapshot: Snapshot | null;
  own: Own | null;
  missed?: DurableEvent[] | null;
}

/** To a person who is let in from the waiting room, or has become or ceased to be a host: a new snapshot. */
export interface Admitted {
  ev: "admitted";
  you: You;
  room: RoomInfo;
  seq: number;
  snapshot: Snapshot;
  own: Own;
}

/** To one person: their role, rights, or being on stage have changed. */
export interface YouChanged {
  ev: "you";
  you: You;
}

/** In the place of a durable event that is not for the receiver, so that the numbers have no gap. */
export interface Withheld {
  ev: "withheld";
  seq: number;
}

/** This connection was too slow and missed ephemeral events: send `since` and reload lists of people. */
export interface Resync {
  ev: "resync";
  seq: number;
}

/** The server stops; reconnect after `retry_after_ms`. */
export interface GoingAway {
  ev: "going_away";
  retry_after_ms: number;
}

/** At most once a second: the number of people and, in rooms of up to 100, who joined and who left. */
export interface PresenceChanged {
  ev: "presence";
  count: number;
  joined: ParticipantInfo[];
  left: string[];
}

/** What `person` publishes has changed, or their connections. In rooms of more than 100 only for people on stage. */
export interface PersonChanged {
  ev: "person";
  person: ParticipantInfo;
}

/** To hosts: who is in the waiting room. */
export interface LobbyChanged {
  ev: "lobby";
  waiting: PersonRef[];
}

/** A host mutes the receiver: the client turns its microphone off. Only its owner turns it on again. */
export interface MuteRequested {
  ev: "mute.requested";
  by: PersonRef;
}

/** Mesh: an SDP description or ICE candidate from the connection `sender`. */
export interface Signal {
  ev: "signal";
  from: string;
  person: string;
  description: object | null;
  candidate: object | null;
}

/** How many of each reaction were sent since the last such event; at most one event a second. */
export interface Reactions {
  ev: "reactions";
  counts: Record<string, number>;
}

/** To hosts: the meeting will end by itself at `closes_at`; `meeting.extend` prevents it. */
export interface MeetingClosing {
  ev: "meeting.closing";
  closes_at: string;
}

export type DurableEvent =
  | StageJoined
  | StageLeft
  | ChatMessage
  | ChatDeleted
  | HandRaised
  | HandLowered
  | MeetingStarted
  | MeetingEnded
  | MeetingExtended
  | MeetingMoved
  | MeetingWaitingRoom
  | MeetingCancelled
  | RecordingStarted
  | RecordingStopped
  | RecordingSkipped;

export type EphemeralEvent =
  | Welcome
  | Admitted
  | YouChanged
  | Withheld
  | Resync
  | GoingAway
  | PresenceChanged
  | PersonChanged
  | LobbyChanged
  | MuteRequested
  | Signal
  | Reactions
  | MeetingClosing;

export type RoomEvent = DurableEvent | EphemeralEvent;

/** Keeps the connection alive. The reply carries the server's time in `at`. */
export interface Ping {
  do: "ping";
}

/** Durable events after `seq`, in the reply's `missed`; `complete` is false when there are more. */
export interface Since {
  do: "since";
  seq: number;
}

/** A page of 50 people in the room, by name; the reply carries `people`, `total` and `next` (or null). */
export interface PeopleList {
  do: "people.list";
  after?: string | null;
  query?: string;
}

/** Admits `person`, or with `all` everybody, from the waiting room. Hosts only. */
export interface LobbyAdmit {
  do: "lobby.admit";
  person?: string | null;
  all?: boolean;
}

/** Denies `person` for good. Hosts only. */
export interface LobbyDeny {
  do: "lobby.deny";
  person: string;
}

/** Who was denied or removed, by name, at most 100: the reply carries `people`. Hosts only. */
export interface LobbyTurnedAway {
  do: "lobby.turned_away";
}

/** Lets `person`, who was denied or removed, come to this room again, as everybody else does. Hosts only. */
export interface LobbyReadmit {
  do: "lobby.readmit";
  person: string;
}

/** Brings `person` on stage: they may publish audio and video. Hosts only. */
export interface StageInvite {
  do: "stage.invite";
  person: string;
}

/** Leaves the stage. */
export interface StageLeave {
  do: "stage.leave";
}

/** Mutes `person`, or with `all` everybody but the hosts. Their clients do it without asking. Hosts only. */
export interface StageMute {
  do: "stage.mute";
  person?: string | null;
  all?: boolean;
}

/** Removes `person` from the stage, or with `from_room` from the room for good. Hosts only. */
export interface StageRemove {
  do: "stage.remove";
  person: string;
  from_room?: boolean;
}

/** Mesh: sends an SDP description or ICE candidate (RFC 8829, RFC 8839) to the connection `to`. */
export interface SignalSend {
  do: "signal.send";
  to: string;
  description?: object | null;
  candidate?: object | null;
}

/** Announces what this client publishes now, so that others can show it. */
export interface MediaState {
  do: "media.state";
  microphone: boolean;
  camera: boolean;
  screen?: boolean;
}

/** SFU: the reply carries `url` and `token` for the media server. */
export interface MediaToken {
  do: "media.token";
}

/** Sends a message to everybody in the room; the reply carries its id in `message`. */
export interface ChatSend {
  do: "chat.send";
  text: string;
  client_id?: string | null;
}

/** A page of earlier messages: the newest `before` this id, oldest first, in the reply's `messages`. */
export interface ChatList {
  do: "chat.list";
  before: number;
}

/** Deletes a message: authors their own, hosts any. `message` is its id. */
export interface ChatDelete {
  do: "chat.delete";
  message: number;
}

/** Raises the own hand. */
export interface HandRaise {
  do: "hand.raise";
}

/** Lowers the own hand, or for a host that of `person`. */
export interface HandLower {
  do: "hand.lower";
  person?: string | null;
}

/** Sends a reaction. */
export interface ReactionSend {
  do: "reaction.send";
  reaction: "applause" | "thumbs_up" | "heart" | "laugh" | "surprise";
}

/** Starts the meeting. Hosts only. */
export interface MeetingStart {
  do: "meeting.start";
}

/** Ends the meeting for everybody. Hosts only. */
export interface MeetingEnd {
  do: "meeting.end";
}

/** Extends the meeting, before it ends by itself. Hosts only. */
export interface MeetingExtend {
  do: "meeting.extend";
  minutes: 15 | 30 | 60;
}

/** Starts a recording in this browser; the reply carries `recording` and `upload` (a tus URL). Hosts only. */
export interface RecordingStart {
  do: "recording.start";
}

/** Stops the recording of this room. Hosts only. */
export interface RecordingStop {
  do: "recording.stop";
}

/** The announced recording is not made: it is not planned any more. Hosts only. */
export interface RecordingSkip {
  do: "recording.skip";
}

export type Command =
  | Ping
  | Since
  | PeopleList
  | LobbyAdmit
  | LobbyDeny
  | LobbyTurnedAway
  | LobbyReadmit
  | StageInvite
  | StageLeave
  | StageMute
  | StageRemove
  | SignalSend
  | MediaState
  | MediaToken
  | ChatSend
  | ChatList
  | ChatDelete
  | HandRaise
  | HandLower
  | ReactionSend
  | MeetingStart
  | MeetingEnd
  | MeetingExtend
  | RecordingStart
  | RecordingStop
  | RecordingSkip;

export type ErrorCode = "bad_frame" | "unknown_command" | "bad_field" | "not_allowed" | "not_found" | "not_now" | "too_fast" | "unavailable";

export interface Reply {
  re: number;
  ok?: boolean;
  error?: ErrorCode;
  detail?: string;
  [more: string]: unknown;
}

/** Close codes that mean: do not reconnect. With any other the client may. */
export const CLOSE = { badFrames: 4400, noEntry: 4401, signedOut: 4402, removed: 4403, tooFast: 4429 } as const;
