// The slides on stage, and for hosts and speakers the decks of the meeting.
import type { DeckInfo, ShownSlides } from "../../protocol.generated";
import type { FromSnapshot, Reducers, State } from "../../state";

export interface Slides {
  shown: ShownSlides | null;
  /** This person showed them, or turned the page last: then the arrow keys turn it. */
  isMine: boolean;
  /** The page this person asked for last, until it is on the stage: keys pressed quicker than the answer count from it. */
  heading: number | null;
  pointer: { x: number; y: number } | null;
  /** Newest first; null while they are not loaded. */
  decks: readonly DeckInfo[] | null;
}

export const NO_SLIDES: Slides = { shown: null, isMine: false, heading: null, pointer: null, decks: null };

type SlidesEvents = "slides.shown" | "slides.turned" | "slides.hidden" | "slides.deck" | "slides.pointed";

export const reducers: Reducers<SlidesEvents> = {
  "slides.shown": (state, { slides, by }) => changed(state, { shown: slides, heading: null, pointer: null, isMine: by === null ? state.slides.isMine : by.id === state.you?.id }),
  "slides.turned": (state, { deck, page, by }) => {
    const { shown } = state.slides;
    if (shown?.deck !== deck) return state;
    const isMine = by.id === state.you?.id;
    const heading = isMine && page.number !== state.slides.heading ? state.slides.heading : null;
    return changed(state, { shown: { ...shown, page }, heading, pointer: null, isMine });
  },
  "slides.hidden": (state) => changed(state, { shown: null, heading: null, pointer: null, isMine: false }),
  "slides.deck": (state, { deck }) => changed(state, { decks: state.slides.decks && withDeck(state.slides.decks, deck) }),
  "slides.pointed": (state, { x, y }) => changed(state, { pointer: x === null || y === null ? null : { x, y } }),
};

/** The list of decks is asked for again: who became a speaker meanwhile has not heard of them. */
export const withSnapshot: FromSnapshot = (state, snapshot) => changed(state, { shown: snapshot.slides, heading: null, pointer: null, decks: null });

/** Null where the page was refused. */
export const headingFor = (state: State, heading: number | null): State => changed(state, { heading });

export const withDecks = (state: State, decks: readonly DeckInfo[]): State => changed(state, { decks });

function withDeck(decks: readonly DeckInfo[], deck: DeckInfo): readonly DeckInfo[] {
  if (deck.state === "deleted") return decks.filter(({ id }) => id !== deck.id);
  if (decks.some(({ id }) => id === deck.id)) return decks.map((each) => (each.id === deck.id ? deck : each));
  return [deck, ...decks];
}

function changed(state: State, change: Partial<Slides>): State {
  return { ...state, slides: { ...state.slides, ...change } };
}

// ---- geometry ------------------------------------------------------------------------------------------------

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The place on a page, as shares of its sides, of a point in the box in which it is shown whole; null beside it. */
export function placeOn(page: { width: number; height: number }, box: Box, point: { x: number; y: number }): { x: number; y: number } | null {
  const scale = Math.min(box.width / page.width, box.height / page.height);
  const x = (point.x - box.left - (box.width - page.width * scale) / 2) / (page.width * scale);
  const y = (point.y - box.top - (box.height - page.height * scale) / 2) / (page.height * scale);
  return x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { x, y } : null;
}

/** The page to which a key turns from another; null for other keys, and where there is none. */
export function pageForKey(from: number, pages: number, key: string): number | null {
  const targets: Record<string, number> = { ArrowRight: from + 1, PageDown: from + 1, ArrowLeft: from - 1, PageUp: from - 1, Home: 1, End: pages };
  const target = targets[key];
  return target === undefined || target < 1 || target > pages || target === from ? null : target;
}
