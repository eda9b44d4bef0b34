// Commands of slides, and their upload.
import type { RoomActions } from "../../actions";
import type { DeckInfo } from "../../protocol.generated";
import { postFile } from "../../post-file";
import { headingFor, withDecks } from "./state";

/** A page as its speaker sees it. */
export interface SpeakerPage {
  number: number;
  title: string;
  text: string;
  notes: string;
  picture: string;
}

export const LARGEST_FILE = 50 * 1024 * 1024;
const POINT_EVERY = 70; // milliseconds

export class SlidesCommands {
  private lastPoint = 0;
  private waiting: ReturnType<typeof setTimeout> | undefined;
  private place: { x: number; y: number } | null = null;

  constructor(
    private readonly room: RoomActions,
    private readonly csrf: string,
  ) {}

  async load(): Promise<void> {
    const reply = await this.room.reply({ do: "slides.list" });
    if (reply) this.room.update((state) => withDecks(state, reply.decks as DeckInfo[]));
  }

  show(deck: string): Promise<boolean> {
    return this.room.ask({ do: "slides.show", deck });
  }

  async turn(page: number): Promise<boolean> {
    this.room.update((state) => headingFor(state, page));
    const isTurned = await this.room.ask({ do: "slides.turn", page });
    if (!isTurned) this.room.update((state) => headingFor(state, null));
    return isTurned;
  }

  hide(): Promise<boolean> {
    return this.room.ask({ do: "slides.hide" });
  }

  /** Null takes the pointer away. What moves quicker than the others can see is not sent. */
  point(place: { x: number; y: number } | null): void {
    this.place = place;
    if (this.waiting !== undefined) return;
    const left = place === null ? 0 : Math.max(0, this.lastPoint + POINT_EVERY - performance.now());
    this.waiting = setTimeout(() => this.sendPoint(), left);
  }

  private sendPoint(): void {
    this.waiting = undefined;
    this.lastPoint = performance.now();
    if (!this.room.isOpen()) return;
    // A pointer that was refused is of no interest: the next one follows.
    void this.room.send({ do: "slides.point", ...(this.place ?? {}) }).catch(() => undefined);
  }

  async page(deck: string, page: number): Promise<SpeakerPage | null> {
    const reply = await this.room.reply({ do: "slides.page", deck, page });
    return reply ? (reply.page as SpeakerPage) : null;
  }

  note(deck: string, page: number, notes: string): Promise<boolean> {
    return this.room.ask({ do: "slides.note", deck, page, notes });
  }

  /** Empty when it has arrived, else why not, in words; null when the server gave none. */
  upload(address: string, file: File, isDownloadable: boolean): Promise<string | null> {
    const body = new FormData();
    body.append("file", file);
    if (isDownloadable) body.append("is_downloadable", "on");
    return postFile(address, this.csrf, body);
  }
}
