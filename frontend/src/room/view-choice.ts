// How this person sees the room: layout and saving of data are remembered on the device, what is pinned is not.
import { readItem, writeItem } from "../storage";
import { STAGE_LAYOUTS, type StageLayout } from "./stage-layout";

const STORAGE_KEY = "room-view";

interface Kept {
  layout?: string;
  savesData?: boolean;
}

function kept(): Kept {
  try {
    return (JSON.parse(readItem("localStorage", STORAGE_KEY) || "{}") ?? {}) as Kept;
  } catch {
    return {};
  }
}

/** Fires `change`. */
export class ViewChoice extends EventTarget {
  layout: StageLayout;
  /** No pictures of others; shared screens stay. */
  savesData: boolean;
  /** No sound here, beside another device of the same person: it would be heard by that one's microphone. */
  isSilent = false;
  /** The key of a StageItem. */
  pinned: string | null = null;

  constructor() {
    super();
    const { layout, savesData } = kept();
    this.layout = STAGE_LAYOUTS.find((one) => one === layout) ?? "auto";
    this.savesData = savesData === true;
  }

  choose(layout: StageLayout): void {
    this.layout = layout;
    this.pinned = null;
    this.keep();
  }

  saveData(on: boolean): void {
    this.savesData = on;
    this.keep();
  }

  silence(on: boolean): void {
    this.isSilent = on;
    this.dispatchEvent(new Event("change"));
  }

  pin(key: string | null): void {
    this.pinned = key;
    this.dispatchEvent(new Event("change"));
  }

  private keep(): void {
    writeItem("localStorage", STORAGE_KEY, JSON.stringify({ layout: this.layout, savesData: this.savesData }));
    this.dispatchEvent(new Event("change"));
  }
}
