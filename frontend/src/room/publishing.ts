// Audio and video of the room: publishes the local tracks while that is allowed, and receives those of others.
import { ReceiveMonitor, CHECK_EVERY, type ReceiveReport } from "./receive-monitor";
import { LinkQuality, type LinkTotals, type Quality } from "./link-quality";
import { LinkReporter } from "./link-report";
import type { MediaTransport, ReceivedCounts, SeenPictures } from "./media-transport";
import type { LocalMedia } from "./media";
import { channelOf, heardChannel, isOnAir, ownChannel, wantedChannels } from "./features/interpretation/state";
import { InterpreterVoice } from "./interpreter-voice";
import { Mesh, type IncomingSignal } from "./mesh";
import type { Command, ParticipantInfo, Reply } from "./protocol.generated";
import type { SceneItem } from "./recorder";
import type { TrackKind } from "./signals";
import { Refused } from "./socket";
import * as rooms from "./state";
import type { State } from "./state";

export interface PublishingCallbacks {
  state: () => State;
  isOpen: () => boolean;
  send: (command: Command) => Promise<Reply>;
  changed: () => void;
  /** The person wants no pictures of others. */
  savesData: () => boolean;
  /** A recording has the pictures of everybody on stage. */
  isRecording: () => boolean;
}

const ANNOUNCE_AGAIN_AFTER = 1_500;
const JOIN_AGAIN_AFTER = 2_000;
const LONGEST_PAUSE = 8_000;
const NOTHING_RECEIVED: ReceivedCounts = new Map();

export const supportsWebRtc = (): boolean => typeof RTCPeerConnection !== "undefined";

