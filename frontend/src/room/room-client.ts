// The room's client: the socket, the state, and local and remote media.
import type { Notice, RoomActions } from "./actions";
import type { MissingMedia } from "./receive-monitor";
import type { MediaTransport } from "./media-transport";
import { BreakoutRooms } from "./features/breakouts/client";
import { Chat } from "./features/chat/client";
import { ListeningChoice } from "./features/interpretation/client";
import { ownChannel } from "./features/interpretation/state";
import { Polls } from "./features/polls/client";
import { LiveTextCommands } from "./features/realtime_text/client";
import { QuestionCommands } from "./features/questions/client";
import { ResourceCommands } from "./features/resources/client";
import { SlidesCommands } from "./features/slides/client";
import { knock } from "./knock";
import { MOST_CAMERAS, type IncomingSignal } from "./mesh";
import type { LocalMedia } from "./media";
import type { Command, Message, ParticipantInfo, PersonRef, Reply, RoomEvent } from "./protocol.generated";
import { Publishing } from "./publishing";
import { Recorder, recordingKind } from "./recorder";
import { Refused, RoomSocket, type Ticket } from "./socket";
import * as rooms from "./state";
import type { CloseReason, Link, State } from "./state";
import { NewestShares } from "./stage-layout";
import { activeLanguage } from "./translations";
import type { Quality } from "./link-quality";
import type { SeenPictures } from "./media-transport";
import { ViewChoice } from "./view-choice";

export interface RoomClientOptions {
  fetchTicket: () => Promise<Ticket>;
  csrf: string;
  /** Of a breakout room: the client of the main room, which stays connected. */
  main?: RoomClient;
}

type Role = Extract<Command, { do: "people.appoint" }>["role"];

const LOAD_PEOPLE_UP_TO = 50;

/** `countries`, for hosts alone: ISO 3166 codes by person. */
export interface PeoplePage {
  people: ParticipantInfo[];
  total: number;
  next: string | null;
  countries: Record<string, string>;
}

/** Fires `moved` when another room is shown: the main room or the breakout room. Fires `change` after every change of state, `notice` with a Notice, `received` with each RoomEvent. */
export class RoomClient extends EventTarget {
  state: State = rooms.INITIAL_STATE;
  readonly recorder: Recorder;
  /** What a feature may do. */
  readonly actions: RoomActions = {
    state: () => this.state,
    update: (change) => {
      this.state = change(this.state);
      this.changed();
    },
    isOpen: () => this.socket.isOpen,
    send: (command) => this.socket.send(command),
    reply: (command) => this.reply(command),
    ask: (command) => this.ask(command),
    notify: (notice) => this.notify(notice),
  };
  readonly chat = new Chat(this.actions);
  readonly polls = new Polls(this.actions);
  readonly questions = new QuestionCommands(this.actions);
  readonly liveText = new LiveTextCommands(this.actions);
  readonly listening = new ListeningChoice(this.actions, activeLanguage);
  readonly slides: SlidesCommands;
  readonly resources: ResourceCommands;
  readonly main: RoomClient | null;
  /** How this person sees the room. */
  readonly view: ViewChoice;
  readonly shares = new NewestShares();
  /** The breakout room that is shown in the place of this one. */
  breakout: RoomClient | null = null;
  readonly breakouts: BreakoutRooms;
  private readonly csrf: string;
  private readonly socket: RoomSocket;
  private readonly publishing: Publishing;
  private connection = "";
  private isCatchingUp = false;

  constructor(
    options: RoomClientOptions,
    readonly media: LocalMedia,
  ) {
    super();
    this.slides = new SlidesCommands(this.actions, options.csrf);
    this.resources = new ResourceCommands(this.actions, options.csrf);
    this.main = options.main ?? null;
    this.view = this.main?.view ?? new ViewChoice();
    this.view.addEventListener("change", this.mediaChanged);
    this.csrf = options.csrf;
    const journey = { show: (room: string | null) => this.showBreakout(room), tell: (what: Notice["what"]) => this.tellInShownRoom(what) };
    this.breakouts = this.main?.breakouts ?? new BreakoutRooms(this.actions, journey);
    this.main?.addEventListener("change", this.mainChanged);
    this.main?.addEventListener("received", this.mainReceived);
    this.recorder = new Recorder(options.csrf);
    this.recorder.addEventListener("change", this.mediaChanged);
    this.recorder.addEventListener("failed", () => this.notify({ what: "recording.failed" }));
    media.addEventListener("change", this.mediaChanged);
    this.socket = new RoomSocket({
      fetchTicket: options.fetchTicket,
      since: () => (this.state.room && this.state.you?.admission === "admitted" ? this.state.seq : null),
      onEvents: (events) => this.receive(events),
      onLink: (link, closeReason) => this.linkChanged(link, closeReason),
    });
    this.publishing = new Publishing(media, {
      state: () => this.state,
      isOpen: () => this.socket.isOpen,
      send: (command) => this.socket.send(command),
      changed: () => this.changed(),
      savesData: () => this.view.savesData,
      isRecording: () => this.recorder.isRecording,
    });
  }

