// Commands of the chat: messages are kept and sent again until the room has confirmed them.
import type { ChatReact, ChatSend, ChatSwitches, Message } from "../../protocol.generated";
import type { RoomActions } from "../../actions";
import { newClientId } from "../../client-id";
import { Refused } from "../../socket";
import { firstLine, withEarlier, withOwnReaction, withoutPending, withPending, withReactions, type OwnReactions, type Pending, type Recipient } from "./state";

const SEND_AGAIN_AFTER = 2_000;
/** Pages of earlier messages that are read again after a break. */
const PAGES_READ_AGAIN = 10;

export interface SendOptions {
  to?: Recipient;
  replyTo?: number | null;
}

export interface SearchPage {
  messages: Message[];
  next: number | null;
}

export class Chat {
  constructor(private readonly room: RoomActions) {}

  /** Shown as “sending”, and sent again until its event or reply arrives. */
  sendMessage(text: string, { to = null, replyTo = null }: SendOptions = {}, key = newClientId()): void {
    const pending = { key, text, isRefused: false, to, replyTo };
    this.room.update((state) => withPending(state, pending));
    if (this.room.isOpen()) void this.send(pending);
  }

  retry(key: string): void {
    const pending = this.room.state().pending.find((waiting) => waiting.key === key);
    if (pending) this.sendMessage(pending.text, pending, key);
  }

  discard(key: string): void {
    this.room.update((state) => withoutPending(state, key));
  }

  deleteMessage(message: number): Promise<boolean> {
    return this.room.ask({ do: "chat.delete", message });
  }

  editMessage(message: number, text: string): Promise<boolean> {
    return this.room.ask({ do: "chat.edit", message, text });
  }

  approve(message: number): Promise<boolean> {
    return this.room.ask({ do: "chat.approve", message });
  }

  pin(message: number, on: boolean): Promise<boolean> {
    return this.room.ask({ do: "chat.pin", message, on });
  }

  async react(message: number, reaction: ChatReact["reaction"], on: boolean): Promise<void> {
    if (await this.room.ask({ do: "chat.react", message, reaction, on })) this.room.update((state) => withOwnReaction(state, message, reaction, on));
  }

  configure(changes: Partial<ChatSwitches>): Promise<boolean> {
    return this.room.ask({ do: "chat.configure", ...changes });
  }

  async search(query: string, before: number | null): Promise<SearchPage | null> {
    const reply = await this.room.reply({ do: "chat.search", query, ...(before === null ? {} : { before }) });
    return reply && { messages: reply.messages as Message[], next: (reply.next ?? null) as number | null };
  }

  async loadEarlier(): Promise<void> {
    const reply = await this.room.reply({ do: "chat.list", before: firstLine(this.room.state()) });
    if (reply) this.room.update((state) => withEarlier(state, reply.messages as Message[], reply.next !== null, reply.own_reactions as OwnReactions));
  }

  /** After a break: reactions to messages before those of the snapshot, of which no missed event tells. */
  async refreshReactions(snapshot: readonly Message[]): Promise<void> {
    let before = snapshot[0]?.id ?? null;
    for (let page = 0; before !== null && before > firstLine(this.room.state()) && page < PAGES_READ_AGAIN; page += 1) {
      const reply = await this.room.send({ do: "chat.list", before }).catch(() => null);
      if (!reply) return; // disconnected; the next welcome asks again
      this.room.update((state) => withReactions(state, reply.messages as Message[], reply.own_reactions as OwnReactions));
      before = reply.next as number | null;
    }
  }

  /** After a reconnect. */
  resendPending(): void {
    for (const pending of this.room.state().pending) if (!pending.isRefused) void this.send(pending);
  }

  private async send(pending: Pending): Promise<void> {
    try {
      const reply = await this.room.send(commandFor(pending));
      this.confirmed(pending.key, reply.message as number);
    } catch (error) {
      if (!(error instanceof Refused)) {
        this.sendLater(pending);
        return;
      }
      if (!this.isWaiting(pending)) return; // its event arrived before
      const wait = error.code === "too_fast" ? Number.parseInt(error.message, 10) || 0 : 0;
      this.room.update((state) => withPending(state, { ...pending, isRefused: true, wait }));
      if (wait === 0) this.room.notify({ what: error.code === "too_fast" ? "too_fast" : "refused" });
    }
  }

  /** The event was received before the reply: then no other will confirm the message. */
  private confirmed(key: string, message: number): void {
    if (message <= this.room.state().seq) this.room.update((state) => withoutPending(state, key));
  }

  /** Without a reply on an open connection; after a broken one `resendPending` does it. */
  private sendLater(pending: Pending): void {
    if (!this.room.isOpen()) return;
    setTimeout(() => this.isWaiting(pending) && this.room.isOpen() && void this.send(pending), SEND_AGAIN_AFTER);
  }

  private isWaiting({ key }: Pending): boolean {
    return this.room.state().pending.some((pending) => pending.key === key && !pending.isRefused);
  }
}

function commandFor({ text, key, to, replyTo }: Pending): ChatSend {
  const receiver = to ? { to: to === "hosts" ? to : to.id } : {};
  return { do: "chat.send", text, client_id: key, ...receiver, ...(replyTo ? { reply_to: replyTo } : {}) };
}
