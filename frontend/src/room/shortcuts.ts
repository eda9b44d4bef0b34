// Keyboard shortcuts of the room. They can be turned off (WCAG 2.1.4). Holding V talks, except in text fields.
import { isComposing } from "../keys";
import { readItem, writeItem } from "../storage";

export interface ShortcutHandlers {
  microphone: () => void;
  camera: () => void;
  hand: () => void;
  ask: () => void;
  talk: (isTalking: boolean) => void;
  list: () => void;
}

const STORAGE_KEY = "room-shortcuts";

export function areShortcutsOn(): boolean {
  return readItem("localStorage", STORAGE_KEY) !== "off";
}

export function setShortcutsOn(on: boolean): void {
  writeItem("localStorage", STORAGE_KEY, on ? "on" : "off");
}

export class Shortcuts {
  private isTalking = false;

  constructor(private readonly keys: ShortcutHandlers) {}

  listen(): void {
    window.addEventListener("keydown", this.pressed);
    window.addEventListener("keyup", this.released);
    window.addEventListener("blur", this.stopTalking);
  }

  stop(): void {
    window.removeEventListener("keydown", this.pressed);
    window.removeEventListener("keyup", this.released);
    window.removeEventListener("blur", this.stopTalking);
    this.stopTalking();
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (!areShortcutsOn() || event.altKey || event.metaKey || isComposing(event)) return;
    const action = this.actionOf(event);
    if (!action) return;
    event.preventDefault();
    if (!event.repeat) action();
  };

  private actionOf(event: KeyboardEvent): (() => void) | undefined {
    if (event.ctrlKey && event.shiftKey) return { KeyH: this.keys.hand, KeyF: this.keys.ask, Slash: this.keys.list }[event.code];
    if (event.ctrlKey) return { KeyD: this.keys.microphone, KeyE: this.keys.camera }[event.code];
    if (event.key === "?" && !isWriting(event.target)) return this.keys.list;
    if (event.code === "KeyV" && !event.shiftKey && !isWriting(event.target)) return () => this.startTalking();
    return undefined;
  }

  private readonly released = (event: KeyboardEvent): void => {
    if (event.code === "KeyV") this.stopTalking();
  };

  private startTalking(): void {
    if (this.isTalking) return;
    this.isTalking = true;
    this.keys.talk(true);
  }

  private readonly stopTalking = (): void => {
    if (!this.isTalking) return;
    this.isTalking = false;
    this.keys.talk(false);
  };
}

export function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
}
