import { describe, expect, it } from "vitest";
import type { RoomEvent, RoomInfo } from "../src/room/protocol.generated";
import * as rooms from "../src/room/state";
import { INITIAL_STATE, withMissed, reduce, stage, type State } from "../src/room/state";
import { inside, message, nobody, nothingOwn, room, someone, texts, welcome, you } from "./samples";

describe("numbered events", () => {
  it("are applied in order", () => {
    const state = [message(11, "one"), message(12, "two")].reduce<State>(reduce, inside());
    expect(texts(state)).toEqual(["one", "two"]);
    expect(state.seq).toBe(12);
  });

  it("are applied once, however often they arrive", () => {
    const state = [message(11, "one"), message(11, "one")].reduce<State>(reduce, inside());
    expect(texts(state)).toEqual(["one"]);
  });

  it("after a gap wait for the missing ones", () => {
    const gap = reduce(inside(), message(13, "three"));
    expect(gap.missingAfter).toBe(10);
    expect(texts(gap)).toEqual([]);
    const whole = withMissed(gap, [message(11, "one"), message(12, "two"), message(13, "three")], true);
    expect(texts(whole)).toEqual(["one", "two", "three"]);
    expect(whole.missingAfter).toBeNull();
  });

  it("are requested again when a page was incomplete", () => {
    const gap = reduce(inside(), message(13, "three"));
    expect(withMissed(gap, [message(11, "one")], false).missingAfter).toBe(11);
  });
});

describe("an extended meeting", () => {
  const until = "2026-12-03T10:30:00Z";
  const extended = (meeting: string): RoomEvent => ({ ev: "meeting.extended", seq: 11, meeting, until, closes_at: "2026-12-03T11:00:00Z", at: "2026-12-03T10:10:00Z" });

  it("ends later for everybody, and the chat says so", () => {
    const state = reduce(inside(), extended("m"));
    expect(state.room).toMatchObject({ ends_at: until, closes_at: "2026-12-03T11:00:00Z" });
    expect(state.lines.at(-1)).toMatchObject({ kind: "note", what: "meeting.extended", detail: until });
  });

  it("is ignored when it is another one", () => {
    expect(reduce(inside(), extended("other")).room).toEqual(room);
  });
});

describe("a closed room", () => {
  it("has denied who waited, and removed who was in it", () => {
    const waiting = { ...inside(), you: you({ admission: "waiting" }) };
    expect([waiting, inside()].map((state) => rooms.withLink(state, "closed", "removed").closeReason)).toEqual(["denied", "removed"]);
  });
});

describe("reconnecting", () => {
  it("adds what was missed to what was known", () => {
    const before = reduce(inside(), message(11, "before"));
    const after = reduce(before, welcome({ seq: 13, missed: [message(12, "a"), message(13, "b")] }));
    expect(texts(after)).toEqual(["before", "a", "b"]);
    expect(after.seq).toBe(13);
  });

  it("shows only the newest messages when too much was missed", () => {
    const before = reduce(inside(), message(11, "before"));
    const snapshot = { ...nobody, messages: [message(900, "late")], earlier: true };
    const after = reduce(before, welcome({ seq: 901, missed: null, snapshot }));
    expect(texts(after)).toEqual(["late"]);
    expect(after.hasEarlier).toBe(true);
  });
});

describe("the waiting room", () => {
  const waiting = (): State => reduce(INITIAL_STATE, welcome({ you: you({ admission: "waiting", may: [] }), seq: 0, snapshot: null, own: null }));

  it("shows nothing of the room", () => {
    expect(waiting().people.size).toBe(0);
    expect(rooms.mayPublish(waiting())).toBe(false);
  });

  it("follows the meeting, although most of the room's events do not come here", () => {
    const before = { ...waiting(), room: { ...room, state: "waiting" as const, started_at: null } };
    const started: RoomEvent = { ev: "meeting.started", seq: 17, meeting: "m", closes_at: "2026-12-03T10:30:00Z", at: "2026-12-03T09:00:00Z" };
    const state = reduce(before, started);
    expect(state.room).toMatchObject({ state: "live", started_at: started.at });
    expect([state.missingAfter, state.seq]).toEqual([null, 0]);
  });

  it("lets devices be prepared where everybody may speak, and only there", () => {
    const outside = (more: Partial<RoomInfo>): State => ({ ...waiting(), room: { ...room, ...more } });
    expect(rooms.mayPrepare(outside({ is_webinar: false }))).toBe(true);
    expect(rooms.mayPrepare(outside({ is_webinar: true }))).toBe(false);
    expect(rooms.mayPrepare(outside({ is_webinar: false, state: "ended" }))).toBe(false);
    expect(rooms.mayPrepare(inside())).toBe(false);
  });

  it("ends with the snapshot", () => {
    const snapshot = { ...nobody, messages: [message(9, "hello")], stage: [someone("2", { on_stage: true })] };
    const state = reduce(waiting(), { ev: "admitted", you: you(), room, seq: 10, snapshot, own: nothingOwn });
    expect(texts(state)).toEqual(["hello"]);
    expect(rooms.stage(state).map((person) => person.id)).toEqual(["2"]);
  });
});