export class Publishing {
  transport: MediaTransport | null = null;
  private mesh: Mesh | null = null;
  /** Identifies one attempt to join the media server; a later attempt replaces it. */
  private sfu: object | null = null;
  private failedJoins = 0;
  private announced = "";
  /** People whose audio or video is on and does not arrive. */
  missing: ReceiveReport["missing"] = new Map();
  private link = new LinkQuality();
  private readonly reporter = new LinkReporter();
  private seen: SeenPictures = null;
  private readonly voice = new InterpreterVoice();
  private readonly monitor = new ReceiveMonitor();
  private monitorTimer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly media: LocalMedia,
    private readonly callbacks: PublishingCallbacks,
  ) {}

  /** The media server is gone, or does not answer; the rest of the room works. */
  get isServerAway(): boolean {
    return this.callbacks.state().link === "open" && (this.failedJoins > 0 || this.transport?.isInterrupted === true);
  }

  get isMesh(): boolean {
    return this.mesh !== null;
  }

  receive(signal: IncomingSignal): void {
    void this.mesh?.receive(signal);
  }

  /** Brings connections and published tracks in line with the state of the room and of the devices. */
  update(): void {
    const { room, you, link } = this.callbacks.state();
    if (!room || you?.admission !== "admitted" || link === "closed") return;
    if (supportsWebRtc()) {
      if (room.media === "sfu") void this.joinServer();
      else this.updateMesh(room.ice_servers, you.connection);
      this.monitorTimer ??= setInterval(() => void this.checkReceived().catch((error: unknown) => console.warn("Received media could not be checked", error)), CHECK_EVERY);
    }
    this.transport?.show(this.picturesToReceive());
    this.transport?.listen(wantedChannels(this.callbacks.state()));
    this.transport?.publish(this.tracksToPublish(), ownChannel(this.callbacks.state())?.language ?? "", this.isSilent());
    this.announceMedia();
  }

  // ---- pictures, and the quality of the connection ----

  get quality(): Quality {
    return this.link.level;
  }

  /** Whether pictures of others are given up by themselves. */
  get arePicturesPaused(): boolean {
    return this.link.arePicturesPaused && !this.callbacks.savesData() && !this.callbacks.isRecording();
  }

  get showsCameras(): boolean {
    return !this.callbacks.savesData() && !this.arePicturesPaused;
  }

  /** Shown although the connection is poor. */
  insistOnPictures(): void {
    this.link.insist(performance.now());
    this.transport?.show(this.picturesToReceive());
  }

  showPictures(seen: SeenPictures): void {
    if (sameSizes(seen, this.seen)) return;
    this.seen = seen;
    this.transport?.show(this.picturesToReceive());
  }

  private picturesToReceive(): SeenPictures {
    if (this.callbacks.isRecording()) return null;
    if (!this.showsCameras) return new Map();
    if (!this.link.losesPackets || this.seen === null) return this.seen;
    return new Map([...this.seen.keys()].map((key) => [key, "small"]));
  }

  private async checkLink(): Promise<void> {
    const totals = await this.transport?.totals();
    const isChanged = totals !== undefined && this.link.look(performance.now(), totals);
    this.report(totals ?? new Map());
    if (!isChanged) return;
    this.transport?.show(this.picturesToReceive());
    this.callbacks.changed();
  }

  /** Once a minute; one that is lost is not missed. */
  private report(totals: LinkTotals): void {
    this.reporter.look(performance.now(), totals, { quality: this.link.level, isFar: this.link.isFar, isMissing: this.missing.size > 0, isAway: this.isServerAway });
    const report = this.callbacks.isOpen() && rooms.may(this.callbacks.state(), "media.report") ? this.reporter.take() : null;
    if (report) void this.callbacks.send({ do: "media.report", ...report }).catch(() => undefined);
  }

  /** Goes to a breakout room: others no longer see devices as on. */
  suspend(): void {
    this.end();
    this.link = new LinkQuality();
    this.announced = "";
    if (this.callbacks.isOpen() && rooms.may(this.callbacks.state(), "media.state"))
      void this.callbacks.send({ do: "media.state", microphone: false, camera: false, screen: false }).catch(() => undefined);
  }

  /** For a new connection to the room. */
  reset(): void {
    this.end();
    this.link = new LinkQuality();
    this.announced = "";
  }

  end(): void {
    clearInterval(this.monitorTimer);
    this.monitorTimer = undefined;
    this.missing = new Map();
    this.voice.end();
    this.disconnect();
  }

  /** Of an interpreter in a channel the microphone goes there, and not to everybody. */
  private tracksToPublish(): ReadonlyMap<TrackKind, MediaStreamTrack> {
    const channel = ownChannel(this.callbacks.state());
    if (!this.mayPublish() || !channel) this.voice.end();
    if (!this.mayPublish()) return new Map();
    if (!channel) return this.media.tracks;
    const tracks = new Map(this.media.tracks);
    const voice = this.voice.of(tracks.get("microphone"), channel.language, !this.isSilent());
    tracks.delete("microphone");
    if (voice) tracks.set("interpretation", voice);
    return tracks;
  }

  /** Muted, or standing by in a channel. */
  private isSilent(): boolean {
    const state = this.callbacks.state();
    return this.media.isMuted || (ownChannel(state) !== undefined && !isOnAir(state));
  }

  private disconnect(): void {
    this.transport?.close();
    this.link.reset();
    this.transport = this.mesh = this.sfu = null;
  }

  /** Local tracks for oneself, received tracks for others. */
  tracksOf(person: ParticipantInfo): ReadonlyMap<string, MediaStreamTrack> {
    if (person.id === this.callbacks.state().you?.id) return this.media.tracks;
    const tracks = this.transport?.of(person.id) ?? new Map<TrackKind, MediaStreamTrack>();
    if (!tracks.has("microphone") || !channelOf(this.callbacks.state(), person.id)) return tracks;
    return new Map([...tracks].filter(([kind]) => kind !== "microphone")); // an interpreter's never mixes into the original
  }

  /** The voice of the interpreter who is on air in the channel that is listened to. */
  interpretation(): MediaStreamTrack | null {
    const onAir = heardChannel(this.callbacks.state())?.on_air;
    return onAir ? (this.transport?.of(onAir).get("interpretation") ?? null) : null;
  }

  /** What the recording shows and plays now. */
  scene(): SceneItem[] {
    return rooms.stage(this.callbacks.state()).flatMap((person) => {
      const tracks = this.tracksOf(person);
      const sound = [tracks.get("microphone"), tracks.get("screen-sound")].filter((track) => track !== undefined);
      const screen = person.screen ? tracks.get("screen") : undefined;
      const self = { name: person.name, picture: (person.camera ? tracks.get("camera") : undefined) ?? null, sound, isScreen: false };
      return screen ? [{ name: person.name, picture: screen, sound: [], isScreen: true }, self] : [self];
    });
  }

  private mayPublish(): boolean {
    return rooms.mayPublish(this.callbacks.state());
  }

  // ---- peer to peer ----

  private updateMesh(iceServers: RTCIceServer[], connection: string): void {
    if (!this.mesh) {
      this.mesh = new Mesh(connection, iceServers, (signal) => void this.signal(signal));
      this.use(this.mesh);
    }
    this.mesh.connectTo(rooms.remoteConnections(this.callbacks.state()), this.mayPublish(), (person) => this.isHere(person));
  }

  private async signal(signal: Command): Promise<void> {
    try {
      await this.callbacks.send(signal);
    } catch (error) {
      if (error instanceof Refused && error.code !== "not_found") console.warn("A signal was refused", error.code);
    }
  }

  private isHere(person: string): boolean {
    const { people, room, you } = this.callbacks.state();
    return people.get(person) === undefined || !room?.is_webinar || you?.on_stage === true;
  }

  // ---- media server ----

  /** Requests a new token for each attempt: it is valid for a minute. */
  private async joinServer(): Promise<void> {
    if (this.sfu || !this.callbacks.isOpen() || !rooms.may(this.callbacks.state(), "media.token")) return;
    const joining = (this.sfu = {});
    try {
      const reply = await this.callbacks.send({ do: "media.token" });
      const { MediaServer } = await import("./sfu");
      if (this.sfu !== joining || typeof reply.url !== "string" || typeof reply.token !== "string") return;
      const server = new MediaServer();
      this.use(server);
      server.addEventListener("lost", () => this.lost(joining));
      await server.join(reply.url, reply.token, this.callbacks.state().room?.ice_servers ?? []);
    } catch (error) {
      console.warn("The media server could not be joined", error);
      this.lost(joining);
      return;
    }
    this.failedJoins = 0;
    this.update();
    this.callbacks.changed();
  }

  /** Joins the media server again after a pause, which doubles with each failure. */
  private lost(joining: object): void {
    if (this.sfu !== joining) return;
    this.disconnect();
    const waiting = (this.sfu = {});
    const pause = Math.min(LONGEST_PAUSE, JOIN_AGAIN_AFTER * 2 ** this.failedJoins++) * (0.5 + Math.random() / 2);
    setTimeout(() => {
      if (this.sfu !== waiting) return;
      this.sfu = null;
      this.update();
    }, pause);
    this.callbacks.changed();
  }

  private use(transport: MediaTransport): void {
    this.transport = transport;
    transport.addEventListener("change", () => this.callbacks.changed());
  }

  // ---- monitoring ----

  private async checkReceived(): Promise<void> {
    const { link } = this.callbacks.state();
    if (document.hidden || link !== "open") {
      this.monitor.reset();
      this.link.reset();
      return;
    }
    await this.checkLink();
    const pictures = this.picturesToReceive();
    const isSeen = (id: string): boolean => pictures?.has(`person:${id}`) ?? true;
    const people = rooms.stage(this.callbacks.state()).filter((person) => person.id !== this.callbacks.state().you?.id);
    const others = people.map((person) => ({ ...person, camera: person.camera && isSeen(person.id) }));
    const received = await Promise.all(others.map(async (person) => [person, await this.receivedFrom(person)] as const));
    const { missing, recover } = this.monitor.check(performance.now(), received);
    for (const { person, anew } of recover) this.transport?.recover(person, anew);
    const isNew = JSON.stringify([...missing]) !== JSON.stringify([...this.missing]);
    this.missing = missing;
    if (isNew) this.callbacks.changed();
  }

  private async receivedFrom(person: ParticipantInfo): Promise<ReceivedCounts> {
    try {
      return (await this.transport?.received(person.id)) ?? NOTHING_RECEIVED;
    } catch {
      return NOTHING_RECEIVED; // closed meanwhile
    }
  }

  // ---- announcing own devices ----

  private announceMedia(): void {
    const { microphone, camera, screen } = this.media;
    const may = this.mayPublish();
    const now = { microphone: may && microphone && !ownChannel(this.callbacks.state()), camera: may && camera, screen: may && screen };
    const announced = JSON.stringify(now);
    if (!this.callbacks.isOpen() || announced === this.announced || !rooms.may(this.callbacks.state(), "media.state")) return;
    this.announced = announced;
    void this.callbacks.send({ do: "media.state", ...now }).catch((error: unknown) => this.announceFailed(error));
  }

  /** Tries again in a moment, or after the next welcome. */
  private announceFailed(error: unknown): void {
    this.announced = "";
    if (error instanceof Refused && error.code === "too_fast") setTimeout(() => this.announceMedia(), ANNOUNCE_AGAIN_AFTER);
  }
}

function sameSizes(one: SeenPictures, other: SeenPictures): boolean {
  if (one === null || other === null) return one === other;
  return one.size === other.size && [...one].every(([key, size]) => other.get(key) === size);
}
