import { describe, expect, it } from "vitest";
import { inside, nobody, nothingOwn, someone, welcome, you } from "../../../../tests/samples";
import type { RoomActions } from "../../actions";
import type { Command, QuestionInfo, Reply, RoomEvent } from "../../protocol.generated";
import { Refused } from "../../socket";
import { reduce, type State } from "../../state";
import { QuestionCommands } from "./client";
import { beingAnswered, listed, openCount, unreadQuestions, withPage } from "./state";

const question = (id: string, more: Partial<QuestionInfo> = {}): QuestionInfo => ({
  id,
  text: `Question ${id}`,
  from: someone("2"),
  hidden_from: "nobody",
  language: "en",
  translations: {},
  votes: 0,
  state: "visible",
  at: "2026-12-03T09:00:00Z",
  edited: false,
  pinned: false,
  assigned: null,
  answering: false,
  answer: null,
  ...more,
});
const asked = (seq: number, id: string, more: Partial<QuestionInfo> = {}): RoomEvent => ({ ev: "question.asked", seq, ...question(id, more) });
const changed = (seq: number, id: string, more: Partial<QuestionInfo> = {}): RoomEvent => ({ ev: "question.changed", seq, ...question(id, more) });
const after = (...events: RoomEvent[]): State => events.reduce<State>(reduce, inside());
const ids = (state: State): string[] => listed(state, "all", "votes").map(({ id }) => id);
const asHost = (): State => reduce(inside(), welcome({ you: you({ role: "host" }) }));

describe("questions", () => {
  it("are listed by use: answered now, pinned, upvotes, then the newest", () => {
    const state = after(
      asked(11, "old"),
      asked(12, "new", { at: "2026-12-03T09:05:00Z" }),
      asked(13, "liked", { votes: 3 }),
      asked(14, "pinned", { pinned: true }),
      asked(15, "now", { answering: true }),
      asked(16, "answered", { state: "answered", votes: 9 }),
    );
    expect(ids(state)).toEqual(["now", "pinned", "liked", "new", "old", "answered"]);
    expect(listed(state, "answered", "time").map(({ id }) => id)).toEqual(["answered"]);
    expect(beingAnswered(state)?.id).toBe("now");
    expect(openCount(state)).toBe(5);
  });

  it("keep their upvotes when they change: these come by themselves, and may be newer", () => {
    const state = after(asked(11, "a"), { ev: "question.voted", id: "a", votes: 4 }, changed(12, "a", { votes: 1, pinned: true }));
    expect(state.questions.known.get("a")).toMatchObject({ votes: 4, pinned: true });
  });

  it("disappear when they are dismissed or merged, but not for their asker and for hosts", () => {
    const dismissed: RoomEvent = { ev: "question.dismissed", seq: 13, id: "a", at: "" };
    expect(ids(after(asked(11, "a"), asked(12, "b"), dismissed))).toEqual(["b"]);
    const own: RoomEvent = { ev: "question.own", seq: 12, id: "a", person: "1", at: "" };
    expect(after(asked(11, "a", { from: null }), own, dismissed).questions.known.get("a")?.state).toBe("dismissed");
    const merged: RoomEvent = { ev: "question.merged", seq: 12, id: "a", into: "b", at: "" };
    expect([asked(11, "a"), merged].reduce<State>(reduce, asHost()).questions.known.get("a")?.state).toBe("merged");
  });

  it("that are new are counted until they are answered; own ones are not new", () => {
    const state = after(asked(11, "a"), asked(12, "b"), asked(13, "mine", { from: someone("1") }));
    expect(unreadQuestions(state, 0)).toBe(2);
    expect(unreadQuestions(state, 11)).toBe(1);
    const answered: RoomEvent = { ev: "question.answered", seq: 14, ...question("b", { state: "answered" }) };
    expect(unreadQuestions(reduce(state, answered), 0)).toBe(1);
    expect(state.questions.own.has("mine")).toBe(true);
  });

  it("are replaced by the snapshot, and completed by pages", () => {
    const snapshot = { ...nobody, questions: [question("kept")], more_questions: true };
    const state = reduce(after(asked(11, "gone")), welcome({ snapshot, own: { ...nothingOwn, own_questions: ["held"], upvoted_questions: ["kept"] } }));
    expect(ids(state)).toEqual(["kept"]);
    expect(state.questions).toMatchObject({ hasMore: true, next: null });
    const page = withPage(state, { questions: [question("held", { state: "held" }), question("kept", { votes: 9 })], details: [], next: 3 });
    expect(page.questions.known.get("kept")?.votes).toBe(0);
    expect(page.questions).toMatchObject({ hasMore: true, next: 3 });
  });

  it("have settings that change at once", () => {
    const settings = { is_open: false, is_moderated: true, anonymity: "no", has_upvotes: false } as const;
    expect(after({ ev: "question.configured", seq: 11, settings, at: "" }).questions.settings).toEqual(settings);
  });
});

describe("asking", () => {
  const sent: Command[] = [];
  const client = (answer: () => Promise<Reply>): QuestionCommands => {
    sent.length = 0;
    const send = (command: Command): Promise<Reply> => {
      sent.push(command);
      return answer();
    };
    return new QuestionCommands({ send, update: () => undefined } as unknown as RoomActions);
  };

  it("keeps the client id until the room has confirmed the question", async () => {
    let answer: () => Promise<Reply> = () => Promise.reject(new Error("broken"));
    const questions = client(() => answer());
    expect(await questions.ask("Why?", "sv", "everyone")).toBe("offline");
    answer = () => Promise.resolve({ re: 1, ok: true, question: "q" });
    expect(await questions.ask("Why?", "sv", "everyone")).toBe("");
    await questions.ask("Why?", "sv", null);
    const keys = sent.map((command) => "client_id" in command && command.client_id);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[2]).not.toBe(keys[0]);
    expect(sent[0]).toMatchObject({ anonymous: true, hidden_from: "everyone", language: "sv" });
    expect(sent[2]).not.toHaveProperty("anonymous");
  });

  it("says why it was refused", async () => {
    const refused = (code: string, detail = ""): Promise<string> => client(() => Promise.reject(new Refused(code, detail))).ask("x", "en", null);
    expect(await refused("too_fast")).toBe("too_fast");
    expect(await refused("not_now", "anonymous")).toBe("anonymous");
    expect(await refused("bad_field", "text: empty")).toBe("refused");
  });
});
