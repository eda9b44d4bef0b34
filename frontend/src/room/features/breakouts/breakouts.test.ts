import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { inside, nobody, someone, welcome, you } from "../../../../tests/samples";
import type { RoomActions } from "../../actions";
import type { Breakouts, Command, RoomEvent } from "../../protocol.generated";
import { Refused } from "../../socket";
import { reduce, stage, type State } from "../../state";
import { t } from "../../translations";
import { BreakoutRooms } from "./client";
import { numberIn } from "./hosting";
import { groupName, groupOf, isAway, ownGroup, secondsLeft } from "./state";

const breakouts: Breakouts = {
  id: "b",
  state: "open",
  assign: "random",
  minutes: 10,
  ends_at: "2026-12-03T09:10:00Z",
  rooms: [{ id: "red", number: 1, name: "Red", people: ["1", "2"] }, { id: "blue", number: 2, name: "", people: ["3"] }],
  help: [],
};
const opened: RoomEvent = { ev: "breakout.opened", seq: 11, breakouts, at: "" };
const move = (seq: number, person: string, room: string | null): RoomEvent => ({ ev: "breakout.moved", seq, moves: [{ person, room }], at: "" });
const closed: RoomEvent = { ev: "breakout.closed", seq: 13, id: "b", reason: "host", at: "" };
const open = (): State => reduce(inside(), opened);

describe("breakout rooms in the state", () => {
  it("are those of the event or of the snapshot", () => {
    expect(open().breakouts).toEqual(breakouts);
    expect(reduce(inside(), welcome({ snapshot: { ...nobody, breakouts } })).breakouts).toEqual(breakouts);
    expect(reduce(open(), welcome({ seq: 12, missed: [closed] })).breakouts).toBeNull();
  });

  it("follow moves, names and times", () => {
    const state = [move(12, "1", "blue"), { ev: "breakout.renamed", seq: 13, room: "blue", name: "Heat", at: "" } as const, { ev: "breakout.extended", seq: 14, ends_at: null, at: "" } as const].reduce(reduce, open());
    expect(ownGroup(state)?.name).toBe("Heat");
    expect(groupOf(state, "2")?.name).toBe("Red");
    expect(state.breakouts && secondsLeft(state.breakouts, 0)).toBeNull();
    expect(ownGroup(reduce(state, move(15, "1", null)))).toBeUndefined();
  });

  it("are called by their number where nobody has named them", () => {
    expect(breakouts.rooms.map(groupName)).toEqual(["Red", t("breakouts.group_name", { n: 2 })]);
  });

  it("count down by the time they are given", () => {
    expect(secondsLeft(breakouts, Date.parse("2026-12-03T09:09:30.500Z"))).toBe(30);
    expect(secondsLeft(breakouts, Date.parse("2026-12-03T10:00:00Z"))).toBe(0);
  });

  it("keep one request for help of each person", () => {
    const asks = (seq: number, on: boolean): RoomEvent => ({ ev: "breakout.help_changed", seq, person: someone("2"), room: "red", on, at: "" });
    const asked = [asks(12, true), asks(13, true)].reduce(reduce, open());
    expect(asked.breakouts?.help.map(({ person }) => person.id)).toEqual(["2"]);
    expect(reduce(asked, asks(14, false)).breakouts?.help).toEqual([]);
  });

  it("take people from the stage until they come back", () => {
    const gone: RoomEvent = { ev: "person", person: someone("2", { on_stage: true, breakout: "red" }) };
    const away = reduce(open(), gone);
    expect(stage(away).map(({ id }) => id)).not.toContain("2");
    expect(isAway(away, { breakout: "of an earlier round" })).toBe(false);
    const back = reduce({ ...away, seq: 12 }, closed);
    expect(stage(back).map(({ id }) => id)).toContain("2");
    expect(back.people.get("2")?.breakout).toBeNull();
  });
});

describe("a number in the form", () => {
  it("stays within its bounds", () => {
    expect([numberIn("0", 1, 50), numberIn("7", 1, 50), numberIn("900", 1, 50), numberIn("", 1, 50)]).toEqual([1, 7, 50, null]);
  });
});

