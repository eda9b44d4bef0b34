import { describe, expect, it } from "vitest";
import { inside, nobody, someone, welcome } from "../../../../tests/samples";
import type { RoomEvent } from "../../protocol.generated";
import { reduce, type State } from "../../state";
import { hands } from "./state";

const raised = (seq: number, id: string, at: string): RoomEvent => ({ ev: "hand.raised", seq, person: someone(id), at });
const names = (state: State): string[] => hands(state).map((person) => person.id);

describe("raised hands", () => {
  it("are in the order in which they were raised, the own one too", () => {
    const state = [raised(11, "2", "2026-12-03T09:02:00Z"), raised(12, "1", "2026-12-03T09:01:00Z")].reduce<State>(reduce, inside());
    expect(names(state)).toEqual(["1", "2"]);
    expect(state.you?.hand_raised_at).toBe("2026-12-03T09:01:00Z");
  });

  it("are lowered by coming on stage, or by hand.lowered", () => {
    const up = [raised(11, "2", "a"), raised(12, "3", "b")].reduce<State>(reduce, inside());
    const lowered = reduce(up, { ev: "hand.lowered", seq: 13, person: someone("2"), at: "" });
    expect(names(lowered)).toEqual(["3"]);
    expect(names(reduce(lowered, { ev: "stage.joined", seq: 14, person: someone("3"), at: "" }))).toEqual([]);
  });

  it("come from the snapshot, not from missed events", () => {
    const lowered: RoomEvent = { ev: "hand.lowered", seq: 11, person: someone("2"), at: "" };
    const raised = someone("2", { hand_raised_at: "2026-12-03T09:10:00Z" });
    const state = reduce(inside(), welcome({ seq: 11, missed: [lowered], snapshot: { ...nobody, hands: [raised] } }));
    expect(names(state)).toEqual(["2"]);
  });
});
