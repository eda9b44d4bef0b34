import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { inside, message, nobody, nothingOwn, someone, texts, welcome, you } from "../../../../tests/samples";
import type { Notice, RoomActions } from "../../actions";
import type { ChatSwitches, Command, Message, Own, Reply, RoomEvent, Snapshot } from "../../protocol.generated";
import { Refused } from "../../socket";
import { reduce, type State } from "../../state";
import { Chat } from "./client";
import * as chat from "./state";

describe("earlier messages", () => {
  it("are put before the others, each once, and say whether there are more", () => {
    const state = reduce({ ...inside(), hasEarlier: true }, message(11, "newest"));
    const page = [message(8, "first"), message(9, "second"), message(11, "newest")];
    const more = chat.withEarlier(state, page, true);
    expect(texts(more)).toEqual(["first", "second", "newest"]);
    expect(more.hasEarlier).toBe(true);
    expect(chat.firstLine(more)).toBe(8);
    expect(chat.withEarlier(more, [], false).hasEarlier).toBe(false);
  });
});

describe("own messages", () => {
  it("are pending until their event arrives", () => {
    let state = chat.withPending(inside(), { key: "a", text: "hello", isRefused: false });
    state = chat.withPending(state, { key: "b", text: "hello", isRefused: false });
    state = reduce(state, message(11, "hello", "1", "a"));
    expect(state.pending.map((pending) => pending.key)).toEqual(["b"]);
  });

  it("are recognised by client id, also when the server has cleaned the text", () => {
    const state = chat.withPending(inside(), { key: "a", text: "one\u000btwo", isRefused: false });
    expect(reduce(state, message(11, "one\ntwo", "1", "a")).pending).toEqual([]);
  });

  it("stay pending when somebody else sends the same", () => {
    const state = chat.withPending(inside(), { key: "a", text: "hello", isRefused: false });
    expect(reduce(state, message(11, "hello", "2", "a")).pending).toHaveLength(1);
  });

  it("loses its text when it is taken back", () => {
    const said = reduce(inside(), message(11, "secret"));
    const gone = reduce(said, { ev: "chat.deleted", seq: 12, message: 11, by: someone("2"), at: "" });
    expect(gone.lines).toMatchObject([{ text: "", isDeleted: true }]);
  });
});

describe("messages for some", () => {
  const own = (...own_messages: Message[]): Own => ({ ...nothingOwn, own_messages, own_messages_after: 0 });
  const toHosts = { ...message(3, "to the hosts", "1"), to: "hosts" };

  it("stand between those for everybody, each once", () => {
    const snapshot = { ...nobody, messages: [message(2, "second"), toHosts, message(5, "fifth")] };
    const state = reduce(inside(), welcome({ snapshot, own: own(toHosts, { ...message(4, "between us"), to: someone("1") }) }));
    expect(texts(state)).toEqual(["second", "to the hosts", "between us", "fifth"]);
  });

  it("from before the messages shown are loaded with the earlier ones", () => {
    const snapshot = { ...nobody, messages: [message(5, "fifth")], earlier: true };
    const state = reduce(inside(), welcome({ snapshot, own: own({ ...message(4, "between us"), to: someone("1") }) }));
    expect(texts(state)).toEqual(["fifth"]);
    expect(state.hasEarlier).toBe(true);
  });

  it("may be written to whom the hosts allow", () => {
    const host = someone("9", { role: "host" });
    const others = new Map([host, someone("2")].map((person) => [person.id, person]));
    const state = { ...inside(), people: others };
    const names = (which: ChatSwitches["private"]): string[] => chat.recipients({ ...state, chat: { ...state.chat, private: which } }).map(({ id }) => id);
    expect(names("everybody")).toEqual(["2", "9"]);
    expect(names("hosts")).toEqual(["9"]);
    expect(names("nobody")).toEqual([]);
  });
});

describe("a message", () => {
  const pinned: RoomEvent = { ev: "chat.pinned", seq: 12, message: message(11, "hello"), by: someone("9"), at: "" };
  const said = (): State => reduce(inside(), message(11, "hello"));

  it("is edited where it stands and where it is pinned", () => {
    const state = reduce(reduce(said(), pinned), { ev: "chat.edited", seq: 13, message: 11, text: "hello all", at: "" });
    expect(state.lines).toMatchObject([{ text: "hello all", isEdited: true }]);
    expect(state.pinned).toMatchObject([{ text: "hello all" }]);
  });

  it("leaves a trace when a host deletes it, and is unpinned", () => {
    const state = reduce(reduce(said(), pinned), { ev: "chat.deleted", seq: 13, message: 11, by: someone("9"), at: "", by_host: true });
    expect(state.lines).toMatchObject([{ text: "", isDeletedByHost: true }]);
    expect(state.pinned).toEqual([]);
  });

  it("that was held is replaced by the approved one", () => {
    const held = reduce(inside(), { ...message(11, "hello"), held: true });
    expect(reduce(held, { ...message(12, "hello"), approved_from: 11 }).lines).toMatchObject([{ id: 12, isHeld: false }]);
  });
});

