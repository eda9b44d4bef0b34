import { html, render } from "lit";
import { beforeEach, describe, expect, it } from "vitest";
import { inside, nobody, nothingOwn, welcome, you } from "../../../../tests/samples";
import type { RoomActions } from "../../actions";
import type { Command, PollInfo, Reply, RoomEvent } from "../../protocol.generated";
import { Refused } from "../../socket";
import { reduce, type State } from "../../state";
import { setLocale } from "../../translations";
import { average, bars, chart, sizeOf } from "./chart";
import { Polls } from "./client";
import { contentOf, draftOf, EMPTY_DRAFT, problemOf } from "./form";
import { openPoll, pollOnStage, unansweredPolls, withMorePolls } from "./state";
import { quizVerdict } from "./view";

const OPTIONS = [{ id: 1, text: "Water" }, { id: 2, text: "Wind" }];
const poll = (more: Partial<PollInfo> = {}): PollInfo => ({
  ...{ id: "a", meeting: "m", kind: "single", title: "Which?", options: OPTIONS, anonymous: true, most: 1, show: "live", state: "closed" },
  ...{ shared: true, on_stage: false, on_page: false, voters: 4, not_voted: null, results: [{ id: 1, votes: 3 }, { id: 2, votes: 1 }], right: [] },
  ...more,
});
const opened = (seq: number, id = "a", show: PollInfo["show"] = "live"): RoomEvent => ({ ev: "poll.opened", seq, id, meeting: "m", title: "Which?", kind: "single", options: OPTIONS, anonymous: true, most: 1, show, on_page: false, at: "" });
const tally = (voters: number, votes: number): RoomEvent => ({ ev: "poll.tally", poll: "a", voters, results: [{ id: 1, votes }, { id: 2, votes: 0 }] });
const closed = (seq: number, results: PollInfo["results"]): RoomEvent => ({ ev: "poll.closed", seq, id: "a", shared: results !== null, results, voters: results && 2, right: results && [1], at: "" });
const asHost = (): State => reduce(inside(), { ev: "you", you: you({ role: "host" }) });