describe("going to a breakout room", () => {
  let state: State;
  let sent: Command[];
  let shown: (string | null)[];
  let told: string[];
  let rooms: BreakoutRooms;
  let refusal: Error | null;

  const receive = (event: RoomEvent): void => {
    state = reduce(state, event);
    rooms.handle(event);
  };

  beforeEach(() => {
    vi.stubGlobal("window", { sessionStorage: storage() });
    [state, sent, shown, told, refusal] = [open(), [], [], [], null];
    rooms = newRooms();
  });

  afterEach(() => vi.unstubAllGlobals());

  function newRooms(): BreakoutRooms {
    const send = (command: Command): Promise<{ re: number }> => {
      sent.push(command);
      if (refusal) return Promise.reject(refusal);
      return Promise.resolve({ re: 1, ok: true, room: "room" in command && command.room ? command.room : "red", ticket: `t${sent.length}`, url: "/ws/" });
    };
    const actions = { state: () => state, isOpen: () => true, send, reply: send } as unknown as RoomActions;
    return new BreakoutRooms(actions, { show: (room) => shown.push(room), tell: (what) => told.push(what) });
  }

  it("takes the ticket of the reply first, and asks for another to reconnect", async () => {
    await rooms.join();
    expect([rooms.inside, shown]).toEqual(["red", ["red"]]);
    expect((await rooms.ticket("red")).ticket).toBe("t1");
    expect((await rooms.ticket("red")).ticket).toBe("t2");
  });

  it("ends when the rooms are closed, with a word", async () => {
    await rooms.join();
    receive({ ...closed, seq: 12 });
    expect([rooms.inside, shown, told]).toEqual([null, ["red", null], ["breakouts.closed"]]);
    expect(sent.map((command) => command.do)).toEqual(["breakout.join"]);
  });

  it("says that one is back when one has chosen to", async () => {
    await rooms.join();
    rooms.comeBack("chosen");
    expect([sent.at(-1)?.do, told]).toEqual(["breakout.leave", []]);
  });

  it("leads into the other group when a host has moved one, and back when into none", async () => {
    await rooms.join();
    receive(move(12, "2", "blue"));
    expect(shown).toEqual(["red"]);
    receive(move(13, "1", "blue"));
    expect([shown, told]).toEqual([["red", "blue"], ["breakouts.moved"]]);
    receive(move(14, "1", null));
    expect([shown.at(-1), told.length]).toEqual([null, 2]);
  });

  it("leads a page that was loaded again back into the group, and no other", async () => {
    await rooms.join();
    rooms.comeBack("left");
    rooms = newRooms();
    receive(welcome({ seq: 12, snapshot: { ...nobody, breakouts } }));
    expect(rooms.inside).toBe("red");
    rooms.comeBack("left");
    rooms = newRooms();
    receive(welcome({ seq: 13, snapshot: { ...nobody, breakouts: { ...breakouts, rooms: [{ id: "red", number: 1, name: "Red", people: [] }] } } }));
    expect(rooms.inside).toBeNull();
  });

  it("tells the main room again after a break where one is", async () => {
    await rooms.join();
    receive(welcome({ seq: 12, snapshot: { ...nobody, breakouts } }));
    expect(sent.map((command) => command.do)).toEqual(["breakout.join", "breakout.join"]);
    receive(welcome({ seq: 13, snapshot: { ...nobody, breakouts: null } }));
    expect([rooms.inside, told]).toEqual([null, ["breakouts.closed"]]);
  });

  it("hosts go where they like, and stay when people are moved", async () => {
    state = { ...state, you: you({ role: "host" }) };
    await rooms.join("blue");
    receive(move(12, "1", "red"));
    expect([rooms.inside, told]).toEqual(["blue", []]);
  });

  it("gives up when the room is not theirs any more, and tries again when it was too fast", async () => {
    refusal = new Refused("not_allowed", "");
    await expect(rooms.ticket("red")).rejects.toMatchObject({ closeReason: "no_entry" });
    refusal = new Refused("too_fast", "");
    await expect(rooms.ticket("red")).rejects.toBe(refusal);
  });
});

function storage(): Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  const kept = new Map<string, string>();
  return { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => void kept.set(name, value), removeItem: (name) => void kept.delete(name) };
}