describe("reactions", () => {
  const tally = (counts: Record<string, number>, version: number): RoomEvent => ({ ev: "chat.reactions", message: 11, reactions: { counts, version } });
  const mine = (on: boolean): RoomEvent => ({ ev: "chat.reacted", message: 11, reaction: "heart", on });
  const said = (): State => reduce(inside(), message(11, "hello"));
  const line = (state: State): chat.ChatLine => state.lines[0] as chat.ChatLine;

  it("are counted, an older tally changes nothing, and the own ones are marked", () => {
    let state = [tally({ heart: 2 }, 2), tally({ heart: 1 }, 1), mine(true)].reduce(reduce, said());
    expect(line(state)).toMatchObject({ reactions: { counts: { heart: 2 } }, ownReactions: ["heart"] });
    state = [mine(true), mine(false), tally({}, 3)].reduce(reduce, state);
    expect(line(state)).toMatchObject({ reactions: { counts: {} }, ownReactions: [] });
  });

  it("go with a deleted message, and cannot be given to what only some see", () => {
    const state = { ...reduce(said(), tally({ heart: 2 }, 2)), you: you({ may: ["chat.react"] }) };
    expect(chat.mayReactTo(state, line(state))).toBe(true);
    expect(chat.mayReactTo(state, { ...line(state), to: "hosts" })).toBe(false);
    expect(chat.mayReactTo(state, { ...line(state), isHeld: true })).toBe(false);
    expect(chat.mayReactTo({ ...state, chat: { ...state.chat, on: false } }, line(state))).toBe(false);
    const gone = reduce(state, { ev: "chat.deleted", seq: 12, message: 11, by: someone("2"), at: "" });
    expect(line(gone).reactions.counts).toEqual({});
    expect(chat.mayReactTo(gone, line(gone))).toBe(false);
  });

  it("are in the snapshot, after a break as well", () => {
    const reactions = { counts: { heart: 3 }, version: 5 };
    const snapshot = { ...nobody, messages: [{ ...message(11, "hello"), reactions }] };
    const own = { ...nothingOwn, own_reactions: { heart: [11] } };
    for (const missed of [null, []]) {
      const state = reduce(said(), welcome({ seq: 11, snapshot, own, missed }));
      expect(line(state)).toMatchObject({ reactions, ownReactions: ["heart"] });
    }
  });
});

describe("the chat's settings", () => {
  it("come with each snapshot and with their event", () => {
    const off = { ...nobody.chat, on: false };
    const state = reduce(inside(), welcome({ snapshot: { ...nobody, chat: off }, missed: [] }));
    expect(chat.mayWrite(state)).toBe(false);
    const on = reduce(state, { ev: "chat.configured", seq: 11, chat: nobody.chat, by: someone("9"), at: "" });
    expect(chat.mayWrite(on)).toBe(true);
  });
});

describe("coming back", () => {
  it("drops a waiting message that the room has heard meanwhile, and keeps one that only reads the same", () => {
    const waiting = chat.withPending(reduce(inside(), message(11, "ok", "1", "older")), { key: "mine", text: "ok", isRefused: false });
    const heard = reduce(waiting, welcome({ seq: 12, missed: [message(12, "ok", "1", "mine")] }));
    expect(heard.pending).toEqual([]);
    const shown = (client_id: string): Snapshot => ({ ...nobody, messages: [message(12, "ok", "1", client_id)] });
    expect(reduce(waiting, welcome({ seq: 12, snapshot: shown("mine") })).pending).toEqual([]);
    expect(reduce(waiting, welcome({ seq: 12, snapshot: shown("older") })).pending).toHaveLength(1);
  });

  it("shows a message that was deleted meanwhile as taken back", () => {
    const gone = { ...message(11, ""), deleted: true };
    const state = reduce(inside(), welcome({ seq: 11, missed: [gone] }));
    expect(state.lines).toMatchObject([{ id: 11, text: "", isDeleted: true }]);
  });
});

/** The room around the chat, with a server whose answers the test gives. */
class PublishingCallbacks implements RoomActions {
  now: State = inside();
  isUp = true;
  readonly sent: Command[] = [];
  readonly notices: Notice[] = [];
  answer: (command: Command) => Promise<Reply> = () => Promise.reject(new Error("no reply"));

