// Browser to browser: one peer connection to each other connection on the stage, negotiated the “perfect” way
// (W3C WebRTC 1.0, section 10.7), signalled over the room's socket.
import type { Command, Description, TrackKind } from "./protocol";

export type Arrived = ReadonlyMap<TrackKind, MediaStreamTrack>;

/** What sends sound and picture to others and brings theirs, whatever lies between. */
export interface Exchange extends EventTarget {
  /** Sound and picture of a person, as far as it has arrived. */
  of(person: string): Arrived;
  publish(tracks: ReadonlyMap<TrackKind, MediaStreamTrack>): void;
  /** How loud a person is now, 0 to 1. */
  loudness(person: string): number;
  close(): void;
}

type SendSignal = (command: Extract<Command, { do: "signal.send" }>) => void;

export interface IncomingSignal {
  from: string;
  person: string;
  description?: Description | null;
  candidate?: RTCIceCandidateInit | null;
}

const NOTHING: Arrived = new Map();
/** More pictures than this are more than a house's line can send from one browser. */
export const MOST_PICTURES = 6;
/** A connection that does not stand by then is tried anew, each time with twice the patience: it may be slow and not lost. */
const PATIENCE = 15_000;
const MOST_PATIENCE = 60_000;
const BITRATE: Record<TrackKind, number> = { microphone: 48_000, "screen-sound": 64_000, camera: 900_000, screen: 1_800_000 };

