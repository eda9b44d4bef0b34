// Commands of the chat: messages are kept and sent again until the room has confirmed them.
import type { Message } from "../../protocol.generated";
import type { RoomActions } from "../../actions";
import { newClientId } from "../../client-id";
import { Refused } from "../../socket";
import { firstLine, withEarlier, withoutPending, withPending, type Pending } from "./state";

const SEND_AGAIN_AFTER = 2_000;

export class Chat {
  constructor(private readonly room: RoomActions) {}

  /** Shown as “sending”, and sent again until its event or reply arrives. */
  sendMessage(text: string, key = newClientId()): void {
    const pending = { key, text, isRefused: false };
    this.room.update((state) => withPending(state, pending));
    if (this.room.isOpen()) void this.send(pending);
  }

  retry(key: string): void {
    const pending = this.room.state().pending.find((waiting) => waiting.key === key);
    if (pending) this.sendMessage(pending.text, key);
  }

  discard(key: string): void {
    this.room.update((state) => withoutPending(state, key));
  }

  deleteMessage(message: number): Promise<boolean> {
    return this.room.ask({ do: "chat.delete", message });
  }

  async loadEarlier(): Promise<void> {
    const reply = await this.room.reply({ do: "chat.list", before: firstLine(this.room.state()) });
    if (reply) this.room.update((state) => withEarlier(state, reply.messages as Message[], reply.next !== null));
  }

  /** After a reconnect. */
  resendPending(): void {
    for (const pending of this.room.state().pending) if (!pending.isRefused) void this.send(pending);
  }

  private async send(pending: Pending): Promise<void> {
    try {
      const reply = await this.room.send({ do: "chat.send", text: pending.text, client_id: pending.key });
      this.confirmed(pending.key, reply.message as number);
    } catch (error) {
      if (!(error instanceof Refused)) {
        this.sendLater(pending);
        return;
      }
      this.room.update((state) => withPending(state, { ...pending, isRefused: true }));
      this.room.notify({ what: error.code === "too_fast" ? "too_fast" : "refused" });
    }
  }

  /** The event was received before the reply: then no other will confirm the message. */
  private confirmed(key: string, message: number): void {
    if (message <= this.room.state().seq) this.room.update((state) => withoutPending(state, key));
  }

  /** Without a reply on an open connection; after a broken one `resendPending` does it. */
  private sendLater(pending: Pending): void {
    if (!this.room.isOpen()) return;
    const isWaiting = (): boolean => this.room.state().pending.some(({ key, isRefused }) => key === pending.key && !isRefused);
    setTimeout(() => isWaiting() && this.room.isOpen() && void this.send(pending), SEND_AGAIN_AFTER);
  }
}
