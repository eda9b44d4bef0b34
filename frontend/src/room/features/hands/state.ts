// Raised hands in the room's state: each with the person who raised it.
import { ofPerson } from "../../changes";
import type { Present } from "../../protocol.generated";
import type { Reducers, State } from "../../state";

export const reducers: Reducers<"hand.raised" | "hand.lowered"> = {
  "hand.raised": (state, event) => ofPerson(state, event.person, { hand_raised_at: event.at }),
  "hand.lowered": (state, event) => ofPerson(state, event.person, { hand_raised_at: null }),
};

/** Whose hands are up, the first to raise it first. */
export function hands(state: State): Present[] {
  const raised = [...state.people.values()].filter((person) => person.hand_raised_at !== null);
  return raised.sort((a, b) => (a.hand_raised_at ?? "").localeCompare(b.hand_raised_at ?? ""));
}
