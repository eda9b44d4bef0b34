// Written by `manage.py write_live_protocol` from the registered live features: change it there.

/** What somebody said; `id` is the number of its event, `client_id` what its sender's client called it. */
export interface Message {
  id: number;
  from: PersonRef;
  text: string;
  at: string;
  client_id: string | null;
}

/** A person who is here now, with what they publish. */
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

/** A person as others see them. `id` is stable within the room, `connections` are those that may be signalled. */
export interface PersonRef {
  id: string;
  name: string;
  company: string;
  role: "host" | "co_host" | "speaker" | "interpreter" | "attendee";
}

/** The room as it is: which meeting, whether it runs, is recorded, and by which media people see each other. */
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
  media: "mesh" | "sfu";
  ice_servers: RTCIceServer[];
}

/** The receiver. `connection` is this socket; `may` lists the commands that the server will accept of it. */
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

/** What a newcomer needs: the newest messages, the stage, raised hands, and how many are here. */
export interface Snapshot {
  hands: ParticipantInfo[];
  messages: Message[];
  earlier: boolean;
  stage: ParticipantInfo[];
  waiting: PersonRef[];
  count: number;
}

/** `person` is on the stage. */
export interface StageJoined {
  ev: "stage.joined";
  seq: number;
  person: PersonRef;
  at: string;
}

/** `person` is off the stage. */
export interface StageLeft {
  ev: "stage.left";
  seq: number;
  person: PersonRef;
  at: string;
}

/** Somebody said something; `id` equals `seq`, `client_id` is the one that `chat.send` carried. */
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

/** The message with id `message` is gone; its text is erased from the journal, too. */
export interface ChatDeleted {
  ev: "chat.deleted";
  seq: number;
  message: number;
  by: PersonRef;
  at: string;
}

/** `person` asks for the floor. */
export interface HandRaised {
  ev: "hand.raised";
  seq: number;
  person: PersonRef;
  at: string;
}

/** The hand of `person` is down. */
export interface HandLowered {
  ev: "hand.lowered";
  seq: number;
  person: PersonRef;
  at: string;
}

/** The meeting is live; those who waited are in. Unless extended, it ends by itself at `closes_at`. */
export interface MeetingStarted {
  ev: "meeting.started";
  seq: number;
  meeting: string;
  closes_at: string | null;
  at: string;
}

/** The meeting is over; the room of a webinar closes after this. */
export interface MeetingEnded {
  ev: "meeting.ended";
  seq: number;
  meeting: string;
  at: string;
}

/** A host lets the meeting run on `until` then. Unless extended again, it ends by itself at `closes_at`. */
export interface MeetingExtended {
  ev: "meeting.extended";
  seq: number;
  meeting: string;
  until: string;
  closes_at: string;
  at: string;
}

/** The meeting has other hours now. */
export interface MeetingMoved {
  ev: "meeting.moved";
  seq: number;
  meeting: string;
  starts_at: string;
  ends_at: string;
  at: string;
}

/** The meeting will not take place. */
export interface MeetingCancelled {
  ev: "meeting.cancelled";
  seq: number;
  meeting: string;
  reason: string;
  at: string;
}

/** From now on the room is recorded. */
export interface RecordingStarted {
  ev: "recording.started";
  seq: number;
  recording: string;
  at: string;
}

/** The room is not recorded any more. */
export interface RecordingStopped {
  ev: "recording.stopped";
  seq: number;
  recording: string;
  at: string;
}

/** Answer to hello: the room as it is, and for one who asked since a number also what they `missed`. */
export interface Welcome {
  ev: "welcome";
  at: string;
  you: You;
  room: RoomInfo;
  seq: number;
  snapshot: Snapshot | null;
  missed?: DurableEvent[] | null;
}

/** To one who waited: in, with the snapshot that was held back. */
export interface Admitted {
  ev: "admitted";
  you: You;
  room: RoomInfo;
  seq: number;
  snapshot: Snapshot;
}

/** To one person: their role, place on the stage or rights are now so. */
export interface YouChanged {
  ev: "you";
  you: You;
}

/** This connection was too slow and missed ephemeral events: ask `since`, and read the room's state anew. */
export interface Resync {
  ev: "resync";
  seq: number;
}

/** The server stops; come back after `retry_after_ms`. */
export interface GoingAway {
  ev: "going_away";
  retry_after_ms: number;
}

/** At most once a second: how many are here, and, in rooms of up to 100, who came and who left. */
export interface PresenceChanged {
  ev: "presence";
  count: number;
  joined: ParticipantInfo[];
  left: string[];
}

/** What `person` publishes, or which connections they have, is now so. Sent for people on the stage. */
export interface PersonChanged {
  ev: "person";
  person: ParticipantInfo;
}

