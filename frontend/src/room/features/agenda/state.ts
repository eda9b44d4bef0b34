// The agenda of the meeting, and the time of its current item.
import type { AgendaItemInfo } from "../../protocol.generated";
import type { FromSnapshot, Reducers } from "../../state";

export type Agenda = readonly AgendaItemInfo[];

export const isCurrent = ({ started_at, ended_at }: AgendaItemInfo): boolean => started_at !== null && ended_at === null;
export const currentItem = (agenda: Agenda): AgendaItemInfo | undefined => agenda.find(isCurrent);

/** What *Next item* leads to: the one after the current, or the first that was never started. */
export function nextItem(agenda: Agenda): AgendaItemInfo | undefined {
  const place = agenda.findIndex(isCurrent);
  return place >= 0 ? agenda[place + 1] : agenda.find(({ started_at }) => started_at === null);
}

/** Whole seconds; below 0 when the item takes longer than planned. */
export function secondsLeft({ started_at, minutes }: AgendaItemInfo, now: number): number {
  return Math.ceil((Date.parse(started_at ?? "") + minutes * 60_000 - now) / 1_000);
}

function moved(agenda: Agenda, item: string | null, at: string): Agenda {
  return agenda.map((each) => {
    if (each.id === item) return { ...each, started_at: at, ended_at: null };
    return isCurrent(each) ? { ...each, ended_at: at } : each;
  });
}

/** A project room has several meetings: an event may be about another than the present one. */
export const reducers: Reducers<"agenda" | "agenda.changed" | "agenda.moved"> = {
  agenda: (state, { agenda }) => ({ ...state, agenda }),
  "agenda.changed": (state, { meeting, items }) => (state.room?.meeting === meeting ? { ...state, agenda: items } : state),
  "agenda.moved": (state, { meeting, item, at }) => (state.room?.meeting === meeting ? { ...state, agenda: moved(state.agenda, item, at) } : state),
};

export const withSnapshot: FromSnapshot = (state, snapshot) => ({ ...state, agenda: snapshot.agenda });

/** When each item begins and ends by the plan: at the start of the meeting the first, then one after the other. */
export function plannedTimes(agenda: Agenda, startsAt: string): { item: AgendaItemInfo; from: number; to: number }[] {
  let from = Date.parse(startsAt);
  return agenda.map((item) => {
    const planned = { item, from, to: from + item.minutes * 60_000 };
    from = planned.to;
    return planned;
  });
}