  enter(): void {
    this.state = rooms.withLink(this.state, "connecting");
    this.socket.start();
    this.changed();
  }

  async leave(closeReason: CloseReason = "left"): Promise<void> {
    if (this.main) {
      await this.main.leave(closeReason);
      return;
    }
    this.breakouts.comeBack("left");
    await this.recorder.stop();
    this.media.stop();
    this.socket.stop(closeReason);
    this.publishing.end();
  }

  // ---- breakout rooms ----------------------------------------------------------------------------------

  /** The client of the main room, also in a breakout room. */
  get mainRoom(): RoomClient {
    return this.main ?? this;
  }

  /** A recording is made in the page that shows the main room: it is stopped first. */
  async joinBreakout(room: string | null = null): Promise<void> {
    if (this.mainRoom.recorder.isRecording) this.notify({ what: "breakouts.recording" });
    else await this.breakouts.join(room);
  }

  private showBreakout(room: string | null): void {
    const before = this.breakout;
    this.breakout = null;
    before?.disconnect();
    if (room !== null) {
      if (!before) this.publishing.suspend();
      this.breakout = new RoomClient({ fetchTicket: () => this.breakouts.ticket(room), csrf: this.csrf, main: this }, this.media);
      this.breakout.enter();
    } else this.cameBack();
    if (this.view.pinned === "content") this.view.pin(null); // that of the other room
    this.dispatchEvent(new Event("moved"));
    this.changed();
  }

  /** Nobody is heard in the main room before they unmute. */
  private cameBack(): void {
    this.publishing.reset();
    if (rooms.mayPublish(this.state)) void this.media.setMuted(true);
    else this.media.stop();
    this.updateMedia();
  }

  private tellInShownRoom(what: Notice["what"]): void {
    setTimeout(() => this.notify({ what })); // once it is drawn
  }

  private disconnect(): void {
    this.main?.removeEventListener("change", this.mainChanged);
    this.main?.removeEventListener("received", this.mainReceived);
    this.media.removeEventListener("change", this.mediaChanged);
    this.view.removeEventListener("change", this.mediaChanged);
    this.socket.stop("left");
    this.publishing.end();
  }

  private readonly mainChanged = (): void => this.changed();

  private readonly mainReceived = (event: Event): void => {
    const { detail } = event as CustomEvent<RoomEvent>;
    if (detail.ev.startsWith("breakout.")) this.dispatchEvent(new CustomEvent("received", { detail }));
  };

  // ---- commands ----------------------------------------------------------------------------------------

  /** Sends a command; a refusal becomes a notice. Returns whether the room agreed. */
  async ask(command: Command): Promise<boolean> {
    return (await this.reply(command)) !== null;
  }

  async setMuted(muted: boolean): Promise<void> {
    if (!muted && !rooms.mayPublish(this.state) && !rooms.mayPrepare(this.state)) return;
    await this.media.setMuted(muted);
  }

  async muteAll(): Promise<void> {
    if (await this.ask({ do: "stage.mute", all: true })) this.notify({ what: "muted.all" });
  }

  async setCamera(on: boolean): Promise<void> {
    if (on && this.publishing.isMesh && this.othersWithCamera() >= MOST_CAMERAS) {
      this.notify({ what: "pictures" });
      return;
    }
    await this.media.setCamera(on);
  }

  async setScreen(on: boolean): Promise<void> {
    await this.media.setScreen(on);
  }

  async startRecording(): Promise<void> {
    if (recordingKind() === null) {
      this.notify({ what: "recording.unsupported" });
      return;
    }
    const reply = await this.reply({ do: "recording.start" });
    if (typeof reply?.upload !== "string") return;
    try {
      this.recorder.start(reply.upload, () => this.publishing.scene());
    } catch (error) {
      console.warn("The recording could not be started", error);
      this.notify({ what: "recording.unsupported" });
      await this.ask({ do: "recording.stop" }); // nobody must be told that they are recorded
    }
  }