describe("polls in the state", () => {
  it("are open until they are closed, and count upwards only", () => {
    let state = [opened(11), tally(2, 2), tally(1, 1)].reduce<State>(reduce, inside());
    expect(openPoll(state)).toMatchObject({ voters: 2, results: [{ id: 1, votes: 2 }, { id: 2, votes: 0 }] });
    state = reduce(state, closed(12, [{ id: 1, votes: 2 }, { id: 2, votes: 0 }]));
    expect(openPoll(state)).toBeUndefined();
    expect(reduce(state, tally(9, 9)).polls[0]).toMatchObject({ state: "closed", voters: 2, right: [1] });
  });

  it("hide held results from everybody but hosts", () => {
    const event = opened(11, "a", "held");
    expect(reduce(inside(), event).polls[0]?.results).toBeNull();
    const host = [event, tally(1, 1), closed(12, null)].reduce<State>(reduce, asHost());
    expect(host.polls[0]).toMatchObject({ state: "closed", shared: false, results: [{ votes: 1 }, { votes: 0 }] });
    const shared: RoomEvent = { ev: "poll.shared", seq: 13, id: "a", on_stage: true, results: [{ id: 1, votes: 1 }], voters: 1, right: [2], at: "" };
    const guest = [event, closed(12, null), shared].reduce<State>(reduce, inside());
    expect(pollOnStage(guest)).toMatchObject({ shared: true, right: [2], voters: 1 });
    expect(pollOnStage(reduce(guest, opened(14, "b")))).toBeUndefined();
  });

  it("ask for an answer until there is one, and hosts for none", () => {
    const state = reduce(inside(), opened(11));
    expect(unansweredPolls(state)).toBe(1);
    expect(unansweredPolls(reduce(state, { ev: "poll.voted", poll: "a" }))).toBe(0);
    expect(unansweredPolls(reduce(asHost(), opened(11)))).toBe(0);
  });

  it("come anew with each snapshot, with what this page alone knows", () => {
    const state: State = { ...inside(), ballots: new Map([["a", { poll: "a", choices: [2], text: "" }], ["gone", { poll: "gone", choices: [], text: "" }]]) };
    const own = { ...nothingOwn, ballots: [{ poll: "a", choices: [], text: "" }] };
    const next = reduce(state, welcome({ seq: 20, snapshot: { ...nobody, polls: [poll()], more_polls: true }, own }));
    expect(next.polls.map(({ id }) => id)).toEqual(["a"]);
    expect([...next.ballots.values()]).toEqual([{ poll: "a", choices: [2], text: "" }]);
    expect(withMorePolls(next, [poll(), poll({ id: "b" })], false).polls.map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("are prepared, changed and deleted among hosts", () => {
    const event = (seq: number, title: string): RoomEvent => ({ ev: "poll.prepared", seq, poll: poll({ state: "prepared", title }), at: "" });
    const state = [event(11, "one"), event(12, "two")].reduce<State>(reduce, asHost());
    expect(state.polls.map(({ title }) => title)).toEqual(["two"]);
    expect(reduce(state, { ev: "poll.deleted", seq: 13, poll: "a", at: "" }).polls).toEqual([]);
  });
});

describe("results", () => {
  it("are told by numbers, in a ranking the best first", () => {
    expect(bars(poll(), { poll: "a", choices: [2], text: "" })).toMatchObject([{ text: "Water", votes: 3, percent: 75, isOwn: false }, { text: "Wind", votes: 1, percent: 25, isOwn: true }]);
    const ranking = poll({ kind: "ranking", results: [{ id: 1, votes: 3 }, { id: 2, votes: 9 }] });
    expect(bars(ranking).map(({ text, percent }) => [text, percent])).toEqual([["Wind", 75], ["Water", 25]]);
    expect(average(poll({ kind: "rating" }))).toBe(1.25);
    expect(average(poll({ results: [] }))).toBeNull();
  });

  it("size words by how often they were said", () => {
    const results = [{ id: 1, votes: 9 }, { id: 2, votes: 5 }, { id: 3, votes: 1 }];
    expect(results.map((result) => sizeOf(result, results))).toEqual([5, 3, 1]);
    expect(sizeOf({ id: 1, votes: 1 }, [{ id: 1, votes: 1 }])).toBe(3);
  });

  it("are a table whose bars differ without colour, in the reader's language", () => {
    setLocale({ language: "sv", words: {}, plurals: {} });
    const box = document.createElement("div");
    render(html`${chart(poll({ options: [{ id: 1, text: "Water", translations: { sv: "Vatten" } }, { id: 2, text: "Wind" }] }))}`, box);
    expect([...box.querySelectorAll("th[scope=row]")].map((head) => head.textContent.trim())).toEqual(["Vatten", "Wind"]);
    expect([...box.querySelectorAll("progress")].map((bar) => bar.dataset.pattern)).toEqual(["0", "1"]);
    setLocale({ language: "en", words: {}, plurals: {} });
  });

  it("tell a voter whether they were right, where that is known", () => {
    const quiz = poll({ kind: "quiz", right: [2] });
    const verdict = (choices: number[]): string | null => {
      const box = document.createElement("div");
      render(quizVerdict(quiz, { poll: "a", choices, text: "" }), box);
      return box.querySelector("[data-verdict]")?.getAttribute("data-verdict") ?? null;
    };
    expect([verdict([2]), verdict([1]), verdict([])]).toEqual(["right", "wrong", null]);
  });
});

describe("a host's draft", () => {
  it("is complete with a question and two different options", () => {
    expect(problemOf(EMPTY_DRAFT)).toBe("title");
    expect(problemOf({ ...EMPTY_DRAFT, title: "Which?", options: ["a", " "] })).toBe("options");
    expect(problemOf({ ...EMPTY_DRAFT, title: "Which?", options: ["a", "A "] })).toBe("same");
    expect(problemOf({ ...EMPTY_DRAFT, title: "Which?", kind: "words" })).toBe("");
  });

  it("leaves out empty options, and names the right one among the others", () => {
    const draft = { ...EMPTY_DRAFT, kind: "quiz" as const, title: " Which? ", options: ["", "a", "b"], right: 2 };
    expect(contentOf(draft)).toMatchObject({ title: "Which?", options: ["a", "b"], right: [1] });
  });

  it("keeps translations of what was not changed", () => {
    const prepared = poll({ state: "prepared", title: "Heat", translations: { en: "Heat", sv: "Värme" } });
    expect(contentOf(draftOf(prepared, "a"), prepared).title).toEqual({ en: "Heat", sv: "Värme" });
    expect(contentOf({ ...draftOf(prepared, "a"), title: "Cold" }, prepared).title).toBe("Cold");
  });
});

describe("voting", () => {
  let now: State;
  let answer: (command: Command) => Promise<Reply>;
  const actions: RoomActions = {
    state: () => now,
    update: (change) => void (now = change(now)),
    isOpen: () => true,
    send: (command) => answer(command),
    reply: (command) => answer(command).catch(() => null),
    ask: async (command) => (await actions.reply(command)) !== null,
    notify: () => undefined,
  };
  beforeEach(() => void (now = reduce(inside(), opened(11))));

  it("is remembered once it was counted, and not before", async () => {
    const ballot = { poll: "a", choices: [2], text: "" };
    answer = () => Promise.reject(new Error("the connection broke"));
    expect(await new Polls(actions).vote(ballot)).toBe("failed");
    expect(now.ballots.size).toBe(0);
    answer = () => Promise.resolve({ re: 1, ok: true });
    expect(await new Polls(actions).vote(ballot)).toBe("");
    expect(now.ballots.get("a")).toEqual(ballot);
  });

  it("is known when another tab did it", async () => {
    answer = () => Promise.reject(new Refused("already_voted", ""));
    expect(await new Polls(actions).vote({ poll: "a", choices: [2], text: "" })).toBe("already_voted");
    expect(now.ballots.get("a")).toEqual({ poll: "a", choices: [], text: "" });
  });
});
