// What the room's socket carries, as meetings/live/messages.py says it.

export type Role = "host" | "co_host" | "speaker" | "interpreter" | "attendee";
export type Sign = "applause" | "thumbs_up" | "heart" | "laugh" | "surprise";

export interface Someone {
  id: string;
  name: string;
  company: string;
  role: Role;
}

export interface Present extends Someone {
  on_stage: boolean;
  hand_raised_at: string | null;
  microphone: boolean;
  camera: boolean;
  screen: boolean;
  connections: string[];
}

export interface You extends Present {
  connection: string;
  admission: "waiting" | "admitted";
  may: string[];
}

export interface Message {
  id: number;
  from: Someone;
  text: string;
  at: string;
  /** What its sender's client called it; null from a client that gave no name. */
  client_id?: string | null;
  /** Taken back since: the number stays, the text is gone. */
  deleted?: boolean;
}

export interface RoomState {
  id: string;
  kind: "meeting" | "project";
  title: Record<string, string>;
  state: "waiting" | "live" | "ended";
  meeting: string | null;
  starts_at: string | null;
  ends_at: string | null;
  started_at: string | null;
  /** When the live meeting ends by itself. */
  closes_at: string | null;
  is_webinar: boolean;
  lobby: boolean;
  recording: boolean;
  media: "mesh" | "sfu";
  ice_servers: RTCIceServer[];
}

export interface Snapshot {
  messages: Message[];
  earlier: boolean;
  stage: Present[];
  hands: Present[];
  waiting: Someone[];
  count: number;
}

/**
 * A description says besides the SDP which of its sections carries what: `{"0": "microphone"}`; and whether it is the
 * first of a new connection, which takes the place of an earlier one. `attempt` names that connection.
 */
export interface Description {
  type: RTCSdpType;
  sdp?: string;
  carries?: Record<string, TrackKind>;
  begins?: boolean;
  attempt?: string;
}

export interface Candidate extends RTCIceCandidateInit {
  attempt?: string;
}

export type TrackKind = "microphone" | "camera" | "screen" | "screen-sound";

interface Durable {
  seq: number;
}

export type RoomEvent =
  | { ev: "welcome"; at: string; you: You; room: RoomState; seq: number; snapshot: Snapshot | null; missed?: RoomEvent[] | null }
  | { ev: "admitted"; you: You; room: RoomState; seq: number; snapshot: Snapshot }
  | ({ ev: "chat.message" } & Durable & Message)
  | ({ ev: "chat.deleted"; message: number; by: Someone; at: string } & Durable)
  | ({ ev: "hand.raised" | "hand.lowered"; person: Someone; at: string } & Durable)
  | ({ ev: "stage.joined" | "stage.left"; person: Someone; at: string } & Durable)
  | ({ ev: "meeting.started"; meeting: string; closes_at?: string | null; at: string } & Durable)
  | ({ ev: "meeting.ended"; meeting: string; at: string } & Durable)
  | ({ ev: "meeting.extended"; meeting: string; until: string; closes_at: string; at: string } & Durable)
  | ({ ev: "meeting.moved"; meeting: string; starts_at: string; ends_at: string; at: string } & Durable)
  | ({ ev: "meeting.cancelled"; meeting: string; reason: string; at: string } & Durable)
  | ({ ev: "recording.started" | "recording.stopped"; recording: string; at: string } & Durable)
  | { ev: "presence"; count: number; joined?: Present[]; left?: string[] }
  | { ev: "person"; person: Present }
  | { ev: "reactions"; counts: Record<string, number> }
  | { ev: "lobby"; waiting: Someone[] }
  | { ev: "you"; you: You }
  | { ev: "meeting.closing"; closes_at: string }
  | { ev: "mute.requested"; by: Someone }
  | { ev: "signal"; from: string; person: string; description?: Description | null; candidate?: Candidate | null }
  | { ev: "resync"; seq: number }
  | { ev: "going_away"; retry_after_ms: number };

export type Command =
  | { do: "ping" | "hand.raise" | "stage.leave" | "media.token" | "meeting.start" | "meeting.end" | "recording.start" | "recording.stop" }
  | { do: "meeting.extend"; minutes: 15 | 30 | 60 }
  | { do: "since"; seq: number }
  | { do: "chat.send"; text: string; client_id: string }
  | { do: "chat.list"; before: number }
  | { do: "chat.delete"; message: number }
  | { do: "hand.lower"; person?: string }
  | { do: "reaction.send"; reaction: Sign }
  | { do: "lobby.admit"; person?: string; all?: boolean }
  | { do: "lobby.deny" | "stage.invite" | "stage.mute"; person: string }
  | { do: "stage.remove"; person: string; from_room?: boolean }
  | { do: "signal.send"; to: string; description?: Description; candidate?: Candidate }
  | { do: "media.state"; microphone: boolean; camera: boolean; screen: boolean }
  | { do: "people.list"; after?: string; query: string };

export interface Reply {
  re: number;
  ok?: boolean;
  error?: string;
  detail?: string;
  [more: string]: unknown;
}

/** Why the server closed the socket for good; anything else is worth another try. */
export const CLOSE = { badFrames: 4400, noEntry: 4401, signedOut: 4402, removed: 4403, tooFast: 4429 } as const;
