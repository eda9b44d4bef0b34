// The chat in the room's state: messages, earlier ones that were loaded, and own ones not confirmed yet.
import type { Message, Snapshot } from "../../protocol.generated";
import type { Line, Reducers, State } from "../../state";

export interface ChatLine {
  kind: "message";
  id: number;
  from: Message["from"];
  text: string;
  at: string;
  isDeleted: boolean;
}

/** An own message that the room has not confirmed yet. */
export interface Pending {
  /** The `client_id` of `chat.send`. */
  key: string;
  text: string;
  isRefused: boolean;
}

export const reducers: Reducers<"chat.message" | "chat.deleted"> = {
  "chat.message": (state, event) => ({ ...state, lines: [...state.lines, chatLine(event, event.deleted)], pending: unconfirmed(state, [event]) }),
  "chat.deleted": (state, event) => ({ ...state, lines: state.lines.map((line) => markDeleted(line, event.message)) }),
};

/** Replaces the messages. */
export function withSnapshot(state: State, snapshot: Snapshot): State {
  const lines = snapshot.messages.map((message) => chatLine(message));
  return { ...state, lines, hasEarlier: snapshot.earlier, pending: unconfirmed(state, snapshot.messages) };
}

/** Adds a page of earlier messages. */
export function withEarlier(state: State, messages: readonly Message[], hasEarlier: boolean): State {
  const first = firstLine(state);
  const older = messages.filter((message) => message.id < first).map((message) => chatLine(message));
  return { ...state, lines: [...older, ...state.lines], hasEarlier };
}

export function firstLine(state: State): number {
  return state.lines[0]?.id ?? state.seq + 1;
}

/** Messages of others after this one. */
export function unreadMessages(state: State, seen: number): number {
  return state.lines.filter((line) => line.kind === "message" && line.id > seen && line.from.id !== state.you?.id).length;
}

export function withPending(state: State, pending: Pending): State {
  return { ...state, pending: [...state.pending.filter((waiting) => waiting.key !== pending.key), pending] };
}

export function withoutPending(state: State, key: string): State {
  return { ...state, pending: state.pending.filter((waiting) => waiting.key !== key) };
}

function chatLine({ id, from, text, at }: Message, isDeleted = false): ChatLine {
  return { kind: "message", id, from, text: isDeleted ? "" : text, at, isDeleted };
}

function markDeleted(line: Line, message: number): Line {
  return line.kind === "message" && line.id === message ? { ...line, text: "", isDeleted: true } : line;
}

/** Pending messages that are not among these, by client id: the server may have cleaned the text. */
function unconfirmed(state: State, messages: readonly Message[]): readonly Pending[] {
  const own = new Set(messages.filter(({ from }) => from.id === state.you?.id).map((message) => message.client_id));
  return state.pending.some(({ key }) => own.has(key)) ? state.pending.filter(({ key }) => !own.has(key)) : state.pending;
}