  async stopRecording(): Promise<void> {
    await this.recorder.stop();
    try {
      await this.socket.send({ do: "recording.stop" });
    } catch (error) {
      // Refused when the last part has ended the recording already.
      if (!(error instanceof Refused)) this.notify({ what: "refused" });
    }
  }

  async listPeople(query: string, after: string | null): Promise<PeoplePage> {
    const reply = await this.socket.send({ do: "people.list", query, ...(after === null ? {} : { after }) });
    return { people: reply.people as ParticipantInfo[], total: reply.total as number, next: (reply.next ?? null) as string | null, countries: (reply.countries ?? {}) as Record<string, string> };
  }

  /** Who was denied or removed. */
  async listTurnedAway(): Promise<PersonRef[]> {
    const reply = await this.socket.send({ do: "lobby.turned_away" });
    return reply.people as PersonRef[];
  }

  async readmit(person: PersonRef): Promise<void> {
    if (await this.ask({ do: "lobby.readmit", person: person.id })) this.notify({ what: "readmitted", who: person.name });
  }

  /** Gives a role, or takes it back with "attendee". */
  async appoint(person: PersonRef, role: Role): Promise<void> {
    await this.askWithAccount({ do: "people.appoint", person: person.id, role });
  }

  /** Makes somebody else the host. Returns whether the room agreed. */
  async handOver(person: string): Promise<boolean> {
    const isDone = await this.askWithAccount({ do: "meeting.hand_over", person });
    if (isDone) this.notify({ what: "handed_over" });
    return isDone;
  }

  /** As `ask`, for what only a person with an account can be. */
  private async askWithAccount(command: Command): Promise<boolean> {
    try {
      await this.socket.send(command);
      return true;
    } catch (error) {
      const isWithout = error instanceof Refused && error.message === "no_account";
      this.notify({ what: isWithout ? "no_account" : "refused" });
      return false;
    }
  }

  // ---- events ------------------------------------------------------------------------------------------

  /** The server's time, in milliseconds since 1970. */
  now(): number {
    return this.socket.clock.now();
  }

  private receive(events: RoomEvent[]): void {
    for (const event of events) {
      const before = this.state;
      this.state = rooms.reduce(this.state, event);
      this.handle(event, before);
      this.dispatchEvent(new CustomEvent("received", { detail: event }));
    }
    if (this.state.missingAfter !== null) void this.catchUp();
    this.updateMedia();
    this.changed();
  }

  /** An error of audio and video must not keep events from being shown. */
  private updateMedia(): void {
    if (this.breakout) return;
    try {
      this.publishing.update();
    } catch (error) {
      console.warn("Audio and video could not be updated", error);
    }
  }

  private handle(event: RoomEvent, before: State): void {
    if (!this.main) this.breakouts.handle(event);
    // Who leaves a channel is not suddenly heard by everybody.
    if (ownChannel(before) && !ownChannel(this.state)) void this.media.setMuted(true);
    if (event.ev === "welcome" || event.ev === "admitted") this.entered(event.snapshot?.messages ?? []);
    else if (event.ev === "signal") this.publishing.receive(event as IncomingSignal);
    else if (event.ev === "mute.requested") this.muteOnRequest(event.by.name);
    else if (event.ev === "stage.joined" || event.ev === "stage.left") this.stageChanged(before);
    else if (event.ev === "lobby" && event.waiting.length > before.waiting.length) this.someoneWaits(event.waiting.at(-1)?.name ?? "");
    else if (event.ev === "floor.given") this.notify({ what: event.ev, who: event.by.name });
    else if (event.ev === "meeting.closing" && rooms.isHost(this.state.you)) this.notify({ what: event.ev });
    else if (event.ev === "meeting.extended" && event.meeting === this.state.room?.meeting) this.notify({ what: event.ev });
    else if (event.ev === "meeting.ended") void this.ended();
  }

  private entered(newest: readonly Message[]): void {
    const you = this.state.you;
    if (you && you.connection !== this.connection) {
      this.connection = you.connection;
      this.publishing.reset();
    }
    if (this.state.room && !this.state.room.is_webinar) void this.loadPeople();
    if (this.listening.enter()) this.muteBeforeChannel();
    this.chat.resendPending();
    void this.chat.refreshReactions(newest);
    this.liveText.resume();
  }

  /** Whoever comes to interpret is not heard by everybody before they take a channel. */
  private muteBeforeChannel(): void {
    const { you, interpretation } = this.state;
    if (you?.role === "interpreter" && interpretation.length > 0 && !ownChannel(this.state)) void this.media.setMuted(true);
  }

