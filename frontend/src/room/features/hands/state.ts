// Raised hands in the room's state: a field of each person.
import { withPerson } from "../../changes";
import type { ParticipantInfo } from "../../protocol.generated";
import type { Reducers, State } from "../../state";

export const reducers: Reducers<"hand.raised" | "hand.lowered"> = {
  "hand.raised": (state, event) => withPerson(state, event.person, { hand_raised_at: event.at }),
  "hand.lowered": (state, event) => withPerson(state, event.person, { hand_raised_at: null }),
};

/** People with a raised hand, in the order in which they raised it. */
export function hands(state: State): ParticipantInfo[] {
  const raised = [...state.people.values()].filter((person) => person.hand_raised_at !== null);
  return raised.sort((a, b) => (a.hand_raised_at ?? "").localeCompare(b.hand_raised_at ?? ""));
}
