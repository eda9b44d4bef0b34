// The chat in the room's state: messages, earlier ones that were loaded, and own ones not confirmed yet.
import type { ChatSwitches, Message, Own, PersonRef, ReactionTally, Snapshot } from "../../protocol.generated";
import { isHost } from "../../roles";
import type { Reducers, State } from "../../state";

/** Everybody, the hosts, or one person. */
export type Recipient = PersonRef | "hosts" | null;

export interface ChatLine {
  kind: "message";
  id: number;
  from: Message["from"];
  text: string;
  at: string;
  to: Recipient;
  replyTo: number | null;
  isEdited: boolean;
  /** Hosts and its author see it; a host has not approved it yet. */
  isHeld: boolean;
  isDeleted: boolean;
  isDeletedByHost: boolean;
  /** How many people have reacted, by reaction. */
  reactions: ReactionTally;
  ownReactions: readonly string[];
}

/** An own message that the room has not confirmed yet. */
export interface Pending {
  /** The `client_id` of `chat.send`. */
  key: string;
  text: string;
  isRefused: boolean;
  to?: Recipient;
  replyTo?: number | null;
  /** Seconds to wait, when it was refused in slow mode. */
  wait?: number;
}

export const INITIAL_SWITCHES: ChatSwitches = { on: true, private: "hosts", moderated: false, slow_seconds: 0 };

type ChatEvents = "chat.message" | "chat.edited" | "chat.deleted" | "chat.pinned" | "chat.unpinned" | "chat.configured" | "chat.reactions" | "chat.reacted";

/** The ids of messages to which one has reacted, by reaction. */
export type OwnReactions = Own["own_reactions"];

const NO_REACTIONS: ReactionTally = { counts: {}, version: 0 };

export const reducers: Reducers<ChatEvents> = {
  "chat.message": (state, event) => ({
    ...state,
    lines: [...state.lines.filter(({ id }) => id !== event.approved_from), chatLine(event, event.deleted)],
    pending: unconfirmed(state, [event]),
  }),
  "chat.edited": (state, { message, text }) => (text ? withChanged(state, message, (line) => ({ ...line, text, isEdited: true })) : state),
  "chat.deleted": (state, event) => {
    const erased = { text: "", isDeleted: true, isDeletedByHost: event.by_host ?? false, reactions: NO_REACTIONS, ownReactions: [] };
    return withoutPin(withChanged(state, event.message, (line) => ({ ...line, ...erased })), event.message);
  },
  "chat.pinned": (state, { message }) => (message.text ? { ...state, pinned: [...withoutPin(state, message.id).pinned, chatLine(message)] } : state),
  "chat.unpinned": (state, { message }) => withoutPin(state, message),
  "chat.configured": (state, { chat }) => ({ ...state, chat }),
  "chat.reactions": (state, { message, reactions }) => withChanged(state, message, (line) => withTally(line, reactions)),
  "chat.reacted": (state, { message, reaction, on }) => withOwnReaction(state, message, reaction, on),
};

function withChanged(state: State, id: number, change: (line: ChatLine) => ChatLine): State {
  const lines = state.lines.map((line) => (line.kind === "message" && line.id === id ? change(line) : line));
  return { ...state, lines, pinned: state.pinned.map((line) => (line.id === id ? change(line) : line)) };
}

/** The one with the higher version is newer. */
function withTally(line: ChatLine, reactions: ReactionTally | null | undefined): ChatLine {
  return reactions && reactions.version > line.reactions.version ? { ...line, reactions } : line;
}

export function withOwnReaction(state: State, message: number, reaction: string, isOn: boolean): State {
  return withChanged(state, message, (line) => {
    const others = line.ownReactions.filter((each) => each !== reaction);
    return { ...line, ownReactions: isOn ? [...others, reaction] : others };
  });
}

/** The reactions to messages that are shown already. */
export function withReactions(state: State, messages: readonly Message[], own: OwnReactions): State {
  const known = new Map(messages.map((message) => [message.id, message]));
  const lines = state.lines.map((line) => {
    const message = line.kind === "message" ? known.get(line.id) : undefined;
    return message && line.kind === "message" ? { ...withTally(line, message.reactions), ownReactions: reactionsTo(line.id, own) } : line;
  });
  return { ...state, lines };
}

