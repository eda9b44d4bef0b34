// One person's being in the room: the socket, what it says, one's own sound and picture, and those of others.
import type { Missing } from "./arrival-watch";
import type { Exchange } from "./exchange";
import { MOST_PICTURES } from "./mesh";
import type { OwnMedia } from "./media";
import type { Command, Message, Present, Reply, RoomEvent, Sign } from "./protocol";
import { Publishing } from "./publishing";
import { Recorder } from "./recorder";
import { Refused, RoomSocket, type Ticket } from "./socket";
import * as rooms from "./state";
import type { Ending, Link, State } from "./state";

export interface Entrance {
  fetchTicket: () => Promise<Ticket>;
  csrf: string;
}

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

const INTRODUCE_UP_TO = 50;
const SEND_AGAIN_AFTER = 2_000;

/** `crypto.randomUUID` is missing where a page is not secure, and before Safari 15.4. */
function newClientId(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Fires `change` after every change of state, `notice` with a Notice, `reactions` with counts. */
export class Participation extends EventTarget {
  state: State = rooms.BEGINNING;
  readonly recorder: Recorder;
  private readonly socket: RoomSocket;
  private readonly publishing: Publishing;
  private connection = "";
  private isCatchingUp = false;

  constructor(
    entrance: Entrance,
    readonly media: OwnMedia,
  ) {
    super();
    this.recorder = new Recorder(entrance.csrf);
    this.recorder.addEventListener("change", () => this.changed());
    this.recorder.addEventListener("failed", () => this.notify({ what: "recording.failed" }));
    media.addEventListener("change", () => this.mediaChanged());
    this.socket = new RoomSocket({
      fetchTicket: entrance.fetchTicket,
      since: () => (this.state.room && this.state.you?.admission === "admitted" ? this.state.seq : null),
      onEvents: (events) => this.hear(events),
      onLink: (link, ending) => this.linked(link, ending),
    });
    this.publishing = new Publishing(media, {
      state: () => this.state,
      isOpen: () => this.socket.isOpen,
      send: (command) => this.socket.send(command),
      changed: () => this.changed(),
    });
  }

  enter(): void {
    this.state = rooms.linked(this.state, "connecting");
    this.socket.start();
    this.changed();
  }

  async leave(ending: Ending = "left"): Promise<void> {
    await this.recorder.stop();
    this.media.stop();
    this.socket.stop(ending);
    this.publishing.end();
  }

  // ---- what one does -----------------------------------------------------------------------------------

  /** Kept and sent again until the room says it; shown as “sending” meanwhile. */
  say(text: string, key = newClientId()): void {
    const pending = { key, text, isRefused: false };
    this.state = rooms.wrote(this.state, pending);
    this.changed();
    if (this.socket.isOpen) void this.sendPending(pending);
  }

  sayAgain(key: string): void {
    const pending = this.state.pending.find((waiting) => waiting.key === key);
    if (!pending) return;
    this.say(pending.text, key);
  }

  forget(key: string): void {
    this.state = rooms.withdrew(this.state, key);
    this.changed();
  }

  takeBack(message: number): Promise<boolean> {
    return this.ask({ do: "chat.delete", message });
  }

  raiseHand(up: boolean): Promise<boolean> {
    return this.ask(up ? { do: "hand.raise" } : { do: "hand.lower" });
  }

  react(reaction: Sign): Promise<boolean> {
    return this.ask({ do: "reaction.send", reaction });
  }

  /** Sends a command; a refusal becomes a notice. Returns whether the room agreed. */
  async ask(command: Command): Promise<boolean> {
    return (await this.reply(command)) !== null;
  }

  async setMuted(muted: boolean): Promise<void> {
    if (!muted && !rooms.mayPublish(this.state) && !rooms.mayPrepare(this.state)) return;
    await this.media.setMuted(muted);
  }

  async setCamera(on: boolean): Promise<void> {
    if (on && this.publishing.isMesh && this.othersWithPicture() >= MOST_PICTURES) {
      this.notify({ what: "pictures" });
      return;
    }
    await this.media.setCamera(on);
  }

  async setScreen(on: boolean): Promise<void> {
    await this.media.setScreen(on);
  }

  async startRecording(): Promise<void> {
    const reply = await this.reply({ do: "recording.start" });
    if (typeof reply?.upload !== "string") return;
    this.recorder.start(reply.upload, () => this.publishing.scene());
  }

  async stopRecording(): Promise<void> {
    await this.recorder.stop();
    try {
      await this.socket.send({ do: "recording.stop" });
    } catch (error) {
      // Refused when the last part has ended it already: that is what was wished.
      if (!(error instanceof Refused)) this.notify({ what: "refused" });
    }
  }

  async loadEarlier(): Promise<void> {
    const reply = await this.reply({ do: "chat.list", before: rooms.firstLine(this.state) });
    if (!reply) return;
    this.state = rooms.withEarlier(this.state, reply.messages as Message[], reply.next !== null);
    this.changed();
  }

  async listPeople(query: string, after: string | null): Promise<{ people: Present[]; total: number; next: string | null }> {
    const reply = await this.socket.send({ do: "people.list", query, ...(after === null ? {} : { after }) });
    return { people: reply.people as Present[], total: reply.total as number, next: (reply.next ?? null) as string | null };
  }

  // ---- what one hears ----------------------------------------------------------------------------------

  /** The server's time, in milliseconds since 1970. */
  now(): number {
    return this.socket.clock.now();
  }

  private hear(events: RoomEvent[]): void {
    for (const event of events) {
      const before = this.state;
      this.state = rooms.reduce(this.state, event);
      this.notice(event, before);
    }
    if (this.state.missingAfter !== null) void this.catchUp();
    this.arrangeMedia();
    this.changed();
  }

  /** A fault of audio and video must not keep what was said from being shown. */
  private arrangeMedia(): void {
    try {
      this.publishing.arrange();
    } catch (error) {
      console.warn("Audio and video could not be arranged", error);
    }
  }

  private notice(event: RoomEvent, before: State): void {
    if (event.ev === "welcome" || event.ev === "admitted") this.entered();
    else if (event.ev === "signal") this.publishing.hear(event);
    else if (event.ev === "reactions") this.dispatchEvent(new CustomEvent("reactions", { detail: event.counts }));
    else if (event.ev === "mute.requested") this.muteAsAsked(event.by.name);
    else if (event.ev === "stage.joined" || event.ev === "stage.left") this.placed(before);
    else if (event.ev === "lobby" && event.waiting.length > before.waiting.length)
      this.notify({ what: "lobby", who: event.waiting.at(-1)?.name ?? "" });
    else if (event.ev === "hand.raised" && rooms.isHost(this.state.you) && event.person.id !== this.state.you?.id)
      this.notify({ what: "hand.raised", who: event.person.name });
    else if (event.ev === "meeting.closing" && rooms.isHost(this.state.you)) this.notify({ what: event.ev });
    else if (event.ev === "meeting.extended" && event.meeting === this.state.room?.meeting) this.notify({ what: event.ev });
    else if (event.ev === "meeting.ended") void this.ended();
  }

  private entered(): void {
    const you = this.state.you;
    if (you && you.connection !== this.connection) {
      this.connection = you.connection;
      this.publishing.beginAnew();
    }
    if (this.state.room && !this.state.room.is_webinar) void this.introduce();
    for (const pending of this.state.pending) if (!pending.isRefused) void this.sendPending(pending);
  }

  /** In a meeting everybody is on the stage, so everybody's connections must be known. */
  private async introduce(): Promise<void> {
    if (this.state.you?.admission !== "admitted") return;
    try {
      const { people, total } = await this.listPeople("", null);
      if (total <= INTRODUCE_UP_TO) this.state = rooms.introduced(this.state, people);
    } catch {
      return; // the line broke; the next welcome asks again
    }
    this.arrangeMedia();
    this.changed();
  }

  private placed(before: State): void {
    const wasOn = before.you?.on_stage ?? false;
    const isOn = this.state.you?.on_stage ?? false;
    if (!this.state.room?.is_webinar || wasOn === isOn) return;
    this.notify({ what: isOn ? "stage.invited" : "stage.removed" });
    if (!isOn) this.media.stop();
  }

  private muteAsAsked(who: string): void {
    void this.media.setMuted(true);
    this.notify({ what: "mute.requested", who });
  }

  private async ended(): Promise<void> {
    if (this.recorder.isRecording) await this.recorder.stop();
    if (this.state.room?.kind === "meeting") this.media.stop();
  }

  private async catchUp(): Promise<void> {
    if (this.isCatchingUp || !this.socket.isOpen) return;
    this.isCatchingUp = true;
    try {
      while (this.state.missingAfter !== null) {
        const reply = await this.socket.send({ do: "since", seq: this.state.missingAfter });
        const missed = reply.missed as RoomEvent[];
        this.state = rooms.caughtUp(this.state, missed, reply.complete !== false || missed.length === 0);
      }
    } catch {
      this.state = { ...this.state, missingAfter: null }; // the next welcome brings what is missing
    } finally {
      this.isCatchingUp = false;
    }
    this.changed();
  }

  private async sendPending(pending: rooms.Pending): Promise<void> {
    try {
      const reply = await this.socket.send({ do: "chat.send", text: pending.text, client_id: pending.key });
      this.wasSaid(pending.key, reply.message as number);
    } catch (error) {
      if (!(error instanceof Refused)) {
        this.sendLater(pending);
        return;
      }
      this.state = rooms.wrote(this.state, { ...pending, isRefused: true });
      this.notify({ what: error.code === "too_fast" ? "too_fast" : "refused" });
      this.changed();
    }
  }

  /** Said so long ago that its event does not come again: the line was heard, or is among the earlier ones. */
  private wasSaid(key: string, message: number): void {
    if (message > this.state.seq) return;
    this.state = rooms.withdrew(this.state, key);
    this.changed();
  }

  /** Without a reply on an open line; a broken one sends it after the next welcome. */
  private sendLater(pending: rooms.Pending): void {
    if (!this.socket.isOpen) return;
    const isWaiting = (): boolean => this.state.pending.some(({ key, isRefused }) => key === pending.key && !isRefused);
    setTimeout(() => isWaiting() && this.socket.isOpen && void this.sendPending(pending), SEND_AGAIN_AFTER);
  }

  private async reply(command: Command): Promise<Reply | null> {
    try {
      return await this.socket.send(command);
    } catch (error) {
      this.notify({ what: error instanceof Refused && error.code === "too_fast" ? "too_fast" : "refused" });
      return null;
    }
  }

  private linked(link: Link, ending: Ending): void {
    this.state = rooms.linked(this.state, link, ending);
    if (link === "closed") {
      this.media.stop();
      this.publishing.end();
      if (this.recorder.isRecording) void this.recorder.stop();
    }
    this.changed();
  }

  // ---- sound and picture -------------------------------------------------------------------------------

  get exchange(): Exchange | null {
    return this.publishing.exchange;
  }

  /** Whose audio or video does not arrive although they say that it is on. */
  get missing(): ReadonlyMap<string, Missing> {
    return this.publishing.missing;
  }

  tracksOf(person: Present): ReadonlyMap<string, MediaStreamTrack> {
    return this.publishing.tracksOf(person);
  }

  private mediaChanged(): void {
    this.arrangeMedia();
    this.changed();
  }

  private othersWithPicture(): number {
    return [...this.state.people.values()].filter((person) => person.camera && person.id !== this.state.you?.id).length;
  }

  private notify(notice: Notice): void {
    this.dispatchEvent(new CustomEvent("notice", { detail: notice }));
  }

  private changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}
