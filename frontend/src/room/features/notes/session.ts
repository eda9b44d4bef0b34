// One document of notes: a Yjs document in step with the room, over the room's own socket.
import * as Y from "yjs";
import { Awareness } from "y-protocols/awareness";
import type { RoomActions } from "../../actions";
import type { Cursor, RoomEvent } from "../../protocol.generated";
import { Refused } from "../../socket";
import { fromBase64, toBase64 } from "./base64";

/** What a document needs of its room; fires `received` with each RoomEvent. */
export interface NotesRoom extends EventTarget {
  readonly actions: Pick<RoomActions, "send" | "isOpen">;
}

export type Opening = "opening" | "open" | "failed";
export type Saving = "saved" | "saving" | "offline" | "too_large" | "full" | "not_saved";

const LARGEST_PIECE = 40 * 1024;
const LARGEST_UPDATE = 512 * 1024;
const LARGEST_VECTOR = 32 * 1024;
const CURSOR_EVERY = 200; // milliseconds
const GAP_WAIT = 500;
const AGAIN_AFTER = 1_000;
const PROBLEMS: Partial<Record<string, Saving>> = { too_large: "too_large", document_full: "full", too_many_clients: "full" };

/** Fires `change` when `opening`, `saving` or `names` have changed. What is written without a connection is sent when there is one again. */
export class NotesSession extends EventTarget {
  readonly doc = new Y.Doc();
  readonly awareness = new Awareness(this.doc);
  readonly names = new Map<string, string>();
  opening: Opening = "opening";
  saving: Saving = "saved";
  private number = 0;
  private unsent: Uint8Array[] = [];
  private isSending = false;
  private isLoading = false;
  private isStale = false;
  private isClosed = false;
  private isLeaving = false;
  private gap: ReturnType<typeof setTimeout> | undefined;
  private cursorTimer: ReturnType<typeof setTimeout> | undefined;
  private wanted = new Set<string>();

  constructor(
    private readonly room: NotesRoom,
    readonly document: string,
  ) {
    super();
    room.addEventListener("received", this.received);
    this.doc.on("update", this.changed);
    this.awareness.on("update", this.cursorMoved);
  }

  /** What is not sent yet is sent first. */
  close(): void {
    this.isLeaving = this.unsent.length > 0 && (this.saving === "saving" || this.saving === "offline");
    if (this.isLeaving || this.isClosed) return;
    this.isClosed = true;
    this.room.removeEventListener("received", this.received);
    clearTimeout(this.gap);
    clearTimeout(this.cursorTimer);
    if (this.room.actions.isOpen()) void this.room.actions.send({ do: "notes.close", document: this.document }).catch(() => undefined);
    this.awareness.destroy();
    this.doc.destroy();
  }

  // ---- reading ---------------------------------------------------------------------------------------------

  /** Also after something was missed: only what is missing is sent. */
  async load(): Promise<void> {
    if (this.isLoading) {
      this.isStale = true;
      return;
    }
    this.isLoading = true;
    try {
      await this.fetch();
      this.opening = "open";
    } catch (error) {
      if (error instanceof Refused && error.code === "too_fast") this.later(() => this.load());
      else if (error instanceof Refused && this.opening !== "open") this.opening = "failed";
      // Disconnected: the next welcome loads again.
    } finally {
      this.isLoading = false;
    }
    this.tell();
    if (this.isStale) {
      this.isStale = false;
      void this.load();
    }
    void this.flush();
  }

  private async fetch(): Promise<void> {
    const state = Y.encodeStateVector(this.doc);
    const vector = state.length > LARGEST_VECTOR ? "" : toBase64(state);
    const pieces: Uint8Array[] = [];
    let offset: number | null = 0;
    let number = 0;
    while (offset !== null) {
      const reply = await this.room.actions.send({ do: "notes.open", document: this.document, vector, offset });
      if (this.isClosed) return;
      pieces.push(fromBase64(String(reply.update)));
      number = Number(reply.number);
      offset = typeof reply.next === "number" ? reply.next : null;
    }
    Y.applyUpdate(this.doc, joined(pieces), this);
    this.number = Math.max(this.number, number);
  }

  private readonly received = (message: Event): void => {
    const event = (message as CustomEvent<RoomEvent>).detail;
    if (event.ev === "welcome" || event.ev === "admitted") void this.load();
    if (!("document" in event) || event.document !== this.document) return;
    if (event.ev === "notes.stale") void this.load();
    if (event.ev === "notes.updated") this.updated(event.number, event.update);
    if (event.ev === "notes.cursors") this.showCursors(event.cursors);
  };

  private updated(number: number, update: string | null): void {
    if (update === null) {
      void this.load();
      return;
    }
    Y.applyUpdate(this.doc, fromBase64(update), this);
    if (number <= this.number + 1) this.number = Math.max(this.number, number);
    // Updates of two processes may overtake each other.
    else this.gap ??= setTimeout(() => {
      this.gap = undefined;
      void this.load();
    }, GAP_WAIT);
  }

