// People, a room and events for tests, as the server sends them.
import type { ChatMessage, Own, ParticipantInfo, RoomEvent, RoomInfo, Snapshot, You } from "../src/room/protocol.generated";
import { INITIAL_STATE, reduce, type State } from "../src/room/state";

export const someone = (id: string, more: Partial<ParticipantInfo> = {}): ParticipantInfo => ({
  id,
  name: `Person ${id}`,
  company: "",
  role: "attendee",
  on_stage: false,
  hand_raised_at: null,
  microphone: false,
  camera: false,
  screen: false,
  connections: [`c${id}`],
  breakout: null,
  ...more,
});

export const you = (more: Partial<You> = {}): You => ({ ...someone("1"), connection: "c1", admission: "admitted", may: ["chat.send"], ...more });

export const room: RoomInfo = {
  id: "r",
  kind: "meeting",
  parent: null,
  title: { en: "Heat" },
  state: "live",
  meeting: "m",
  starts_at: null,
  ends_at: null,
  started_at: "2026-12-03T09:00:00Z",
  closes_at: "2026-12-03T10:30:00Z",
  is_webinar: true,
  lobby: false,
  locked: false,
  recording: false,
  recording_planned: false,
  media: "mesh",
  ice_servers: [],
};

export const nothingOwn: Own = { own_questions: [], upvoted_questions: [], ballots: [], own_messages: [], own_messages_after: 0, own_reactions: {} };
export const nobody: Snapshot = { messages: [], earlier: false, pinned: [], chat: { on: true, private: "hosts", moderated: false, slow_seconds: 0 }, stage: [], spotlight: null, stage_order: [], timer: null, hands: [], waiting: [], count: 1, being_typed: [], text_lines: [], earlier_lines: false, polls: [], more_polls: false, questions: [], more_questions: false, question_details: [], question_settings: { is_open: true, is_moderated: false, anonymity: "everyone", has_upvotes: true }, slides: null, breakouts: null, agenda: [], resources: [], notes_shown: false, interpretation: [], premiere: null };

export function welcome(more: Partial<Extract<RoomEvent, { ev: "welcome" }>> = {}): RoomEvent {
  return { ev: "welcome", at: "2026-12-03T09:00:00Z", you: you(), room, seq: 10, snapshot: nobody, own: nothingOwn, missed: null, ...more };
}

export function message(id: number, text: string, from = "2", client_id: string | null = null): ChatMessage {
  return { ev: "chat.message", seq: id, id, from: someone(from), text, at: "2026-12-03T09:00:00Z", client_id };
}

export const inside = (): State => reduce(INITIAL_STATE, welcome());
export const texts = (state: State): string[] => state.lines.map((line) => (line.kind === "message" ? line.text : line.what));
