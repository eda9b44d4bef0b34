// How often the project's decisions or actions have changed: the panel is loaded again after each.
import type { Reducers } from "../../state";

export const reducers: Reducers<"project.changed"> = {
  "project.changed": (state) => ({ ...state, projectChanges: state.projectChanges + 1 }),
};
