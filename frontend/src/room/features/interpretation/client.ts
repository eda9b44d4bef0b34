// What this person listens to, kept in the browser for each meeting: after a reload they hear the same channel.
import { readItem, writeItem } from "../../../storage";
import type { RoomActions } from "../../actions";
import type { State } from "../../state";
import { channelIn, NOT_LISTENING, ownChannel, type Listening } from "./state";

const STORAGE_KEY = "room-interpretation";
const MOST_KEPT = 20;

type Kept = Record<string, Partial<Listening>>;

function kept(): Kept {
  try {
    return (JSON.parse(readItem("localStorage", STORAGE_KEY) || "{}") ?? {}) as Kept;
  } catch {
    return {};
  }
}

function isVolume(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= 1;
}

export class ListeningChoice {
  private entered = "";
  private isForReader = false;

  constructor(
    private readonly actions: RoomActions,
    /** The reader's language. */
    private readonly language: () => string,
  ) {}

  /** Takes up what was chosen in this meeting, else the channel in the reader's language. False when that was done. */
  enter(): boolean {
    const state = this.actions.state();
    const key = keyOf(state);
    if (key === "" || key === this.entered) return false;
    this.entered = key;
    const stored = kept()[key];
    const original = isVolume(stored?.original) ? stored.original : NOT_LISTENING.original;
    if (typeof stored?.language === "string") this.set({ language: stored.language, original });
    else this.chooseForReader(this.ownLanguage(state), original);
    return true;
  }

  private chooseForReader(language: string, original: number): void {
    this.set({ language, original });
    this.isForReader = language !== "";
  }

  /** Whether the channel was chosen by the reader's language; true once, to tell them. */
  wasChosenForReader(): boolean {
    const was = this.isForReader;
    this.isForReader = false;
    return was;
  }

  private ownLanguage(state: State): string {
    return ownChannel(state) || !channelIn(state, this.language()) ? "" : this.language();
  }

  /** Empty for the original. */
  listen(language: string): void {
    this.keep({ ...this.actions.state().listening, language });
  }

  setOriginal(original: number): void {
    this.keep({ ...this.actions.state().listening, original });
  }

  private set(listening: Listening): void {
    this.actions.update((state) => ({ ...state, listening }));
  }

  private keep(listening: Listening): void {
    this.set(listening);
    const key = keyOf(this.actions.state());
    const others = Object.entries(kept()).filter(([meeting]) => meeting !== key);
    const newest = others.slice(1 - MOST_KEPT);
    writeItem("localStorage", STORAGE_KEY, JSON.stringify(Object.fromEntries([...newest, [key, listening]])));
  }
}

function keyOf({ room }: State): string {
  return room ? `${room.id} ${room.meeting ?? ""}` : "";
}
