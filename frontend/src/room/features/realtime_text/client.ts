// Commands of real-time text: what is typed is gathered for a moment, and a finished line is sent until it is confirmed.
import type { RoomActions } from "../../actions";
import { newClientId } from "../../client-id";
import type { RttType, TextLine } from "../../protocol.generated";
import { Refused } from "../../socket";
import { editBetween } from "./edits";
import { keepChoice, type CaptionChoice } from "./captions";
import { firstLine, readLines, withCaptions, withEarlier, withoutPending, withPending, type PendingLine } from "./state";

/** Milliseconds between two commands; EN 301 549, 6.2.4, has 500 for all of the way. */
export const GATHER = 250;
const AGAIN_AFTER = 1_000;
const MOST_REFUSALS = 5;
/** Of earlier lines, at a time. */
const MOST_PAGES = 5;

export class LiveTextCommands {
  private textId = newClientId();
  private version = 0;
  private text = "";
  private sent = "";
  /** The room does not know the line, or another version of it. */
  private needsWhole = true;
  /** In which captions are written; undefined for who writes none. */
  language: string | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private notBefore = 0;
  /** In a row: somebody who left the stage is refused each time. */
  private refusals = 0;

  constructor(private readonly room: RoomActions) {}

  /** The line as it is now. */
  type(text: string): void {
    this.text = text;
    this.sendSoon(this.notBefore - Date.now());
  }

  /** Ends the line; the next letter begins another one. */
  finish(): void {
    const text = this.text.trim();
    if (text === "") return;
    const pending: PendingLine = { textId: this.textId, text, isRefused: false, ...this.inLanguage() };
    this.room.update((state) => withPending(state, pending));
    this.commit(pending);
    this.begin();
  }

  retry(pending: PendingLine): void {
    const again = { ...pending, isRefused: false };
    this.room.update((state) => withPending(state, again));
    this.commit(again);
  }

  discard(textId: string): void {
    this.room.update((state) => withoutPending(state, textId));
  }

  private inLanguage(): { language?: string } {
    return this.language === undefined ? {} : { language: this.language };
  }

  chooseCaptions(change: Partial<CaptionChoice>): void {
    const chosen = { ...this.room.state().liveText.captions, ...change };
    keepChoice(chosen);
    this.room.update((state) => withCaptions(state, chosen));
  }

  correct(line: number, text: string): Promise<boolean> {
    return this.room.ask({ do: "rtt.correct", line, text });
  }

  deleteLine(line: number): Promise<boolean> {
    return this.room.ask({ do: "rtt.delete", line });
  }

  /** A page, and more of them while they are captions in languages that are not read. */
  async loadEarlier(): Promise<void> {
    const shown = (): number => readLines(this.room.state(), this.room.state().liveText.lines).length;
    const before = shown();
    for (let page = 0; page < MOST_PAGES && shown() === before; page += 1) {
      const reply = await this.room.reply({ do: "rtt.list", before: firstLine(this.room.state()) });
      if (!reply) return;
      this.room.update((state) => withEarlier(state, reply.lines as TextLine[], reply.next !== null));
      if (reply.next === null) return;
    }
  }

  /** After a reconnect: the line that is being typed, and those that were not confirmed. */
  resume(): void {
    this.needsWhole = true;
    if (this.text !== "") this.sendSoon(0);
    for (const pending of this.room.state().liveText.pending) if (!pending.isRefused) this.commit(pending);
  }

  private begin(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.textId = newClientId();
    this.version = 0;
    this.text = this.sent = "";
    this.needsWhole = true;
  }

  private sendSoon(wait: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.send();
    }, Math.max(0, wait));
  }

  private async send(): Promise<void> {
    const { text, textId } = this;
    if (!this.room.isOpen() || (text === this.sent && !this.needsWhole) || (text === "" && this.version === 0)) return;
    const edit = this.needsWhole || text === "" ? null : editBetween(this.sent, text);
    this.version += 1;
    const what: Pick<RttType, "text" | "edits"> = edit ? { edits: [edit] } : { text };
    this.sent = text;
    this.needsWhole = text === "";
    this.notBefore = Date.now() + GATHER;
    try {
      await this.room.send({ do: "rtt.type", text_id: textId, version: this.version, ...what, ...this.inLanguage() });
      this.refusals = 0;
    } catch (error) {
      if (!(error instanceof Refused) || textId !== this.textId) return; // `resume` sends it, or it is finished
      this.needsWhole = true;
      this.refusals += 1;
      if (this.refusals < MOST_REFUSALS) this.sendSoon(AGAIN_AFTER);
    }
  }

  private commit(pending: PendingLine): void {
    if (!this.room.isOpen()) return;
    this.room.send({ do: "rtt.commit", text_id: pending.textId, text: pending.text, ...(pending.language === undefined ? {} : { language: pending.language }) }).then(
      (reply) => this.confirmed(pending.textId, reply.line as number),
      (error: unknown) => error instanceof Refused && this.refused(pending, error),
    );
  }

  /** The event was received before the reply: then no other will confirm the line. */
  private confirmed(textId: string, line: number): void {
    if (line <= this.room.state().seq) this.room.update((state) => withoutPending(state, textId));
  }

  private refused(pending: PendingLine, error: Refused): void {
    this.room.update((state) => withPending(state, { ...pending, isRefused: true }));
    this.room.notify({ what: error.code === "too_fast" ? "too_fast" : "refused" });
  }
}