function reactionsTo(message: number, own: OwnReactions): string[] {
  return Object.keys(own).filter((reaction) => own[reaction]?.includes(message));
}

function withoutPin(state: State, message: number): State {
  return { ...state, pinned: state.pinned.filter(({ id }) => id !== message) };
}

/** Replaces the messages: what everybody sees, and between them what is for the receiver alone. */
export function withSnapshot(state: State, snapshot: Snapshot, own: Own): State {
  const newest = snapshot.earlier ? (snapshot.messages[0]?.id ?? Number.POSITIVE_INFINITY) : 0;
  const first = Math.max(newest, own.own_messages_after + 1);
  const found = new Map([...snapshot.messages, ...own.own_messages].map((message) => [message.id, message]));
  const shown = [...found.values()].filter(({ id }) => id >= first).sort((one, other) => one.id - other.id);
  const lines = shown.map((message) => chatLine(message, false, own.own_reactions));
  return { ...state, lines, hasEarlier: snapshot.earlier || own.own_messages_after > 0, pending: unconfirmed(state, [...found.values()]) };
}

/** With each snapshot, also when the messages are kept. */
export function withSettings(state: State, { chat, pinned, messages }: Snapshot, own: Own): State {
  return { ...withReactions(state, messages, own.own_reactions), chat, pinned: pinned.map((message) => chatLine(message)) };
}

/** Adds a page of earlier messages. */
export function withEarlier(state: State, messages: readonly Message[], hasEarlier: boolean, own: OwnReactions = {}): State {
  const first = firstLine(state);
  const older = messages.filter((message) => message.id < first).map((message) => chatLine(message, false, own));
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

export function chatLine(message: Message, isDeleted = false, own: OwnReactions = {}): ChatLine {
  const { id, from, text, at } = message;
  const isDeletedByHost = message.deleted_by_host ?? false;
  const isGone = isDeleted || isDeletedByHost;
  return {
    kind: "message",
    id,
    from,
    text: isGone ? "" : text,
    at,
    to: (message.to ?? null) as Recipient,
    replyTo: message.reply_to ?? null,
    isEdited: Boolean(message.edited_at),
    isHeld: message.held ?? false,
    isDeleted: isGone,
    isDeletedByHost,
    reactions: message.reactions ?? NO_REACTIONS,
    ownReactions: reactionsTo(id, own),
  };
}

/** Pending messages that are not among these, by client id: the server may have cleaned the text. */
function unconfirmed(state: State, messages: readonly Message[]): readonly Pending[] {
  const own = new Set(messages.filter(({ from }) => from.id === state.you?.id).map((message) => message.client_id));
  return state.pending.some(({ key }) => own.has(key)) ? state.pending.filter(({ key }) => !own.has(key)) : state.pending;
}

// ---- who may write to whom ---------------------------------------------------------------------------------

/** Others than hosts cannot write while the chat is off. */
export function mayWrite(state: State): boolean {
  return (state.you?.may.includes("chat.send") ?? false) && (state.chat.on || isHost(state.you));
}

export function mayWriteTo(state: State, person: PersonRef): boolean {
  if (person.id === state.you?.id || state.chat.private === "nobody") return false;
  return state.chat.private === "everybody" || isHost(state.you) || isHost(person);
}

/** People to whom one may write, by name. */
export function recipients(state: State): PersonRef[] {
  const others = [...state.people.values()].filter((person) => mayWriteTo(state, person));
  return others.sort((one, other) => one.name.localeCompare(other.name));
}

export function mayEdit(state: State, line: ChatLine): boolean {
  if (line.from.id !== state.you?.id || line.isDeleted || !state.you.may.includes("chat.edit")) return false;
  return isHost(state.you) || (state.chat.on && !state.chat.moderated);
}

/** To messages that everybody sees. */
export function mayReactTo(state: State, line: ChatLine): boolean {
  return line.to === null && !line.isHeld && !line.isDeleted && (state.you?.may.includes("chat.react") ?? false) && (state.chat.on || isHost(state.you));
}

/** Messages that a host has to approve. */
export function heldMessages(state: State): ChatLine[] {
  return isHost(state.you) ? state.lines.filter((line): line is ChatLine => line.kind === "message" && line.isHeld && !line.isDeleted) : [];
}