describe("the stage", () => {
  const joined: RoomEvent = { ev: "stage.joined", seq: 11, person: someone("1"), at: "" };

  it("of a webinar has the invited people, and only they publish", () => {
    expect(rooms.mayPublish(inside())).toBe(false);
    const state = reduce(inside(), joined);
    expect(rooms.mayPublish(state)).toBe(true);
    expect(rooms.mayPublish(reduce(state, { ev: "stage.left", seq: 12, person: someone("1"), at: "" }))).toBe(false);
  });

  it("of a meeting has everybody, oneself first", () => {
    const meeting = reduce(INITIAL_STATE, welcome({ room: { ...room, is_webinar: false } }));
    const state = reduce(meeting, { ev: "presence", count: 2, joined: [someone("0")], left: [] });
    expect(rooms.stage(state).map((person) => person.id)).toEqual(["1", "0"]);
    expect(rooms.remoteConnections(state)).toEqual(new Map([["c0", "0"]]));
    expect(rooms.stage(reduce(state, { ev: "presence", count: 1, joined: [], left: ["0"] }))).toHaveLength(1);
  });

  it("does not connect with other windows of oneself", () => {
    const twice = { ...you({ on_stage: true }), connections: ["c1", "c9"] };
    const state = reduce(inside(), { ev: "you", you: twice });
    expect(rooms.remoteConnections(state).size).toBe(0);
  });
});

describe("the end", () => {
  const ended = (meeting: string): RoomEvent => ({ ev: "meeting.ended", seq: 11, meeting, at: "" });

  it("has nobody to mute", () => {
    const host: State = { ...inside(), you: you({ may: ["stage.mute"] }), count: 2 };
    expect(rooms.mayMuteAll(host)).toBe(true);
    expect(rooms.mayMuteAll(reduce(host, ended("m")))).toBe(false);
  });

  it("closes the room of a meeting", () => {
    expect(reduce(inside(), ended("m")).room?.state).toBe("ended");
  });

  it("leaves a project room open", () => {
    const project = reduce(INITIAL_STATE, welcome({ room: { ...room, kind: "project" } }));
    expect(reduce(project, ended("m")).room?.state).toBe("live");
  });

  it("of another meeting changes nothing here", () => {
    expect(reduce(inside(), ended("other")).room?.state).toBe("live");
  });
});

describe("the stage", () => {
  const at = (more: Partial<RoomInfo>): State => reduce(INITIAL_STATE, welcome({ room: { ...room, ...more } }));

  it("waits for the host only before the start", () => {
    expect(rooms.stageShows(at({ state: "waiting", started_at: null }))).toBe("waiting");
  });

  it("does not wait for the host once the meeting is live, although nobody is there", () => {
    expect(rooms.stageShows(at({}))).toBe("nobody");
  });

  it("stops waiting when the meeting is started outside the room", () => {
    const before = at({ state: "waiting", started_at: null });
    const started = reduce(before, { ev: "meeting.started", seq: 11, at: "2026-12-03T09:00:00Z", meeting: "m", closes_at: null });
    expect(started.room?.state).toBe("live");
    expect(rooms.stageShows(started)).toBe("nobody");
  });

  it("shows who is there", () => {
    expect(rooms.stageShows(reduce(INITIAL_STATE, welcome({ snapshot: { ...nobody, stage: [someone("2", { on_stage: true })] } })))).toBe("people");
  });
});

describe("the order of the stage", () => {
  const people = [someone("1"), someone("p12", { name: "Åsa", on_stage: true }), someone("p3", { name: "Bo", on_stage: true }), someone("p20", { name: "Ada", on_stage: true })];
  const onStage = (stage_order: string[]): State => reduce(INITIAL_STATE, welcome({ snapshot: { ...nobody, stage: people.slice(1), stage_order } }));
  const ids = (state: State): string[] => stage(state).map(({ id }) => id);

  it("is by name until a host chooses one; others come after those in it", () => {
    expect(ids(onStage([]))).toEqual(["p20", "p12", "p3"]);
    expect(ids(onStage(["p12"]))).toEqual(["p12", "p3", "p20"]);
    expect(ids(reduce(onStage([]), { ev: "stage.ordered", seq: 11, people: ["p20", "p3", "p12"], at: "" }))).toEqual(["p20", "p3", "p12"]);
  });

  it("has a new one last, also one who comes back", () => {
    let state = reduce(onStage(["p12", "p3", "p20"]), { ev: "stage.left", seq: 11, person: someone("p12"), at: "" });
    expect(ids(state)).toEqual(["p3", "p20"]);
    state = reduce(state, { ev: "stage.joined", seq: 12, person: someone("p12"), at: "" });
    expect(ids(state)).toEqual(["p3", "p20", "p12"]);
    expect(reduce(onStage([]), { ev: "stage.joined", seq: 11, person: someone("p12"), at: "" }).stageOrder).toEqual([]);
  });
});
