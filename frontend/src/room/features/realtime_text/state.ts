// Real-time text in the room's state: what is being typed, finished lines, and own ones that are not confirmed yet.
import type { TextBeingTyped, TextLine } from "../../protocol.generated";
import type { FromSnapshot, Reducers, State } from "../../state";
import { isCaption, keptChoice, languagesOf, readLanguage, isRead, type CaptionChoice } from "./captions";
import { edited } from "./edits";

/** An own finished line that the room has not confirmed yet. */
export interface PendingLine {
  textId: string;
  text: string;
  isRefused: boolean;
  /** Of a caption. */
  language?: string;
}

export interface LiveText {
  /** In the order in which they were begun. */
  typed: readonly TextBeingTyped[];
  lines: readonly TextLine[];
  hasEarlier: boolean;
  pending: readonly PendingLine[];
  captions: CaptionChoice;
}

export const NO_LIVE_TEXT: LiveText = { typed: [], lines: [], hasEarlier: false, pending: [], captions: keptChoice() };

/** Milliseconds without a line after which captions in a language have stopped, while others go on. */
const STOPPED_AFTER = 120_000;

type Key = Pick<TextBeingTyped, "person" | "text_id">;

export const isSame = (one: Key, other: Key): boolean => one.text_id === other.text_id && one.person.id === other.person.id;

export const reducers: Reducers<"rtt.typing" | "rtt.committed" | "rtt.corrected" | "rtt.deleted"> = {
  "rtt.typing": (state, event) => {
    const { liveText } = state;
    const known = liveText.typed.find((each) => isSame(each, event));
    if (liveText.lines.some((line) => isSame(line, event)) || (known && event.version <= known.version)) return state;
    const text = event.text ?? (known && event.version === known.version + 1 ? edited(known.text, event.edits ?? []) : null);
    if (text === null) return state; // a version is missing: the whole text follows
    const { person, text_id, version, language } = event;
    const changed = { person, text_id, version, text, ...(language === undefined ? {} : { language }) };
    if (known && text !== "") return withText(state, { typed: liveText.typed.map((each) => (each === known ? changed : each)) });
    const others = liveText.typed.filter((each) => each !== known);
    return withText(state, { typed: text === "" ? others : [...others, changed] });
  },
  "rtt.committed": (state, event) => {
    const { id, person, text_id, text, at, language } = event;
    const { liveText } = state;
    const isOwn = person.id === state.you?.id;
    return withText(state, {
      typed: liveText.typed.filter((each) => !isSame(each, event)),
      lines: event.deleted ? liveText.lines : [...liveText.lines, { id, person, text_id, text, at, ...(language === undefined ? {} : { language }) }],
      pending: isOwn ? liveText.pending.filter(({ textId }) => textId !== text_id) : liveText.pending,
    });
  },
  "rtt.corrected": (state, { line, text }) => withText(state, { lines: state.liveText.lines.map((each) => (each.id === line ? { ...each, text } : each)) }),
  "rtt.deleted": (state, { line }) => withText(state, { lines: state.liveText.lines.filter(({ id }) => id !== line) }),
};

export const withSnapshot: FromSnapshot = (state, { being_typed, text_lines, earlier_lines }) => {
  const own = new Set(text_lines.filter(({ person }) => person.id === state.you?.id).map(({ text_id }) => text_id));
  return withText(state, {
    typed: being_typed,
    lines: text_lines,
    hasEarlier: earlier_lines,
    pending: state.liveText.pending.filter(({ textId }) => !own.has(textId)),
  });
};

function withText(state: State, change: Partial<LiveText>): State {
  return { ...state, liveText: { ...state.liveText, ...change } };
}

/** Adds a page of earlier lines. */
export function withEarlier(state: State, lines: readonly TextLine[], hasEarlier: boolean): State {
  const first = firstLine(state);
  return withText(state, { lines: [...lines.filter(({ id }) => id < first), ...state.liveText.lines], hasEarlier });
}

export function firstLine(state: State): number {
  return state.liveText.lines[0]?.id ?? state.seq + 1;
}

export function withPending(state: State, pending: PendingLine): State {
  const others = state.liveText.pending.filter(({ textId }) => textId !== pending.textId);
  return withText(state, { pending: [...others, pending] });
}

export function withoutPending(state: State, textId: string): State {
  return withText(state, { pending: state.liveText.pending.filter((each) => each.textId !== textId) });
}

/** What others are typing. */
export function typedByOthers(state: State): TextBeingTyped[] {
  return state.liveText.typed.filter(({ person }) => person.id !== state.you?.id);
}

/** Finished lines of others after this one. */
export function unreadLines(state: State, seen: number): number {
  return readLines(state, state.liveText.lines).filter((line) => line.id > seen && line.person.id !== state.you?.id).length;
}

export function withCaptions(state: State, captions: CaptionChoice): State {
  return withText(state, { captions });
}

/** In which captions are or were written here. */
export function captionLanguages({ liveText }: State): string[] {
  return languagesOf([...liveText.lines, ...liveText.typed]);
}

/** Of those that are written now: captions that nobody writes any more do not hide others. */
export function captionLanguage(state: State): string {
  const written = languagesOf(writtenNow(state));
  return readLanguage(written.length > 0 ? written : captionLanguages(state), state.liveText.captions.language);
}

/** What is being typed, and the captions of this meeting that are not much older than its newest. */
function writtenNow({ liveText, room }: State): (TextLine | TextBeingTyped)[] {
  const since = new Date(room?.started_at ?? "").getTime() || 0;
  const captions = liveText.lines.filter(({ language, at }) => language !== undefined && new Date(at).getTime() >= since);
  const newest = new Date(captions.at(-1)?.at ?? "").getTime();
  return [...captions.filter(({ at }) => newest - new Date(at).getTime() <= STOPPED_AFTER), ...liveText.typed];
}

/** Captions in other languages than the one that is read are left out. */
export function readLines<Line extends Pick<TextLine, "person" | "language">>(state: State, lines: readonly Line[]): Line[] {
  const language = captionLanguage(state);
  return lines.filter((line) => !isCaption(line) || isRead(line, language) || line.person.id === state.you?.id);
}

/** The own caption that was finished last. */
export function lastOwnCaption({ liveText, you }: State): TextLine | undefined {
  return liveText.lines.findLast((line) => isCaption(line) && line.person.id === you?.id);
}

export { isCaption };
