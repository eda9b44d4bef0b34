// Questions in the room's state: those that one sees, what only hosts and the asker see of them, one's own, and the settings.
import type { Own, QuestionDetails, QuestionInfo, QuestionSettingsInfo, Snapshot } from "../../protocol.generated";
import { isHost } from "../../roles";
import type { Reducers, State } from "../../state";

export interface Questions {
  readonly known: ReadonlyMap<string, QuestionInfo>;
  readonly details: ReadonlyMap<string, QuestionDetails>;
  readonly own: ReadonlySet<string>;
  readonly upvoted: ReadonlySet<string>;
  /** Those of others that arrived while one is in the room, with the numbers of their events. */
  readonly arrived: readonly { id: string; seq: number }[];
  readonly settings: QuestionSettingsInfo;
  /** There are more on the server; `next` is where the following page begins. */
  readonly hasMore: boolean;
  readonly next: number | null;
}

export const NO_QUESTIONS: Questions = {
  known: new Map(),
  details: new Map(),
  own: new Set(),
  upvoted: new Set(),
  arrived: [],
  settings: { is_open: true, is_moderated: false, anonymity: "no", has_upvotes: true },
  hasMore: false,
  next: null,
};

export type Filter = "all" | "held" | "open" | "answered" | "mine";
export type Sort = "votes" | "time";

type Names =
  | "question.asked"
  | "question.changed"
  | "question.answered"
  | "question.dismissed"
  | "question.merged"
  | "question.deleted"
  | "question.details"
  | "question.own"
  | "question.configured"
  | "question.voted";

export const reducers: Reducers<Names> = {
  "question.asked": (state, event) => withArrival(withQuestion(state, infoOf(event)), event),
  "question.changed": (state, event) => withQuestion(state, infoOf(event)),
  "question.answered": (state, event) => withQuestion(state, infoOf(event)),
  "question.dismissed": (state, { id }) => withEnd(state, id, "dismissed"),
  "question.merged": (state, { id }) => withEnd(state, id, "merged"),
  "question.deleted": (state, { id }) => without(state, id),
  "question.details": (state, { id, from, reason, answer }) => withDetails(state, [{ id, from, reason, answer }]),
  "question.own": (state, { id }) => withOwn(state, id),
  "question.configured": (state, { settings }) => withPart(state, { settings }),
  "question.voted": (state, { id, votes }) => withVotes(state, id, votes),
};

function withPart(state: State, change: Partial<Questions>): State {
  return { ...state, questions: { ...state.questions, ...change } };
}

/** The fields of the event that are the question's. */
function infoOf({ id, text, from, hidden_from, language, translations, votes, state, at, edited, pinned, assigned, answering, answer }: QuestionInfo): QuestionInfo {
  return { id, text, from, hidden_from, language, translations, votes, state, at, edited, pinned, assigned, answering, answer };
}

/** Upvotes have events of their own, and may be newer than the question. */
function withQuestion(state: State, info: QuestionInfo): State {
  const before = state.questions.known.get(info.id);
  const known = new Map(state.questions.known).set(info.id, before ? { ...info, votes: before.votes } : info);
  return withPart(state, { known });
}

function withArrival(state: State, { id, from, seq }: { id: string; from: QuestionInfo["from"]; seq: number }): State {
  const { arrived, own } = state.questions;
  if (from?.id === state.you?.id || own.has(id) || arrived.some((one) => one.id === id)) return from?.id === state.you?.id ? withOwn(state, id) : state;
  return withPart(state, { arrived: [...arrived, { id, seq }] });
}

export function withOwn(state: State, id: string): State {
  const { own, arrived } = state.questions;
  return withPart(state, { own: new Set(own).add(id), arrived: arrived.filter((one) => one.id !== id) });
}

/** Only hosts and the asker still see it. */
function withEnd(state: State, id: string, end: QuestionInfo["state"]): State {
  const question = state.questions.known.get(id);
  if (!question) return state;
  if (!isHost(state.you) && !state.questions.own.has(id)) return without(state, id);
  return withPart(state, { known: new Map(state.questions.known).set(id, { ...question, state: end, answering: false }) });
}

