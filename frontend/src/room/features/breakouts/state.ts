// Breakout rooms in the main room's state.
import type { BreakoutAssigned, BreakoutRoom, Breakouts, HelpRequest } from "../../protocol.generated";
import type { FromSnapshot, Reducers, State } from "../../state";
import { t } from "../../translations";

type Events =
  | "breakout.prepared"
  | "breakout.opened"
  | "breakout.moved"
  | "breakout.renamed"
  | "breakout.extended"
  | "breakout.closed"
  | "breakout.announced"
  | "breakout.help_changed";

export const reducers: Reducers<Events> = {
  "breakout.prepared": (state, { breakouts }) => ({ ...state, breakouts }),
  "breakout.opened": (state, { breakouts }) => ({ ...state, breakouts }),
  "breakout.moved": (state, { moves }) => withBreakouts(state, ({ rooms }) => ({ rooms: rooms.map((room) => moved(room, moves)) })),
  "breakout.renamed": (state, event) => withBreakouts(state, ({ rooms }) => ({ rooms: rooms.map((room) => (room.id === event.room ? { ...room, name: event.name } : room)) })),
  "breakout.extended": (state, { ends_at }) => withBreakouts(state, () => ({ ends_at })),
  "breakout.closed": (state) => everybodyBack({ ...state, breakouts: null }),
  "breakout.announced": (state) => state,
  "breakout.help_changed": (state, event) => withBreakouts(state, ({ help }) => ({ help: [...help.filter(({ person }) => person.id !== event.person.id), ...(event.on ? [request(event)] : [])] })),
};

export const withSnapshot: FromSnapshot = (state, snapshot) => ({ ...state, breakouts: snapshot.breakouts });

function withBreakouts(state: State, change: (known: Breakouts) => Partial<Breakouts>): State {
  return state.breakouts ? { ...state, breakouts: { ...state.breakouts, ...change(state.breakouts) } } : state;
}

function moved(room: BreakoutRoom, moves: readonly BreakoutAssigned[]): BreakoutRoom {
  const others = room.people.filter((person) => !moves.some((move) => move.person === person));
  const came = moves.filter((move) => move.room === room.id).map((move) => move.person);
  return { ...room, people: [...others, ...came] };
}

function everybodyBack(state: State): State {
  const people = [...state.people].map(([id, person]) => [id, person.breakout === null ? person : { ...person, breakout: null }] as const);
  return { ...state, people: new Map(people) };
}

const request = ({ person, room, at }: HelpRequest): HelpRequest => ({ person, room, at });

// ---- selectors -------------------------------------------------------------------------------------------

export function openBreakouts({ breakouts }: State): Breakouts | null {
  return breakouts?.state === "open" ? breakouts : null;
}

export function groupOf({ breakouts }: State, person: string | undefined): BreakoutRoom | undefined {
  return breakouts?.rooms.find(({ people }) => person !== undefined && people.includes(person));
}

/** As a host named it, else by its number, in the reader's language. */
export const groupName = ({ name, number }: BreakoutRoom): string => name || t("breakouts.group_name", { n: number });

export const ownGroup = (state: State): BreakoutRoom | undefined => groupOf(state, state.you?.id);

export const groupById = ({ breakouts }: State, room: string | null): BreakoutRoom | undefined => breakouts?.rooms.find(({ id }) => id === room);

/** Whether somebody has gone to a breakout room that is open. */
export function isAway(state: State, { breakout }: { breakout: string | null }): boolean {
  return breakout !== null && openBreakouts(state)?.rooms.some(({ id }) => id === breakout) === true;
}

/** Whole seconds, rounded up; null while only a host closes them. */
export function secondsLeft({ ends_at }: Breakouts, now: number): number | null {
  return ends_at === null ? null : Math.max(0, Math.ceil((Date.parse(ends_at) - now) / 1_000));
}
