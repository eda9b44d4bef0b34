// Keys of the room. They can be switched off (WCAG 2.1.4); V talks only while it is held and nothing is being written.
import { isComposing } from "../keys";
import { keep, kept } from "../storage";

export interface Keys {
  microphone: () => void;
  camera: () => void;
  hand: () => void;
  talk: (isTalking: boolean) => void;
  list: () => void;
}

const KEPT = "room-shortcuts";

export function areOn(): boolean {
  return kept("localStorage", KEPT) !== "off";
}

export function switchKeys(on: boolean): void {
  keep("localStorage", KEPT, on ? "on" : "off");
}

export class Shortcuts {
  private isTalking = false;

  constructor(private readonly keys: Keys) {}

  listen(): void {
    window.addEventListener("keydown", this.pressed);
    window.addEventListener("keyup", this.released);
    window.addEventListener("blur", this.stopTalking);
  }

  rest(): void {
    window.removeEventListener("keydown", this.pressed);
    window.removeEventListener("keyup", this.released);
    window.removeEventListener("blur", this.stopTalking);
    this.stopTalking();
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (!areOn() || event.altKey || event.metaKey || isComposing(event)) return;
    const action = this.actionOf(event);
    if (!action) return;
    event.preventDefault();
    if (!event.repeat) action();
  };

  private actionOf(event: KeyboardEvent): (() => void) | undefined {
    if (event.ctrlKey && event.shiftKey) return { KeyH: this.keys.hand, Slash: this.keys.list }[event.code];
    if (event.ctrlKey) return { KeyD: this.keys.microphone, KeyE: this.keys.camera }[event.code];
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

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
}