export class Mesh extends EventTarget implements Exchange {
  private readonly peers = new Map<string, Peer>();
  private tracks: ReadonlyMap<TrackKind, MediaStreamTrack> = new Map();

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
  reach(remote: ReadonlyMap<string, string>, isOnStage: boolean, isKnown: (person: string) => boolean): void {
    for (const [connection, person] of remote) {
      if (!this.peers.has(connection)) this.open(connection, person, !isOnStage || this.own < connection);
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

  async hear(signal: IncomingSignal): Promise<void> {
    if (signal.description?.begins && this.peers.get(signal.from)?.isAgreed) this.drop(signal.from);
    const peer = this.peers.get(signal.from) ?? this.open(signal.from, signal.person, false, true);
    try {
      if (signal.description) await peer.described(signal.description);
      if (signal.candidate) await peer.candidate(signal.candidate);
    } catch (error) {
      console.warn("A signal could not be used", error);
      this.reopen(signal.from);
    }
  }

  of(person: string): Arrived {
    let best: Arrived = NOTHING;
    for (const peer of this.peers.values()) if (peer.person === person && peer.arrived.size > best.size) best = peer.arrived;
    return best;
  }

  loudness(person: string): number {
    return Math.max(0, ...[...this.peers.values()].filter((peer) => peer.person === person).map((peer) => peer.loudness));
  }

  close(): void {
    for (const connection of [...this.peers.keys()]) this.drop(connection);
  }

  /** Who is called leaves it to the caller to try anew, and so waits longest. */
  private open(connection: string, person: string, calls: boolean, wasInvited = false, waits = calls ? PATIENCE : MOST_PATIENCE): Peer {
    const polite = this.own < connection;
    const peer = new Peer(person, calls, wasInvited, polite, waits, this.iceServers, {
      signal: (signal) => this.send({ do: "signal.send", to: connection, ...signal }),
      changed: () => this.dispatchEvent(new Event("change")),
      lost: () => this.reopen(connection),
    });
    this.peers.set(connection, peer);
    peer.publish(this.tracks, this.peers.size);
    return peer;
  }

  private drop(connection: string): void {
    this.peers.get(connection)?.close();
    this.peers.delete(connection);
    this.dispatchEvent(new Event("change"));
  }

  /** After a failure that an ICE restart did not mend: from the beginning. Who was called is called again. */
  private reopen(connection: string): void {
    const peer = this.peers.get(connection);
    if (!peer) return;
    this.drop(connection);
    if (peer.calls) this.open(connection, peer.person, true, false, Math.min(peer.waits * 2, MOST_PATIENCE));
  }
}

interface Toward {
  signal: (signal: { description?: Description; candidate?: RTCIceCandidateInit }) => void;
  changed: () => void;
  lost: () => void;
}

class Peer {
  readonly arrived = new Map<TrackKind, MediaStreamTrack>();
  /** The other side has described itself at least once. */
  isAgreed = false;
  private readonly connection: RTCPeerConnection;
  private readonly senders = new Map<TrackKind, RTCRtpTransceiver>();
  private theirs: Record<string, TrackKind> = {};
  private tracks: ReadonlyMap<TrackKind, MediaStreamTrack> = new Map();
  private peers = 0;
  /** Who is called waits for the call before it sends anything. */
  private isStanding: boolean;
  private isOffering = false;
  private ignoresOffer = false;
  private failures = 0;
  private readonly patience: ReturnType<typeof setTimeout>;

  constructor(
    readonly person: string,
    readonly calls: boolean,
    /** It came to us: a listener, of whose coming and going a large room does not tell. */
    public wasInvited: boolean,
    private readonly isPolite: boolean,
    /** Milliseconds until it must stand. */
    readonly waits: number,
    iceServers: RTCIceServer[],
    private readonly toward: Toward,
  ) {
    this.connection = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    this.connection.onnegotiationneeded = () => void this.offer();
    this.connection.onicecandidate = ({ candidate }) => candidate && toward.signal({ candidate: candidate.toJSON() });
    this.connection.onconnectionstatechange = () => this.watch();
    this.connection.ontrack = ({ track, transceiver }) => this.took(track, transceiver);
    this.isStanding = calls;
    this.patience = setTimeout(() => this.connection.connectionState !== "connected" && toward.lost(), waits);
    // An empty section makes the line stand before anybody has something to send.
    if (calls) this.connection.addTransceiver("audio", { direction: "recvonly" });
  }

  /** Each kind has its own one-way section, made at first use; later changes only swap what is in it. */
  publish(tracks: ReadonlyMap<TrackKind, MediaStreamTrack>, peers: number): void {
    this.tracks = tracks;
    this.peers = peers;
    if (!this.isStanding) return;
    for (const [kind, track] of tracks) {
      const known = this.senders.get(kind);
      if (!known) this.add(kind, track, peers);
      else if (known.sender.track !== track) void known.sender.replaceTrack(track);
    }
    for (const [kind, { sender }] of this.senders) if (!tracks.has(kind) && sender.track) void sender.replaceTrack(null);
  }

  async described(description: Description): Promise<void> {
    const { connection } = this;
    const collides = description.type === "offer" && (this.isOffering || connection.signalingState !== "stable");
    this.ignoresOffer = !this.isPolite && collides;
    if (this.ignoresOffer) return;
    this.theirs = { ...this.theirs, ...description.carries };
    await connection.setRemoteDescription({ type: description.type, sdp: description.sdp ?? "" });
    this.isAgreed = true;
    this.nameTracks();
    if (description.type !== "offer") return;
    await connection.setLocalDescription();
    this.tell();
    this.isStanding = true;
    this.publish(this.tracks, this.peers);
  }

  async candidate(candidate: RTCIceCandidateInit): Promise<void> {
    try {
      await this.connection.addIceCandidate(candidate);
    } catch (error) {
      if (!this.ignoresOffer) throw error;
    }
  }

  get loudness(): number {
    let most = 0;
    for (const receiver of this.connection.getReceivers()) {
      if (receiver.track.kind !== "audio") continue;
      for (const source of receiver.getSynchronizationSources()) most = Math.max(most, source.audioLevel ?? 0);
    }
    return most;
  }

  close(): void {
    clearTimeout(this.patience);
    this.connection.onnegotiationneeded = this.connection.onconnectionstatechange = null;
    this.connection.ontrack = this.connection.onicecandidate = null;
    this.connection.close();
  }

  private async offer(): Promise<void> {
    try {
      this.isOffering = true;
      await this.connection.setLocalDescription();
      this.tell();
    } catch (error) {
      console.warn("No offer could be made", error);
    } finally {
      this.isOffering = false;
    }
  }

  private tell(): void {
    const description = this.connection.localDescription;
    if (!description) return;
    const carries: Record<string, TrackKind> = {};
    for (const [kind, { mid }] of this.senders) if (mid !== null) carries[mid] = kind;
    const begins = this.calls && !this.isAgreed;
    this.toward.signal({ description: { type: description.type, sdp: description.sdp, carries, begins } });
  }

  private add(kind: TrackKind, track: MediaStreamTrack, peers: number): void {
    const sendEncodings = [{ maxBitrate: kind === "camera" && peers > 3 ? BITRATE.camera / 2 : BITRATE[kind] }];
    this.senders.set(kind, this.connection.addTransceiver(track, { direction: "sendonly", sendEncodings }));
    if (kind === "screen") track.contentHint = "detail";
  }

  private took(track: MediaStreamTrack, transceiver: RTCRtpTransceiver): void {
    const place = (): void => {
      const kind = transceiver.mid === null ? undefined : this.theirs[transceiver.mid];
      if (kind && !track.muted) this.arrived.set(kind, track);
      else if (kind && track.kind === "video") this.arrived.delete(kind);
      this.toward.changed();
    };
    track.onmute = track.onunmute = place;
    place();
  }

  private nameTracks(): void {
    for (const { mid, receiver } of this.connection.getTransceivers()) {
      const kind = mid === null ? undefined : this.theirs[mid];
      if (kind && (receiver.track.kind === "audio" || !receiver.track.muted)) this.arrived.set(kind, receiver.track);
    }
    this.toward.changed();
  }

  private watch(): void {
    const { connectionState } = this.connection;
    if (connectionState === "connected") this.failures = 0;
    if (connectionState === "failed" && this.failures++ === 0) this.connection.restartIce();
    else if (connectionState === "failed") this.toward.lost();
    this.toward.changed();
  }
}
