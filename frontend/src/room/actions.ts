// What a feature may do in its room.
import type { Command, Reply } from "./protocol.generated";
import type { State } from "./state";

/** A short notice for the person; `who` is the name of who caused it. */
export interface Notice {
  what:
    | "mute.requested"
    | "stage.invited"
    | "floor.given"
    | "handed_over"
    | "stage.removed"
    | "meeting.closing"
    | "meeting.extended"
    | "lobby"
    | "refused"
    | "too_fast"
    | "pictures"
    | "muted.all"
    | "readmitted"
    | "no_account"
    | "breakouts.closed"
    | "breakouts.moved"
    | "breakouts.lost"
    | "breakouts.recording"
    | "recording.failed"
    | "recording.unsupported";
  who?: string;
}

export interface RoomActions {
  state: () => State;
  /** Changes the state and redraws the room. */
  update: (change: (state: State) => State) => void;
  isOpen: () => boolean;
  /** Resolves with the reply; rejects with Refused, or when the connection breaks. */
  send: (command: Command) => Promise<Reply>;
  /** Sends a command; a refusal becomes a notice, and the reply null. */
  reply: (command: Command) => Promise<Reply | null>;
  /** Sends a command; a refusal becomes a notice, and the result false. */
  ask: (command: Command) => Promise<boolean>;
  notify: (notice: Notice) => void;
}
