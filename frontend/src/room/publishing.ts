// Sound and picture in the room: one's own go out while one may publish, those of others come in.
import { ArrivalWatch, LOOK_EVERY, type Findings } from "./arrival-watch";
import type { Exchange, Received } from "./exchange";
import type { OwnMedia } from "./media";
import { Mesh, type IncomingSignal } from "./mesh";
import type { Command, Present, Reply } from "./protocol.generated";
import type { Shown } from "./recorder";
import { Refused } from "./socket";
import * as rooms from "./state";
import type { State } from "./state";

/** What is needed of the room around it. */
export interface Around {
  state: () => State;
  isOpen: () => boolean;
  send: (command: Command) => Promise<Reply>;
  changed: () => void;
}

const TELL_AGAIN_AFTER = 1_500;
const JOIN_AGAIN_AFTER = 2_000;
const LONGEST_PAUSE = 60_000;
const NOTHING_RECEIVED: Received = new Map();

/** Whether this browser can exchange sound and picture at all. */
export const isAble = (): boolean => typeof RTCPeerConnection !== "undefined";

export class Publishing {
  exchange: Exchange | null = null;
  private mesh: Mesh | null = null;
  /** One joining of the media server; another one takes its place. */
  private sfu: object | null = null;
  private failedJoins = 0;
  private told = "";
  /** Whose audio or video does not arrive although they say that it is on. */
  missing: Findings["missing"] = new Map();
  private readonly watch = new ArrivalWatch();
  private watching: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly media: OwnMedia,
    private readonly around: Around,
  ) {}

  get isMesh(): boolean {
    return this.mesh !== null;
  }

  hear(signal: IncomingSignal): void {
    void this.mesh?.hear(signal);
  }

  /** Brings the exchange of sound and picture in line with who is on the stage and what is on here. */
  arrange(): void {
    const { room, you, link } = this.around.state();
    if (!room || you?.admission !== "admitted" || link === "closed") return;
    if (isAble()) {
      if (room.media === "sfu") void this.joinServer();
      else this.arrangeMesh(room.ice_servers, you.connection);
      this.watching ??= setInterval(() => void this.lookWhatArrives().catch((error: unknown) => console.warn("Nothing is known of what arrives", error)), LOOK_EVERY);
    }
    this.exchange?.publish(this.mayPublish() ? this.media.tracks : new Map());
    this.tell();
  }

  /** A new connection begins with nothing sent and nothing told. */
  beginAnew(): void {
    this.end();
    this.told = "";
  }

  end(): void {
    clearInterval(this.watching);
    this.watching = undefined;
    this.missing = new Map();
    this.disconnect();
  }

  private disconnect(): void {
    this.exchange?.close();
    this.exchange = this.mesh = this.sfu = null;
  }

  /** Tracks of a person: one's own from the devices, others' as they arrive. */
  tracksOf(person: Present): ReadonlyMap<string, MediaStreamTrack> {
    if (person.id === this.around.state().you?.id) return this.media.tracks;
    return this.exchange?.of(person.id) ?? new Map();
  }

  /** What the recording shows and lets hear at this moment. */
  scene(): Shown[] {
    return rooms.stage(this.around.state()).flatMap((person) => {
      const tracks = this.tracksOf(person);
      const sound = [tracks.get("microphone"), tracks.get("screen-sound")].filter((track) => track !== undefined);
      const screen = person.screen ? tracks.get("screen") : undefined;
      const self = { name: person.name, picture: (person.camera ? tracks.get("camera") : undefined) ?? null, sound, isScreen: false };
      return screen ? [{ name: person.name, picture: screen, sound: [], isScreen: true }, self] : [self];
    });
  }

  private mayPublish(): boolean {
    return rooms.mayPublish(this.around.state());
  }

  // ---- browser to browser ----

  private arrangeMesh(iceServers: RTCIceServer[], connection: string): void {
    if (!this.mesh) {
      this.mesh = new Mesh(connection, iceServers, (signal) => void this.signal(signal));
      this.use(this.mesh);
    }
    this.mesh.reach(rooms.remoteConnections(this.around.state()), this.mayPublish(), (person) => this.isHere(person));
  }

  private async signal(signal: Command): Promise<void> {
    try {
      await this.around.send(signal);
    } catch (error) {
      if (error instanceof Refused && error.code !== "not_found") console.warn("A signal was refused", error.code);
    }
  }

  private isHere(person: string): boolean {
    const { people, room, you } = this.around.state();
    return people.get(person) === undefined || !room?.is_webinar || you?.on_stage === true;
  }

  // ---- by the media server ----

  /** The token is good for a minute and is asked for anew each time: the room gives it while the right holds. */
  private async joinServer(): Promise<void> {
    if (this.sfu || !this.around.isOpen() || !rooms.may(this.around.state(), "media.token")) return;
    const joining = (this.sfu = {});
    try {
      const reply = await this.around.send({ do: "media.token" });
      const { MediaServer } = await import("./sfu");
      if (this.sfu !== joining || typeof reply.url !== "string" || typeof reply.token !== "string") return;
      const server = new MediaServer();
      this.use(server);
      server.addEventListener("lost", () => this.lost(joining));
      await server.join(reply.url, reply.token, this.around.state().room?.ice_servers ?? []);
    } catch (error) {
      console.warn("The media server could not be joined", error);
      this.lost(joining);
      return;
    }
    this.failedJoins = 0;
    this.arrange();
  }

  /** The media server is gone, or nothing comes from it: joined again after a pause, each time a longer one. */
  private lost(joining: object): void {
    if (this.sfu !== joining) return;
    this.disconnect();
    const waiting = (this.sfu = {});
    const pause = Math.min(LONGEST_PAUSE, JOIN_AGAIN_AFTER * 2 ** this.failedJoins++) * (0.5 + Math.random() / 2);
    setTimeout(() => {
      if (this.sfu !== waiting) return;
      this.sfu = null;
      this.arrange();
    }, pause);
    this.around.changed();
  }

  private use(exchange: Exchange): void {
    this.exchange = exchange;
    exchange.addEventListener("change", () => this.around.changed());
  }

  // ---- whether it arrives ----

  private async lookWhatArrives(): Promise<void> {
    const { link } = this.around.state();
    if (document.hidden || link !== "open") {
      this.watch.rest();
      return;
    }
    const others = rooms.stage(this.around.state()).filter((person) => person.id !== this.around.state().you?.id);
    const received = await Promise.all(others.map(async (person) => [person, await this.receivedFrom(person)] as const));
    const { missing, heal } = this.watch.look(performance.now(), received);
    for (const { person, anew } of heal) this.exchange?.heal(person, anew);
    const isNew = JSON.stringify([...missing]) !== JSON.stringify([...this.missing]);
    this.missing = missing;
    if (isNew) this.around.changed();
  }

  private async receivedFrom(person: Present): Promise<Received> {
    try {
      return (await this.exchange?.received(person.id)) ?? NOTHING_RECEIVED;
    } catch {
      return NOTHING_RECEIVED; // closed while it was asked
    }
  }

  // ---- telling the others in words ----

  private tell(): void {
    const { microphone, camera, screen } = this.media;
    const may = this.mayPublish();
    const now = { microphone: may && microphone, camera: may && camera, screen: may && screen };
    const told = JSON.stringify(now);
    if (!this.around.isOpen() || told === this.told || !rooms.may(this.around.state(), "media.state")) return;
    this.told = told;
    void this.around.send({ do: "media.state", ...now }).catch((error: unknown) => this.notTold(error));
  }

  /** Others would go on seeing what was before: said again in a moment, or after the next welcome. */
  private notTold(error: unknown): void {
    this.told = "";
    if (error instanceof Refused && error.code === "too_fast") setTimeout(() => this.tell(), TELL_AGAIN_AFTER);
  }
}
