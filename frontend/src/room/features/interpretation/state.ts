// The channels of interpretation, and what this person hears: a channel over the lowered original, or the original.
import type { InterpretationChannelInfo } from "../../protocol.generated";
import type { FromSnapshot, Reducers, State } from "../../state";

export type Channels = readonly InterpretationChannelInfo[];

/** `language` is that of the chosen channel, empty for the original; `original` the volume of it under a channel, 0 to 1. */
export interface Listening {
  readonly language: string;
  readonly original: number;
}

export const NOT_LISTENING: Listening = { language: "", original: 0.15 };

export const reducers: Reducers<"interpretation" | "interpretation.opened" | "interpretation.closed" | "interpretation.changed"> = {
  interpretation: (state, { interpretation }) => ({ ...state, interpretation }),
  "interpretation.opened": (state, { meeting, language }) => withChannel(state, meeting, { language, interpreters: [], on_air: null, offered_to: null }),
  "interpretation.closed": (state, { meeting, language }) =>
    isPresent(state, meeting) ? { ...state, interpretation: state.interpretation.filter((channel) => channel.language !== language) } : state,
  "interpretation.changed": (state, { meeting, channel }) => withChannel(state, meeting, channel),
};

export const withSnapshot: FromSnapshot = (state, { interpretation }) => ({ ...state, interpretation });

function isPresent(state: State, meeting: string): boolean {
  return meeting === (state.room?.meeting ?? "");
}

function withChannel(state: State, meeting: string, changed: InterpretationChannelInfo): State {
  if (!isPresent(state, meeting)) return state;
  const isKnown = state.interpretation.some(({ language }) => language === changed.language);
  const replaced = state.interpretation.map((channel) => (channel.language === changed.language ? changed : channel));
  return { ...state, interpretation: isKnown ? replaced : [...replaced, changed].sort((a, b) => a.language.localeCompare(b.language)) };
}

// ---- selectors -----------------------------------------------------------------------------------------------

export function channelIn({ interpretation }: State, language: string): InterpretationChannelInfo | undefined {
  return interpretation.find((channel) => channel.language === language);
}

/** The channel that this person interprets in, on air or not. */
export function channelOf({ interpretation }: State, person: string | undefined): InterpretationChannelInfo | undefined {
  return interpretation.find(({ interpreters }) => interpreters.some(({ id }) => id === person));
}

export function ownChannel(state: State): InterpretationChannelInfo | undefined {
  return channelOf(state, state.you?.id);
}

export function isOnAir(state: State): boolean {
  const own = ownChannel(state);
  return own !== undefined && own.on_air === state.you?.id;
}

/** The channel that is heard: the chosen one while it is open, and not the one that this person speaks in. */
export function heardChannel(state: State): InterpretationChannelInfo | undefined {
  const channel = channelIn(state, state.listening.language);
  return channel?.on_air === state.you?.id ? undefined : channel;
}

/** Channels whose sound is wanted. */
export function wantedChannels(state: State): ReadonlySet<string> {
  const heard = heardChannel(state);
  return new Set(heard ? [heard.language] : []);
}

/**
 * How loud the original is. Only while an interpreter is really heard is it lowered; interpreters who work from another
 * channel hear nothing of it.
 */
export function originalVolume(state: State, isHeard: boolean): number {
  const heard = heardChannel(state);
  if (!heard || !isHeard) return 1;
  const own = ownChannel(state);
  return own && own !== heard ? 0 : state.listening.original;
}
