// One RTCPeerConnection with perfect negotiation (W3C WebRTC 1.0, section 10.7).
import { countReceived, type ReceivedCounts } from "./media-transport";
import type { Candidate, Description, TrackKind } from "./signals";

const BITRATE: Record<TrackKind, number> = { microphone: 48_000, interpretation: 48_000, "screen-sound": 64_000, camera: 900_000, screen: 1_800_000 };
/** Sound first, then what is presented, then faces. */
const PRIORITY: Record<TrackKind, RTCPriorityType> = { microphone: "high", interpretation: "high", "screen-sound": "high", screen: "medium", camera: "low" };
/** Milliseconds until ICE is restarted: the device has probably changed its network. */
const DISCONNECTED_FOR = 4_000;

export interface PeerCallbacks {
  signal: (signal: { description?: Description; candidate?: Candidate }) => void;
  changed: () => void;
  lost: () => void;
}

interface PeerOptions {
  person: string;
  calls: boolean;
  /** The other side called: in a large room attendees are not announced, so it may be unknown here. */
  wasInvited: boolean;
  isPolite: boolean;
  isCameraWanted: boolean;
  /** Milliseconds to connect. */
  waits: number;
  /** Identifies this connection in its signals, so that those of an earlier one can be told apart. */
  attempt: string;
  iceServers: RTCIceServer[];
  callbacks: PeerCallbacks;
}

export class Peer {
  readonly remoteTracks = new Map<TrackKind, MediaStreamTrack>();
  readonly person: string;
  readonly calls: boolean;
  readonly waits: number;
  readonly attempt: string;
  wasInvited: boolean;
    hasRemoteDescription = false;
  private readonly isPolite: boolean;
  private readonly callbacks: PeerCallbacks;
  private readonly connection: RTCPeerConnection;
  private readonly senders = new Map<TrackKind, RTCRtpTransceiver>();
  private isCameraWanted: boolean;
  private remoteKinds: Record<string, TrackKind> = {};
  private tracks: ReadonlyMap<TrackKind, MediaStreamTrack> = new Map();
  private peers = 0;
  /** False for the called side until the first offer. */
  private maySend: boolean;
  private isOffering = false;
  private isSettingRemoteAnswerPending = false;
  private ignoresOffer = false;
  private failures = 0;
  private readonly connectTimer: ReturnType<typeof setTimeout>;
  private interruption: ReturnType<typeof setTimeout> | undefined;

  constructor({ person, calls, wasInvited, isPolite, isCameraWanted, waits, attempt, iceServers, callbacks }: PeerOptions) {
    [this.person, this.calls, this.wasInvited, this.isPolite] = [person, calls, wasInvited, isPolite];
    this.isCameraWanted = isCameraWanted;
    [this.waits, this.attempt, this.callbacks] = [waits, attempt, callbacks];
    this.connection = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    this.connection.onnegotiationneeded = () => void this.offer();
    this.connection.onicecandidate = ({ candidate }) => candidate && callbacks.signal({ candidate: { ...candidate.toJSON(), attempt } });
    this.connection.onconnectionstatechange = () => this.connectionStateChanged();
    this.connection.ontrack = ({ track, transceiver }) => this.trackAdded(track, transceiver);
    this.maySend = calls;
    this.connectTimer = setTimeout(() => this.connection.connectionState !== "connected" && callbacks.lost(), waits);
    // An empty media section connects the two before there is anything to send.
    if (calls) this.connection.addTransceiver("audio", { direction: "recvonly" });
  }

  /** Each kind has its own send-only transceiver, added at first use; later changes replace its track. */
  publish(tracks: ReadonlyMap<TrackKind, MediaStreamTrack>, peers: number): void {
    this.tracks = tracks;
    this.peers = peers;
    if (!this.maySend) return;
    for (const [kind, track] of tracks) {
      const known = this.senders.get(kind);
      if (!known) this.add(kind, track, peers);
      else if (known.sender.track !== track) void known.sender.replaceTrack(track);
    }
    for (const [kind, { sender }] of this.senders) if (!tracks.has(kind) && sender.track) void sender.replaceTrack(null);
  }

  /**
   * An offer that arrives while an answer is being applied is not a collision: the browser applies one after the other.
   * The impolite side must not ignore it.
   */
  async receiveDescription(description: Description): Promise<void> {
    const { connection } = this;
    const isReady = !this.isOffering && (connection.signalingState === "stable" || this.isSettingRemoteAnswerPending);
    this.ignoresOffer = !this.isPolite && description.type === "offer" && !isReady;
    if (this.ignoresOffer) return;
    this.remoteKinds = { ...this.remoteKinds, ...description.carries };
    await this.setRemote(description);
    this.hasRemoteDescription = true;
    this.askForCamera();
    this.assignTracks();
    if (description.type !== "offer") return;
    await connection.setLocalDescription();
    this.sendDescription();
    this.maySend = true;
    this.publish(this.tracks, this.peers);
  }