  // ---- writing ---------------------------------------------------------------------------------------------

  private readonly changed = (update: Uint8Array, origin: unknown): void => {
    if (origin === this) return;
    this.unsent.push(update);
    if (this.saving === "saved") this.setSaving("saving");
    void this.flush();
  };

  /** One update at a time: what is typed meanwhile goes together with the next. */
  private async flush(): Promise<void> {
    if (this.isSending || this.opening !== "open" || this.isClosed) return;
    this.isSending = true;
    try {
      while (this.unsent.length > 0 && this.room.actions.isOpen()) {
        const sent = this.unsent.length;
        await this.sendUpdate(Y.mergeUpdates(this.unsent));
        this.unsent.splice(0, sent);
      }
      this.setSaving(this.unsent.length === 0 ? "saved" : "offline");
      if (this.isLeaving) this.close();
    } catch (error) {
      this.notSent(error);
    } finally {
      this.isSending = false;
    }
  }

  private async sendUpdate(update: Uint8Array): Promise<void> {
    if (update.length > LARGEST_UPDATE) throw new Refused("not_now", "too_large");
    for (let at = 0; at < update.length; at += LARGEST_PIECE) {
      const more = at + LARGEST_PIECE < update.length;
      await this.room.actions.send({ do: "notes.update", document: this.document, client: this.doc.clientID, update: toBase64(update.subarray(at, at + LARGEST_PIECE)), more });
    }
  }

  private notSent(error: unknown): void {
    if (!(error instanceof Refused)) this.setSaving("offline");
    else if (error.code === "too_fast" || error.code === "unavailable") this.later(() => this.flush());
    else if (error.message === "gap") this.sendAllOwn();
    else this.setSaving(PROBLEMS[error.message] ?? "not_saved");
  }

  /** The room lacks something of ours: everything that this page has written goes once more. */
  private sendAllOwn(): void {
    const own = this.doc.clientID;
    const others = Y.decodeStateVector(Y.encodeStateVector(this.doc));
    others.set(own, 0);
    this.unsent = [Y.diffUpdate(Y.encodeStateAsUpdate(this.doc), Y.encodeStateVector(others))];
    this.later(() => this.flush());
  }

  private later(again: () => Promise<void>): void {
    setTimeout(() => {
      if (!this.isClosed) void again();
    }, AGAIN_AFTER);
  }

  private setSaving(saving: Saving): void {
    if (this.saving === saving) return;
    this.saving = saving;
    this.tell();
  }

  private tell(): void {
    if (!this.isClosed) this.dispatchEvent(new Event("change"));
  }

  // ---- cursors ---------------------------------------------------------------------------------------------

  private readonly cursorMoved = (_changes: unknown, origin: unknown): void => {
    if (origin !== "local" || this.opening !== "open") return;
    this.cursorTimer ??= setTimeout(() => {
      this.cursorTimer = undefined;
      this.sendCursor();
    }, CURSOR_EVERY);
  };

  private sendCursor(): void {
    if (this.isClosed || !this.room.actions.isOpen()) return;
    const position = (this.awareness.getLocalState()?.cursor ?? null) as Cursor["cursor"];
    const cursor = JSON.parse(JSON.stringify(position)) as Cursor["cursor"];
    this.room.actions.send({ do: "notes.cursor", document: this.document, client: this.doc.clientID, cursor }).catch(() => undefined); // shown again when it moves
  }

  private showCursors(cursors: readonly Cursor[]): void {
    const changed = cursors.filter(({ client }) => client !== this.doc.clientID);
    for (const { client, person, cursor } of changed) {
      this.awareness.states.set(client, { user: person, cursor: cursor ?? null });
      this.awareness.meta.set(client, { clock: (this.awareness.meta.get(client)?.clock ?? 0) + 1, lastUpdated: Date.now() });
    }
    if (changed.length > 0) this.awareness.emit("change", [{ added: [], updated: changed.map(({ client }) => client), removed: [] }, "room"]);
  }

  // ---- names -----------------------------------------------------------------------------------------------

  /** Empty until it is known; then `change` is fired. */
  nameOf(person: string): string {
    const known = this.names.get(person);
    if (known === undefined && this.wanted.size === 0) setTimeout(() => void this.askNames());
    if (known === undefined) this.wanted.add(person);
    return known ?? "";
  }

  private async askNames(): Promise<void> {
    const ids = [...this.wanted].slice(0, 50);
    this.wanted = new Set();
    try {
      const found = await this.findNames({ ids });
      for (const id of ids) this.names.set(id, found.get(id) ?? "");
      this.tell();
    } catch {
      return; // asked again when it is drawn again
    }
  }

  async findNames(by: { ids: string[] } | { query: string }): Promise<Map<string, string>> {
    const reply = await this.room.actions.send({ do: "notes.names", ...by });
    return new Map(Object.entries(reply.names as Record<string, string>));
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