/** To hosts: who waits to be let in. */
export interface LobbyChanged {
  ev: "lobby";
  waiting: PersonRef[];
}

/** To one person: a host asks them to mute. */
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

/** How many of each reaction came since the last tick. */
export interface Reactions {
  ev: "reactions";
  counts: Record<string, number>;
}

/** To hosts: the meeting ends by itself at `closes_at`, soon; `meeting.extend` lets it run on. */
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
  | MeetingCancelled
  | RecordingStarted
  | RecordingStopped;

export type EphemeralEvent =
  | Welcome
  | Admitted
  | YouChanged
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

/** Answered at once; keeps the connection known as alive. The reply carries the server's time in `at`. */
export interface Ping {
  do: "ping";
}

/** Durable events after `seq`, in the reply's `missed`; `complete` is false when there are more. */
export interface Since {
  do: "since";
  seq: number;
}

/** A page of who is here, 50 at a time, by name; the reply carries `people`, `total` and `next` (or null). */
export interface PeopleList {
  do: "people.list";
  after?: string | null;
  query?: string;
}

/** Lets `person`, or with `all` everybody, in from the lobby. Hosts only. */
export interface LobbyAdmit {
  do: "lobby.admit";
  person?: string | null;
  all?: boolean;
}

/** Turns `person` away for good. Hosts only. */
export interface LobbyDeny {
  do: "lobby.deny";
  person: string;
}

/** Brings `person` onto the stage: they may publish sound and picture. Hosts only. */
export interface StageInvite {
  do: "stage.invite";
  person: string;
}

/** Steps down from the stage. */
export interface StageLeave {
  do: "stage.leave";
}

/** Asks the client of `person` to mute its microphone. Hosts only. */
export interface StageMute {
  do: "stage.mute";
  person: string;
}

/** Takes `person` off the stage, or with `from_room` out of the room for good. Hosts only. */
export interface StageRemove {
  do: "stage.remove";
  person: string;
  from_room?: boolean;
}

/** Mesh: hands an SDP description or ICE candidate (RFC 8829, RFC 8839) to one connection `to` in the room. */
export interface SignalSend {
  do: "signal.send";
  to: string;
  description?: object | null;
  candidate?: object | null;
}

/** Tells what one publishes now, so that others can show it in words. */
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

/** Says something to everybody in the room; the reply carries the message's id in `message`. */
export interface ChatSend {
  do: "chat.send";
  text: string;
  client_id?: string | null;
}

/** A page of earlier messages: the newest that came `before` this id, oldest first, in the reply's `messages`. */
export interface ChatList {
  do: "chat.list";
  before: number;
}

/** Takes a message back: its author's own, or any for a host. `message` is its id. */
export interface ChatDelete {
  do: "chat.delete";
  message: number;
}

/** Asks for the floor. */
export interface HandRaise {
  do: "hand.raise";
}

/** Takes the own hand down, or for a host that of `person`. */
export interface HandLower {
  do: "hand.lower";
  person?: string | null;
}

/** A passing sign; summed per tick, kept nowhere. */
export interface ReactionSend {
  do: "reaction.send";
  reaction: "applause" | "thumbs_up" | "heart" | "laugh" | "surprise";
}

/** Opens the meeting: those in the waiting room come in. Hosts only. */
export interface MeetingStart {
  do: "meeting.start";
}

/** Ends the meeting for everybody. Hosts only. */
export interface MeetingEnd {
  do: "meeting.end";
}

/** Lets the meeting run on for so many minutes more, before it ends by itself. Hosts only. */
export interface MeetingExtend {
  do: "meeting.extend";
  minutes: 15 | 30 | 60;
}

/** Begins a recording in this browser; the reply carries `recording` and `upload` (a tus address). Hosts only. */
export interface RecordingStart {
  do: "recording.start";
}

/** The recording that this room makes is over. Hosts only. */
export interface RecordingStop {
  do: "recording.stop";
}

export type Command =
  | Ping
  | Since
  | PeopleList
  | LobbyAdmit
  | LobbyDeny
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
  | RecordingStop;

export type ErrorCode = "bad_frame" | "unknown_command" | "bad_field" | "not_allowed" | "not_found" | "not_now" | "too_fast" | "unavailable";

export interface Reply {
  re: number;
  ok?: boolean;
  error?: ErrorCode;
  detail?: string;
  [more: string]: unknown;
}

/** Why the server closed the socket for good; anything else is worth another try. */
export const CLOSE = { badFrames: 4400, noEntry: 4401, signedOut: 4402, removed: 4403, tooFast: 4429 } as const;