function without(state: State, id: string): State {
  const known = new Map(state.questions.known);
  known.delete(id);
  return withPart(state, { known, arrived: state.questions.arrived.filter((one) => one.id !== id) });
}

function withDetails(state: State, several: readonly QuestionDetails[]): State {
  const details = new Map(state.questions.details);
  for (const each of several) details.set(each.id, each);
  return withPart(state, { details });
}

function withVotes(state: State, id: string, votes: number): State {
  const question = state.questions.known.get(id);
  return question ? withPart(state, { known: new Map(state.questions.known).set(id, { ...question, votes }) }) : state;
}

export function withUpvote(state: State, id: string, up: boolean): State {
  const upvoted = new Set(state.questions.upvoted);
  if (up) upvoted.add(id);
  else upvoted.delete(id);
  return withPart(state, { upvoted });
}

/** A page of `question.list`. */
export function withPage(state: State, page: { questions: readonly QuestionInfo[]; details: readonly QuestionDetails[]; next: number | null }): State {
  const known = new Map([...page.questions.map((each) => [each.id, each] as const), ...state.questions.known]);
  return withDetails(withPart(state, { known, next: page.next, hasMore: page.next !== null }), page.details);
}

/** Replaces everything but what is new. */
export function fromSnapshot(state: State, snapshot: Snapshot, own: Own): State {
  const questions: Questions = {
    known: new Map(snapshot.questions.map((each) => [each.id, each])),
    details: new Map(snapshot.question_details.map((each) => [each.id, each])),
    own: new Set(own.own_questions),
    upvoted: new Set(own.upvoted_questions),
    arrived: state.questions.arrived,
    settings: snapshot.question_settings,
    hasMore: snapshot.more_questions || own.own_questions.some((id) => snapshot.questions.every((each) => each.id !== id)),
    next: null,
  };
  return { ...state, questions };
}

// ---- selectors -------------------------------------------------------------------------------------------

const isOpen = ({ state }: QuestionInfo): boolean => state === "held" || state === "visible";

export function openCount(state: State): number {
  return [...state.questions.known.values()].filter(isOpen).length;
}

export function newestArrival(state: State): number {
  return state.questions.arrived.at(-1)?.seq ?? 0;
}

/** Questions of others that came after this number and are open still. */
export function unreadQuestions(state: State, seen: number): number {
  const { arrived, known } = state.questions;
  return arrived.filter(({ id, seq }) => seq > seen && isOpen(known.get(id) ?? ({ state: "answered" } as QuestionInfo))).length;
}

export function beingAnswered(state: State): QuestionInfo | undefined {
  return [...state.questions.known.values()].find(({ answering }) => answering);
}

const FILTERS: Record<Filter, (question: QuestionInfo, state: State) => boolean> = {
  all: () => true,
  held: (question) => question.state === "held",
  open: isOpen,
  answered: (question) => question.state === "answered",
  mine: ({ id }, state) => state.questions.own.has(id),
};

/** What is answered now comes first, then what is pinned, then what is open. */
export function listed(state: State, filter: Filter, sort: Sort): QuestionInfo[] {
  const shown = [...state.questions.known.values()].filter((question) => FILTERS[filter](question, state));
  const votes = (question: QuestionInfo): number => (sort === "votes" ? question.votes : 0);
  const rank = (question: QuestionInfo): number[] => [Number(question.answering), Number(question.pinned), Number(isOpen(question)), votes(question)];
  return shown.sort((a, b) => compare(rank(b), rank(a)) || b.at.localeCompare(a.at));
}

function compare(one: readonly number[], other: readonly number[]): number {
  return one.map((value, place) => value - (other[place] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

/** Hosts answer, and the speaker to whom the question is assigned. */
export function mayAnswer(state: State, question: QuestionInfo): boolean {
  const isHere = state.you?.may.includes("question.answer") ?? false;
  return isHere && (isHost(state.you) || question.assigned?.id === state.you?.id);
}
