// Reactions are shown as they arrive and change nothing in the room's state.
import type { Reducers } from "../../state";

export const reducers: Reducers<"reactions"> = {
  reactions: (state) => state,
};