  private async setRemote({ type, sdp }: Description): Promise<void> {
    this.isSettingRemoteAnswerPending = type === "answer";
    try {
      await this.connection.setRemoteDescription({ type, sdp: sdp ?? "" });
    } finally {
      if (type === "answer") this.isSettingRemoteAnswerPending = false;
    }
  }

  async receiveCandidate(candidate: Candidate): Promise<void> {
    try {
      await this.connection.addIceCandidate(candidate);
    } catch (error) {
      if (!this.ignoresOffer) throw error;
    }
  }

  /** The other side stops sending what is not wanted: it is told by the direction of the media section. */
  setCameraWanted(isWanted: boolean): void {
    if (isWanted === this.isCameraWanted) return;
    this.isCameraWanted = isWanted;
    this.askForCamera();
  }

  private askForCamera(): void {
    const direction = this.isCameraWanted ? "recvonly" : "inactive";
    for (const transceiver of this.connection.getTransceivers()) {
      const isCamera = transceiver.mid !== null && this.remoteKinds[transceiver.mid] === "camera";
      if (isCamera && transceiver.direction !== direction) transceiver.direction = direction;
    }
  }

  stats(): Promise<RTCStatsReport> {
    return this.connection.getStats();
  }

  get loudness(): number {
    let most = 0;
    for (const receiver of this.connection.getReceivers()) {
      if (receiver.track.kind !== "audio") continue;
      for (const source of receiver.getSynchronizationSources()) most = Math.max(most, source.audioLevel ?? 0);
    }
    return most;
  }

  async received(): Promise<ReceivedCounts> {
    const counts = new Map<TrackKind, number>();
    for (const { mid, receiver } of this.connection.getTransceivers()) {
      const kind = mid === null ? undefined : this.remoteKinds[mid];
      if (kind) counts.set(kind, countReceived(await receiver.getStats()));
    }
    return counts;
  }

    restart(): void {
    this.connection.restartIce();
  }

  close(): void {
    clearTimeout(this.connectTimer);
    clearTimeout(this.interruption);
    this.connection.onnegotiationneeded = this.connection.onconnectionstatechange = null;
    this.connection.ontrack = this.connection.onicecandidate = null;
    this.connection.close();
  }

  private async offer(): Promise<void> {
    try {
      this.isOffering = true;
      await this.connection.setLocalDescription();
      this.sendDescription();
    } catch (error) {
      console.warn("No offer could be made", error);
    } finally {
      this.isOffering = false;
    }
  }

  private sendDescription(): void {
    const description = this.connection.localDescription;
    if (!description) return;
    const carries: Record<string, TrackKind> = {};
    for (const [kind, { mid }] of this.senders) if (mid !== null) carries[mid] = kind;
    const begins = this.calls && !this.hasRemoteDescription;
    this.callbacks.signal({ description: { type: description.type, sdp: description.sdp, carries, begins, attempt: this.attempt } });
  }

  private add(kind: TrackKind, track: MediaStreamTrack, peers: number): void {
    const maxBitrate = kind === "camera" && peers > 3 ? BITRATE.camera / 2 : BITRATE[kind];
    const sendEncodings = [{ maxBitrate, priority: PRIORITY[kind], networkPriority: PRIORITY[kind] }];
    this.senders.set(kind, this.connection.addTransceiver(track, { direction: "sendonly", sendEncodings }));
    // eslint-disable-next-line own/oldest-browsers -- a hint, which Firefox ignores
    if (kind === "screen") track.contentHint = "detail";
  }

  private trackAdded(track: MediaStreamTrack, transceiver: RTCRtpTransceiver): void {
    const place = (): void => {
      const kind = transceiver.mid === null ? undefined : this.remoteKinds[transceiver.mid];
      if (kind && !track.muted) this.remoteTracks.set(kind, track);
      else if (kind && track.kind === "video") this.remoteTracks.delete(kind);
      this.callbacks.changed();
    };
    track.onmute = track.onunmute = place;
    place();
  }

  private assignTracks(): void {
    for (const { mid, receiver } of this.connection.getTransceivers()) {
      const kind = mid === null ? undefined : this.remoteKinds[mid];
      if (kind && (receiver.track.kind === "audio" || !receiver.track.muted)) this.remoteTracks.set(kind, receiver.track);
    }
    this.callbacks.changed();
  }

  private connectionStateChanged(): void {
    const { connectionState } = this.connection;
    clearTimeout(this.interruption);
    if (connectionState === "connected") this.failures = 0;
    if (connectionState === "disconnected") this.interruption = setTimeout(() => this.restart(), DISCONNECTED_FOR);
    if (connectionState === "failed" && this.failures++ === 0) this.restart();
    else if (connectionState === "failed") this.callbacks.lost();
    this.callbacks.changed();
  }
}
