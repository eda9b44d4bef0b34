// What a feature shows in the room. Each declares it in its own folder; all.ts lists the features.
import type { TemplateResult } from "lit";
import type { Page } from "../page";
import type { RoomEvent } from "../protocol.generated";
import type { RoomClient } from "../room-client";
import type { State } from "../state";
import type { ConfirmOptions } from "../views/confirm-dialog";
import type { ToastAction } from "../views/toasts";

/** What a feature may use when it is rendered, or told of an event. */
export interface RoomContext {
  readonly room: RoomClient;
  readonly page: Page;
  readonly state: State;
  /** Whether the tab is selected and the panel is open. */
  isTabOpen: (id: string) => boolean;
  /** Opens the panel at this tab, and moves the focus there. */
  showTab: (id: string) => void;
  /** For screen readers only; several at once are gathered. */
  announce: (text: string) => void;
  /** A newer toast of the same subject replaces the older. */
  toast: (text: string, action?: ToastAction | null, subject?: string) => void;
  forgetToasts: (subject: string) => void;
  /** What can be done now with something that a person wrote. */
  textActions: () => readonly TextAction[];
  /** Asks in a dialog; false when it is closed without an answer. */
  ask: (question: ConfirmOptions) => Promise<boolean>;
}

/** A tab of the panel. */
export interface Tab {
  /** The elements are `#t-<id>` and `#p-<id>`. */
  readonly id: string;
  readonly label: () => string;
  /** Always, unless given. */
  readonly isShown?: (state: State, page: Page) => boolean;
  /** A number beside the label while nothing is unread. */
  readonly count?: (state: State) => number;
  readonly unread?: Unread;
  /** `isOpen`: nothing is requested from the server while nobody sees it. */
  readonly render: (here: RoomContext, isOpen: boolean) => TemplateResult;
  readonly opened?: (here: RoomContext) => void;
}

/** What is new since the tab was last open. Its number stands beside the label and in the page's title. */
export interface Unread {
  /** Grows with each thing, as the number of the newest message. */
  readonly newest: (state: State) => number;
  /** How many are newer than `seen`. */
  readonly count: (state: State, seen: number) => number;
  readonly words: (count: number) => string;
}

/** A control in the bar: `control()` or `menu()` of views/menus.ts. */
export interface BarControl {
  readonly id: string;
  readonly isShown: (state: State) => boolean;
  readonly render: (here: RoomContext) => TemplateResult;
  /** The same as items of the menu More, where the bar has no place for the control. */
  readonly items: (here: RoomContext) => TemplateResult;
}

/** Something on the stage beside people and screens. */
export interface StagePart {
  readonly id: string;
  /** `above` is a notice above the people. `over` lies over the stage, as a timer. `content` has the place of a shared screen, as slides; a shared screen goes before it. */
  readonly place: "above" | "over" | "content";
  /** What content is called; "Slides", unless given. */
  readonly label?: () => string;
  readonly isShown: (state: State) => boolean;
  readonly render: (here: RoomContext) => TemplateResult;
}

/** What can be done with something that a person wrote; chat and questions offer it in their menus. */
export interface TextAction {
  readonly id: string;
  readonly label: () => string;
  readonly isShown: (here: RoomContext) => boolean;
  readonly run: (here: RoomContext, text: string) => void;
}

export interface RoomFeature {
  readonly tab?: Tab;
  readonly control?: BarControl;
  readonly stagePart?: StagePart;
  readonly textAction?: TextAction;
  /** Shown to those who wait, before what the host wrote about the meeting. */
  readonly whileWaiting?: (here: RoomContext) => TemplateResult;
  /** For each event that arrives while one is in the room, after it has changed the state; not for those of the snapshot. */
  readonly received?: (event: RoomEvent, here: RoomContext) => void;
}

// ---- what is shown -------------------------------------------------------------------------------------------

export function shownTabs(features: readonly RoomFeature[], state: State, page: Page): Tab[] {
  return features.flatMap(({ tab }) => (tab && (tab.isShown?.(state, page) ?? true) ? [tab] : []));
}

export function shownTextActions(features: readonly RoomFeature[], here: RoomContext): TextAction[] {
  return features.flatMap(({ textAction }) => (textAction?.isShown(here) ? [textAction] : []));
}

export function shownControls(features: readonly RoomFeature[], state: State): BarControl[] {
  return features.flatMap(({ control }) => (control?.isShown(state) ? [control] : []));
}

/** Several may lie over the stage; of its content only the last of the list is shown. */
export function shownStageParts(features: readonly RoomFeature[], state: State): { over: StagePart[]; above: StagePart[]; content: StagePart | null } {
  const shown = features.flatMap(({ stagePart }) => (stagePart?.isShown(state) ? [stagePart] : []));
  const at = (wanted: StagePart["place"]): StagePart[] => shown.filter(({ place }) => place === wanted);
  return { over: at("over"), above: at("above"), content: at("content").at(-1) ?? null };
}

/** The tab to which a key of the tab list leads: arrows go round, Home and End to the ends. */
export function tabForKey(tabs: readonly Tab[], current: string, key: string): Tab | undefined {
  const place = tabs.findIndex(({ id }) => id === current);
  const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
  if (step !== undefined) return tabs.at((place + step) % tabs.length);
  return { Home: tabs[0], End: tabs.at(-1) }[key];
}

/** How many are unread, by tab. What was there at the first look is not new. */
export class UnreadCounter {
  private readonly seen = new Map<string, number>();

  /** Call it with the tabs that are shown, before anything is counted. */
  look(tabs: readonly Tab[], state: State, isOpen: (id: string) => boolean): void {
    for (const { id, unread } of tabs) if (unread && (isOpen(id) || !this.seen.has(id))) this.seen.set(id, unread.newest(state));
  }

  of({ id, unread }: Tab, state: State): number {
    const seen = this.seen.get(id);
    return unread && seen !== undefined ? unread.count(state, seen) : 0;
  }

  total(tabs: readonly Tab[], state: State): number {
    return tabs.reduce((sum, tab) => sum + this.of(tab, state), 0);
  }

  words(tab: Tab, state: State): string {
    const unread = this.of(tab, state);
    if (unread > 0) return tab.unread?.words(unread) ?? "";
    const count = tab.count?.(state) ?? 0;
    return count > 0 ? String(count) : "";
  }
}