  readonly state = (): State => this.now;
  readonly update = (change: (state: State) => State): void => void (this.now = change(this.now));
  readonly isOpen = (): boolean => this.isUp;
  readonly send = (command: Command): Promise<Reply> => {
    this.sent.push(command);
    return this.answer(command);
  };
  readonly reply = (command: Command): Promise<Reply | null> => this.send(command).catch(() => null);
  readonly ask = async (command: Command): Promise<boolean> => (await this.reply(command)) !== null;
  readonly notify = (notice: Notice): void => void this.notices.push(notice);
}

describe("reacting", () => {
  it("marks the own reaction once the room has confirmed it", async () => {
    const room = new PublishingCallbacks();
    room.now = reduce(room.now, message(11, "hello"));
    await new Chat(room).react(11, "heart", true);
    expect(room.now.lines).toMatchObject([{ ownReactions: [] }]);
    room.answer = () => Promise.resolve({ re: 1, ok: true });
    await new Chat(room).react(11, "heart", true);
    expect(room.now.lines).toMatchObject([{ ownReactions: ["heart"] }]);
  });

  it("after a break reads those of earlier messages again, page by page", async () => {
    const room = new PublishingCallbacks();
    room.now = [11, 12, 13].map((id) => message(id, "hello")).reduce(reduce, room.now);
    room.answer = (command) => {
      const id = (command as { before: number }).before - 1;
      const page = [{ ...message(id, "hello"), reactions: { counts: { laugh: id }, version: 1 } }];
      return Promise.resolve({ re: 1, ok: true, messages: page, own_reactions: { laugh: [id] }, next: id });
    };
    await new Chat(room).refreshReactions([message(13, "hello")]);
    expect(room.sent).toMatchObject([{ do: "chat.list", before: 13 }, { do: "chat.list", before: 12 }]);
    expect(room.now.lines).toMatchObject([
      { reactions: { counts: { laugh: 11 } }, ownReactions: ["laugh"] },
      { reactions: { counts: { laugh: 12 } }, ownReactions: ["laugh"] },
      { ownReactions: [] },
    ]);
  });
});

describe("sending", () => {
  let room: PublishingCallbacks;
  let own: Chat;

  beforeEach(() => {
    vi.useFakeTimers();
    room = new PublishingCallbacks();
    own = new Chat(room);
  });

  afterEach(() => void vi.useRealTimers());

  it("is repeated with the same client id until there is a reply", async () => {
    own.sendMessage("hello");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(room.sent).toHaveLength(2);
    expect(room.sent[0]).toEqual(room.sent[1]);
    room.now = reduce(room.now, message(11, "hello", "1", room.now.pending[0]?.key));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(room.sent.length).toBeLessThanOrEqual(3);
    expect(room.now.pending).toEqual([]);
  });

  it("waits for the connection, and goes on after the next welcome", async () => {
    room.isUp = false;
    own.sendMessage("hello");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(room.sent).toEqual([]);
    room.isUp = true;
    own.resendPending();
    expect(room.sent).toMatchObject([{ do: "chat.send", text: "hello", client_id: room.now.pending[0]?.key }]);
  });

  it("that is refused stays visible, and can be tried again or discarded", async () => {
    room.answer = () => Promise.reject(new Refused("too_fast", ""));
    own.sendMessage("hello");
    await vi.advanceTimersByTimeAsync(0);
    expect(room.now.pending).toMatchObject([{ text: "hello", isRefused: true }]);
    expect(room.notices).toEqual([{ what: "too_fast" }]);
    own.resendPending();
    expect(room.sent).toHaveLength(1);
    own.retry(room.now.pending[0]?.key ?? "");
    expect(room.sent).toHaveLength(2);
    own.discard(room.now.pending[0]?.key ?? "");
    expect(room.now.pending).toEqual([]);
  });

  it("goes to whom it was written, with what it replies to", () => {
    own.sendMessage("hello", { to: someone("2"), replyTo: 7 });
    own.sendMessage("hosts", { to: "hosts" });
    expect(room.sent).toMatchObject([{ to: "2", reply_to: 7 }, { to: "hosts" }]);
  });

  it("in slow mode says how long to wait", async () => {
    room.answer = () => Promise.reject(new Refused("too_fast", "12"));
    own.sendMessage("hello");
    await vi.advanceTimersByTimeAsync(0);
    expect(room.now.pending).toMatchObject([{ isRefused: true, wait: 12 }]);
    expect(room.notices).toEqual([]);
  });

  it("ends with the reply when the event arrived before", async () => {
    room.answer = (command) => Promise.resolve({ re: 1, ok: true, message: command.do === "chat.send" ? 4 : 0 });
    own.sendMessage("hello");
    await vi.advanceTimersByTimeAsync(0);
    expect(room.now.pending).toEqual([]);
  });
});
