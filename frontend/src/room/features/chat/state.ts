// The chat in the room's state: what was said, what is on its way, and the earlier messages that were fetched.
import type { Message, Snapshot } from "../../protocol.generated";
import type { Line, Reducers, State } from "../../state";

export interface Said {
  kind: "said";
  id: number;
  from: Message["from"];
  text: string;
  at: string;
  isTakenBack: boolean;
}

/** A message of one's own that the room has not confirmed yet. */
export interface Pending {
  /** Its client id: the room answers with it, and says a message once however often it is sent. */
  key: string;
  text: string;
  isRefused: boolean;
}

export const reducers: Reducers<"chat.message" | "chat.deleted"> = {
  "chat.message": (state, event) => ({ ...state, lines: [...state.lines, said(event, event.deleted)], pending: unsaid(state, [event]) }),
  "chat.deleted": (state, event) => ({ ...state, lines: state.lines.map((line) => takenBack(line, event.message)) }),
};

/** The newest messages take the place of those that were known. */
export function withSnapshot(state: State, snapshot: Snapshot): State {
  const lines = snapshot.messages.map((message) => said(message));
  return { ...state, lines, hasEarlier: snapshot.earlier, pending: unsaid(state, snapshot.messages) };
}

/** A page of older messages, fetched on request, before those that are there. */
export function withEarlier(state: State, messages: readonly Message[], hasEarlier: boolean): State {
  const first = firstLine(state);
  const older = messages.filter((message) => message.id < first).map((message) => said(message));
  return { ...state, lines: [...older, ...state.lines], hasEarlier };
}

export function firstLine(state: State): number {
  return state.lines[0]?.id ?? state.seq + 1;
}

export function wrote(state: State, pending: Pending): State {
  return { ...state, pending: [...state.pending.filter((waiting) => waiting.key !== pending.key), pending] };
}

export function withdrew(state: State, key: string): State {
  return { ...state, pending: state.pending.filter((waiting) => waiting.key !== key) };
}

function said({ id, from, text, at }: Message, isTakenBack = false): Said {
  return { kind: "said", id, from, text: isTakenBack ? "" : text, at, isTakenBack };
}

function takenBack(line: Line, message: number): Line {
  return line.kind === "said" && line.id === message ? { ...line, text: "", isTakenBack: true } : line;
}

/** Pending messages that are not among these: the text tells nothing, because the server may have cleaned it. */
function unsaid(state: State, messages: readonly Message[]): readonly Pending[] {
  const own = new Set(messages.filter(({ from }) => from.id === state.you?.id).map((message) => message.client_id));
  return state.pending.some(({ key }) => own.has(key)) ? state.pending.filter(({ key }) => !own.has(key)) : state.pending;
}
