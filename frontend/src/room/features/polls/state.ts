// Polls in the room's state: what the receiver may see of them, and the own ballots.
import type { Own, OwnBallot, PollInfo, PollOpened, Snapshot } from "../../protocol.generated";
import { isHost } from "../../roles";
import type { Reducers, State } from "../../state";

export type PollEvents = "poll.prepared" | "poll.deleted" | "poll.opened" | "poll.closed" | "poll.counted" | "poll.shared" | "poll.tally" | "poll.turnout" | "poll.voted" | "polls";

export const reducers: Reducers<PollEvents> = {
  "poll.prepared": (state, { poll }) => withPoll(state, poll),
  "poll.deleted": (state, { poll }) => ({ ...state, polls: state.polls.filter(({ id }) => id !== poll) }),
  "poll.opened": (state, event) => withPoll(offStage(state), openedPoll(state, event)),
  "poll.closed": (state, event) => changed(state, event.id, (poll) => ({ ...poll, state: "closed", not_voted: null, shared: event.shared, ...known(event) })),
  "poll.counted": (state, event) => changed(state, event.id, (poll) => ({ ...poll, ...known(event) })),
  "poll.shared": (state, event) => changed(event.on_stage ? offStage(state) : state, event.id, (poll) => sharedPoll(poll, event)),
  "poll.tally": (state, event) => changed(state, event.poll, (poll) => (isNewer(poll, event.voters) ? { ...poll, voters: event.voters, results: event.results } : poll)),
  "poll.turnout": (state, event) => changed(state, event.poll, (poll) => (isNewer(poll, event.voters) ? { ...poll, voters: event.voters, not_voted: event.not_voted } : poll)),
  "poll.voted": (state, { poll }) => (state.ballots.has(poll) ? state : withBallot(state, { poll, choices: [], text: "" })),
  polls: (state, { polls, more_polls }) => ({ ...state, polls, hasMorePolls: more_polls }),
};

/** Replaces the polls; what one has chosen in an anonymous poll is known to this page alone, and stays. */
export function withSnapshot(state: State, snapshot: Snapshot, own: Own): State {
  const ballots = new Map(own.ballots.map((ballot) => [ballot.poll, state.ballots.get(ballot.poll) ?? ballot]));
  return { ...state, polls: snapshot.polls, hasMorePolls: snapshot.more_polls, ballots };
}

/** Adds a page of `poll.list`. */
export function withMorePolls(state: State, page: readonly PollInfo[], hasMore: boolean): State {
  const shown = new Set(state.polls.map(({ id }) => id));
  return { ...state, polls: [...state.polls, ...page.filter(({ id }) => !shown.has(id))], hasMorePolls: hasMore };
}

export function withBallot(state: State, ballot: OwnBallot): State {
  return { ...state, ballots: new Map(state.ballots).set(ballot.poll, ballot) };
}

// ---- selectors -----------------------------------------------------------------------------------------------

export const openPoll = (state: State): PollInfo | undefined => state.polls.find((poll) => poll.state === "open");

/** Open, and waiting for this person's vote. Hosts ask and are not reminded. */
export function unansweredPolls(state: State): number {
  const open = openPoll(state);
  return open && !state.ballots.has(open.id) && !isHost(state.you) ? 1 : 0;
}

export const pollOnStage = (state: State): PollInfo | undefined => state.polls.find((poll) => poll.on_stage && poll.results !== null);

// ---- changes -------------------------------------------------------------------------------------------------

interface Counted {
  results: PollInfo["results"];
  voters: number | null;
  right: number[] | null;
}

/** What an event tells of the results; one that tells nothing takes nothing away that hosts know. */
function known({ results, voters, right }: Counted): Partial<PollInfo> {
  return results === null ? {} : { results, voters, right };
}

function sharedPoll(poll: PollInfo, event: Counted & { on_stage: boolean }): PollInfo {
  const next = { ...poll, on_stage: event.on_stage };
  return poll.state === "open" ? next : { ...next, shared: true, ...known(event) };
}

function openedPoll(state: State, event: PollOpened): PollInfo {
  const { id, meeting, kind, title, options, anonymous, most, show, on_page } = event;
  const mayCount = show === "live" || isHost(state.you);
  const before = state.polls.find((poll) => poll.id === id);
  return {
    ...{ id, meeting, kind, title, options, anonymous, most, show, on_page, translations: event.translations ?? {} },
    ...{ state: "open", shared: false, on_stage: false, not_voted: null, right: before?.right ?? null },
    voters: mayCount ? 0 : null,
    results: mayCount ? options.map((option) => ({ id: option.id, votes: 0 })) : null,
  };
}

/** An open poll is always the first, then the newest. */
function withPoll(state: State, poll: PollInfo): State {
  const isKnown = state.polls.some(({ id }) => id === poll.id);
  const polls = isKnown ? state.polls.map((known) => (known.id === poll.id ? poll : known)) : [poll, ...state.polls];
  return { ...state, polls: polls.sort((a, b) => Number(b.state === "open") - Number(a.state === "open")) };
}

function changed(state: State, id: string, change: (poll: PollInfo) => PollInfo): State {
  return { ...state, polls: state.polls.map((poll) => (poll.id === id ? change(poll) : poll)) };
}

function offStage(state: State): State {
  return { ...state, polls: state.polls.map((poll) => (poll.on_stage ? { ...poll, on_stage: false } : poll)) };
}

/** Of two tallies the one with more voters; a closed poll has its results from the event that closed it. */
function isNewer(poll: PollInfo, voters: number): boolean {
  return poll.state === "open" && voters >= (poll.voters ?? 0);
}
