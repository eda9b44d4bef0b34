// Peer to peer: one RTCPeerConnection to each other connection on stage, signalled over the room's socket.
import { totalsOf, type LinkTotals } from "./link-quality";
import type { RemoteTracks, MediaTransport, ReceivedCounts, SeenPictures } from "./media-transport";
import { Peer } from "./peer";
import type { Command } from "./protocol.generated";
import type { Candidate, Description, TrackKind } from "./signals";

type SendSignal = (command: Extract<Command, { do: "signal.send" }>) => void;

export interface IncomingSignal {
  from: string;
  person: string;
  description?: Description | null;
  candidate?: Candidate | null;
}

const NOTHING: RemoteTracks = new Map();
/** As rooms/media/mesh.py: more would exceed the upload of an office. */
export const MOST_CAMERAS = 6;
/** Milliseconds until a connection is tried anew; doubled each time, because it may only be slow. */
const CONNECT_TIMEOUT = 15_000;
const LONGEST_CONNECT_TIMEOUT = 60_000;

interface OpenOptions {
  calls: boolean;
  wasInvited?: boolean;
  waits?: number;
  attempt?: string | undefined;
}

export class Mesh extends EventTarget implements MediaTransport {
  private readonly peers = new Map<string, Peer>();
  private tracks: ReadonlyMap<TrackKind, MediaStreamTrack> = new Map();
  private pictures: SeenPictures = null;
  private attempts = 0;

  constructor(
    private readonly own: string,
    private readonly iceServers: RTCIceServer[],
    private readonly send: SendSignal,
  ) {
    super();
  }

  /**
   * Opens and keeps these connections (id → person), closes all others. Who is not on stage calls; of two on stage
   * the one with the smaller id does, so that they do not both call.
   */
  connectTo(remote: ReadonlyMap<string, string>, isOnStage: boolean, isKnown: (person: string) => boolean): void {
    for (const [connection, person] of remote) {
      if (!this.peers.has(connection)) this.open(connection, person, { calls: !isOnStage || this.own < connection });
    }
    for (const [connection, peer] of this.peers) {
      if (remote.has(connection)) peer.wasInvited = false;
      const isGone = peer.wasInvited ? !isKnown(peer.person) : !remote.has(connection);
      if (isGone) this.drop(connection);
    }
  }

  publish(tracks: ReadonlyMap<TrackKind, MediaStreamTrack>): void {
    this.tracks = new Map(tracks);
    for (const peer of this.peers.values()) peer.publish(this.tracks, this.peers.size);
  }

  show(pictures: SeenPictures): void {
    this.pictures = pictures;
    for (const peer of this.peers.values()) peer.setCameraWanted(this.isSeen(peer.person));
  }

  private isSeen(person: string): boolean {
    return this.pictures?.has(`person:${person}`) ?? true;
  }

  /** There is no server. */
  readonly isInterrupted = false;

  /** Each connection carries the voice of its interpreter, whoever listens. */
  // eslint-disable-next-line @typescript-eslint/no-empty-function -- nothing to ask for
  listen(): void {}

  async receive(signal: IncomingSignal): Promise<void> {
    const peer = this.peerFor(signal);
    if (!peer) return;
    try {
      if (signal.description) await peer.receiveDescription(signal.description);
      if (signal.candidate) await peer.receiveCandidate(signal.candidate);
    } catch (error) {
      console.warn("A signal could not be used", error);
      if (this.peers.get(signal.from) === peer) this.reopen(signal.from);
    }
  }

  of(person: string): RemoteTracks {
    let best: RemoteTracks = NOTHING;
    for (const peer of this.peersOf(person)) if (peer.remoteTracks.size > best.size) best = peer.remoteTracks;
    return best;
  }

  loudness(person: string): number {
    return Math.max(0, ...this.peersOf(person).map((peer) => peer.loudness));
  }

  async received(person: string): Promise<ReceivedCounts> {
    const all = await Promise.all(this.peersOf(person).map((peer) => peer.received()));
    const most = new Map<TrackKind, number>();
    for (const one of all) for (const [kind, count] of one) most.set(kind, Math.max(count, most.get(kind) ?? 0));
    return most;
  }

  async totals(): Promise<LinkTotals> {
    return new Map(await Promise.all([...this.peers].map(async ([connection, peer]) => [connection, totalsOf([await peer.stats()])] as const)));
  }

  recover(person: string, anew: boolean): void {
    for (const [connection, peer] of [...this.peers]) {
      if (peer.person !== person) continue;
      if (anew) this.replace(connection, peer.waits);
      else peer.restart();
    }
  }

  close(): void {
    for (const connection of [...this.peers.keys()]) this.drop(connection);
  }

  private peersOf(person: string): Peer[] {
    return [...this.peers.values()].filter((peer) => peer.person === person);
  }

  /** The peer that a signal is for; signals of a replaced connection are dropped. */
  private peerFor({ from, person, description, candidate }: IncomingSignal): Peer | undefined {
    const attempt = description?.attempt ?? candidate?.attempt;
    const known = this.peers.get(from);
    if (known && (attempt === undefined || known.attempt === attempt)) return known;
    if (description?.begins !== true || (known && this.prefersOwnOffer(from, known))) return undefined;
    this.drop(from);
    return this.open(from, person, { calls: false, wasInvited: known?.wasInvited ?? true, attempt });
  }

  /** When both have called, both keep the impolite side's call. */
  private prefersOwnOffer(from: string, known: Peer): boolean {
    return known.calls && !known.hasRemoteDescription && this.own > from;
  }

  /** Who is called leaves it to the caller to try anew, and so waits longest. */
  private open(connection: string, person: string, { calls, wasInvited = false, waits, attempt }: OpenOptions): Peer {
    const peer = new Peer({
      person,
      calls,
      wasInvited,
      isPolite: this.own < connection,
      isCameraWanted: this.isSeen(person),
      waits: waits ?? (calls ? CONNECT_TIMEOUT : LONGEST_CONNECT_TIMEOUT),
      attempt: attempt ?? `${this.own}-${++this.attempts}`,
      iceServers: this.iceServers,
      callbacks: {
        signal: (signal) => this.send({ do: "signal.send", to: connection, ...signal }),
        changed: () => this.dispatchEvent(new Event("change")),
        lost: () => this.reopen(connection),
      },
    });
    this.peers.set(connection, peer);
    peer.publish(this.tracks, this.peers.size);
    return peer;
  }

  private drop(connection: string): void {
    const peer = this.peers.get(connection);
    if (!peer) return;
    peer.close();
    this.peers.delete(connection);
    this.dispatchEvent(new Event("change"));
  }

  /** After a failure that an ICE restart did not repair: the caller connects anew. */
  private reopen(connection: string): void {
    const peer = this.peers.get(connection);
    if (peer?.calls) this.replace(connection, Math.min(peer.waits * 2, LONGEST_CONNECT_TIMEOUT));
    else this.drop(connection);
  }

  private replace(connection: string, waits: number): void {
    const peer = this.peers.get(connection);
    if (!peer) return;
    this.drop(connection);
    this.open(connection, peer.person, { calls: true, wasInvited: peer.wasInvited, waits });
  }
}