  /** In a meeting everybody is on stage, so everybody's connections are needed. */
  private async loadPeople(): Promise<void> {
    if (this.state.you?.admission !== "admitted") return;
    try {
      const { people, total } = await this.listPeople("", null);
      if (total <= LOAD_PEOPLE_UP_TO) this.state = rooms.withPeople(this.state, people);
    } catch {
      return; // disconnected; the next welcome asks again
    }
    this.updateMedia();
    this.changed();
  }

  private stageChanged(before: State): void {
    const wasOn = before.you?.on_stage ?? false;
    const isOn = this.state.you?.on_stage ?? false;
    if (!this.state.room?.is_webinar || wasOn === isOn) return;
    if (!isOn) this.media.stop();
    if (isOn && this.state.you?.role === "interpreter") return; // who interprets is asked for a channel, and not heard by everyone
    this.notify({ what: isOn ? "stage.invited" : "stage.removed" });
  }

  private someoneWaits(who: string): void {
    this.notify({ what: "lobby", who });
    void knock();
  }

  private muteOnRequest(who: string): void {
    if (this.media.isMuted || ownChannel(this.state)) return; // already, or not heard by everybody
    void this.media.setMuted(true);
    this.notify({ what: "mute.requested", who });
  }

  private async ended(): Promise<void> {
    if (this.recorder.isRecording) await this.recorder.stop();
    if (this.state.room?.kind !== "project") this.media.stop();
  }

  private async catchUp(): Promise<void> {
    if (this.isCatchingUp || !this.socket.isOpen) return;
    this.isCatchingUp = true;
    try {
      while (this.state.missingAfter !== null) {
        const reply = await this.socket.send({ do: "since", seq: this.state.missingAfter });
        const missed = reply.missed as RoomEvent[];
        this.state = rooms.withMissed(this.state, missed, reply.complete !== false || missed.length === 0);
      }
    } catch {
      this.state = { ...this.state, missingAfter: null }; // the next welcome brings what is missing
    } finally {
      this.isCatchingUp = false;
    }
    this.changed();
  }

  private async reply(command: Command): Promise<Reply | null> {
    try {
      return await this.socket.send(command);
    } catch (error) {
      this.notify({ what: error instanceof Refused && error.code === "too_fast" ? "too_fast" : "refused" });
      return null;
    }
  }

  private linkChanged(link: Link, closeReason: CloseReason): void {
    this.state = rooms.withLink(this.state, link, closeReason);
    if (link === "closed") this.closed(closeReason);
    this.changed();
  }

  private closed(closeReason: CloseReason): void {
    this.publishing.end();
    if (this.main) {
      if (this.main.breakout === this) this.breakouts.comeBack(closeReason === "breakout_over" ? "closed" : "lost");
      return;
    }
    this.breakouts.comeBack("left");
    this.media.stop();
    if (this.recorder.isRecording) void this.recorder.stop();
  }

  // ---- audio and video ---------------------------------------------------------------------------------

  get transport(): MediaTransport | null {
    return this.publishing.transport;
  }

  /** People whose audio or video is on and does not arrive. */
  get missing(): ReadonlyMap<string, MissingMedia> {
    return this.publishing.missing;
  }

  tracksOf(person: ParticipantInfo): ReadonlyMap<string, MediaStreamTrack> {
    return this.publishing.tracksOf(person);
  }

  /** Whether pictures of others arrive: not while data is saved, or the connection is poor. */
  get showsCameras(): boolean {
    return this.publishing.showsCameras;
  }

  get arePicturesPaused(): boolean {
    return this.publishing.arePicturesPaused;
  }

  get isMediaAway(): boolean {
    return this.publishing.isServerAway;
  }

  insistOnPictures(): void {
    this.publishing.insistOnPictures();
    this.changed();
  }

  get quality(): Quality {
    return this.publishing.quality;
  }

  /** Tells whose pictures are seen, and how large. */
  showPictures(seen: SeenPictures): void {
    this.publishing.showPictures(seen);
  }

  /** The voice of the interpreter that is listened to. */
  interpretation(): MediaStreamTrack | null {
    return this.publishing.interpretation();
  }

  listenTo(language: string): void {
    this.listening.listen(language);
    this.updateMedia();
  }

  private readonly mediaChanged = (): void => {
    this.updateMedia();
    this.changed();
  };

  private othersWithCamera(): number {
    return [...this.state.people.values()].filter((person) => person.camera && person.id !== this.state.you?.id).length;
  }

  /** In the room that is shown. */
  private notify(notice: Notice): void {
    (this.breakout ?? this).dispatchEvent(new CustomEvent("notice", { detail: notice }));
  }

  private changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}
