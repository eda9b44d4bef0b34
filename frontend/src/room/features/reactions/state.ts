// Reactions are shown as they arrive and change nothing in the room's state.
import type { ReactionSend } from "../../protocol.generated";
import type { Reducers } from "../../state";

export type Reaction = ReactionSend["reaction"];

export const reducers: Reducers<"reactions"> = {
  reactions: (state) => state,
};
