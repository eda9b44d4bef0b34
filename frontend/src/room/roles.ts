// Apart from state.ts, so that the state of a feature may use it: state.ts imports those.
import type { PersonRef } from "./protocol.generated";

export const isHost = (person: PersonRef | null): boolean => person?.role === "host" || person?.role === "co_host";
