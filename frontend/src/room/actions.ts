// What a feature may do to the room it is in.
import type { Command, Reply } from "./protocol.generated";
import type { State } from "./state";

/** Something to tell the person in passing; `who` is whose doing it was. */
export interface Notice {
  what:
    | "mute.requested"
    | "stage.invited"
    | "stage.removed"
    | "hand.raised"
    | "meeting.closing"
    | "meeting.extended"
    | "lobby"
    | "refused"
    | "too_fast"
    | "pictures"
    | "recording.failed";
  who?: string;
}

export interface RoomActions {
  state: () => State;
  /** Changes the state, and shows it. */
  update: (change: (state: State) => State) => void;
  isOpen: () => boolean;
  /** Resolves with the reply; rejects with Refused, or when the line breaks. */
  send: (command: Command) => Promise<Reply>;
  /** Sends a command; a refusal becomes a notice, and the reply null. */
  reply: (command: Command) => Promise<Reply | null>;
  /** Whether the room agreed; a refusal becomes a notice. */
  ask: (command: Command) => Promise<boolean>;
  notify: (notice: Notice) => void;
}
