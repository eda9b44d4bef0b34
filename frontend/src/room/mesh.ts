// Browser to browser: one peer connection to each other connection on the stage, signalled over the room's socket.
import type { RemoteTracks, MediaTransport, ReceivedCounts } from "./media-transport";
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
/** More pictures than this are more than a house's line can send from one browser. */
export const MOST_CAMERAS = 6;
/** A connection that does not stand by then is tried anew, each time with twice the patience: it may be slow and not lost. */
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
  private attempts = 0;

  constructor(
    private readonly own: string,
    private readonly iceServers: RTCIceServer[],
    private readonly send: SendSignal,
  ) {
    super();
  }

  /**
   * Connections to keep, with whose they are; all others are closed. A listener calls; of two on the stage the one
   * with the smaller name does, so that they do not both call in the same moment.
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

  /** The connection that a signal means; what belongs to one that was given up is passed over. */
  private peerFor({ from, person, description, candidate }: IncomingSignal): Peer | undefined {
    const attempt = description?.attempt ?? candidate?.attempt;
    const known = this.peers.get(from);
    if (known && (attempt === undefined || known.attempt === attempt)) return known;
    if (description?.begins !== true || (known && this.prefersOwnOffer(from, known))) return undefined;
    this.drop(from);
    return this.open(from, person, { calls: false, wasInvited: known?.wasInvited ?? true, attempt });
  }

  /** Both called in the same moment: the impolite side's call is the one that both keep. */
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

  /** After a failure that an ICE restart did not mend: from the beginning. Who was called is called again. */
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
