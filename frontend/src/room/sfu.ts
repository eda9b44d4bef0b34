// Audio and video through a media server (LiveKit).
import { ConnectionState, LocalAudioTrack, type LocalTrack, type RemoteParticipant, RemoteTrack, RemoteTrackPublication, Room, RoomEvent, Track, type TrackPublication, type TrackPublishDefaults, VideoQuality } from "livekit-client";
import { totalsOf, type LinkTotals } from "./link-quality";
import { countReceived, type RemoteTracks, type MediaTransport, type ReceivedCounts, type SeenPictures } from "./media-transport";
import type { TrackKind } from "./signals";

const KIND: Partial<Record<Track.Source, TrackKind>> = {
  [Track.Source.Microphone]: "microphone",
  [Track.Source.Camera]: "camera",
  [Track.Source.ScreenShare]: "screen",
  [Track.Source.ScreenShareAudio]: "screen-sound",
};
/** LiveKit has no source for an interpreter's voice; the track's name says of which channel it is. */
const SOURCE: Record<TrackKind, Track.Source> = {
  interpretation: Track.Source.Unknown,
  microphone: Track.Source.Microphone,
  camera: Track.Source.Camera,
  screen: Track.Source.ScreenShare,
  "screen-sound": Track.Source.ScreenShareAudio,
};

/** The sources of the protocol (livekit_models.proto, TrackSource), in which the server says what may be published. */
const PERMITTED_AS: Record<TrackKind, number> = { interpretation: 0, camera: 1, microphone: 2, screen: 3, "screen-sound": 4 };
const CHANNEL = "interpretation:";

function kindOf({ source, trackName }: TrackPublication): TrackKind | undefined {
  return KIND[source] ?? (trackName.startsWith(CHANNEL) ? "interpretation" : undefined);
}

/** Sound first, then what is presented, then faces; each camera in several sizes (simulcast). */
const PUBLISH: TrackPublishDefaults = {
  simulcast: true,
  audioPreset: { maxBitrate: 48_000, priority: "high" },
  videoEncoding: { maxBitrate: 1_500_000, maxFramerate: 24, priority: "low" },
  screenShareEncoding: { maxBitrate: 1_800_000, maxFramerate: 15, priority: "medium" },
};

/** Milliseconds in which LiveKit reconnects by itself; after that one joins anew, with a new token. */
const RECONNECTS_FOR = 12_000;
/** Milliseconds at most between two attempts of those, spread over many clients: a refused attempt costs little, and a pause is added to the outage. */
const RETRIES_EVERY = 400;

interface Published {
  track: MediaStreamTrack;
  /** Of a voice: LiveKit turns every track on that it takes for unmuted, so that it has to be told. */
  voice: LocalAudioTrack | null;
}

const isVoice = (kind: TrackKind): boolean => kind === "microphone" || kind === "interpretation";

const personOf = ({ identity }: RemoteParticipant): string => identity.split(":")[0] ?? "";

async function reportsOf({ trackPublications }: RemoteParticipant): Promise<RTCStatsReport[]> {
  const reports = await Promise.all([...trackPublications.values()].map(async ({ track }) => (track instanceof RemoteTrack ? track.receiver?.getStats() : undefined)));
  return reports.filter((report) => report !== undefined);
}

export class MediaServer extends EventTarget implements MediaTransport {
  /** The size of each picture is told by the stage, in `show`: `adaptiveStream` would starve recordings and picture-in-picture. */
  private readonly room = new Room({ adaptiveStream: false, dynacast: true, stopLocalTrackOnUnpublish: false, publishDefaults: PUBLISH, reconnectPolicy: { nextRetryDelayInMs: ({ elapsedMs }) => (elapsedMs > RECONNECTS_FOR ? null : RETRIES_EVERY * (0.5 + Math.random() / 2)) } });
  private readonly published = new Map<TrackKind, Published>();
  private wanted: ReadonlyMap<TrackKind, MediaStreamTrack> = new Map();
  private channel = "";
  private isSilent = true;
  private channels: ReadonlySet<string> = new Set();
  private pictures: SeenPictures = null;
  private working: Promise<void> = Promise.resolve();

  constructor() {
    super();
    const changed = (): boolean => this.dispatchEvent(new Event("change"));
    this.room.on(RoomEvent.TrackSubscribed, (_track, publication, participant) => this.size(publication, participant));
    this.room.on(RoomEvent.TrackSubscribed, changed).on(RoomEvent.TrackUnsubscribed, changed);
    this.room.on(RoomEvent.ParticipantDisconnected, changed).on(RoomEvent.Reconnected, changed);
    this.room.on(RoomEvent.Reconnecting, changed);
    this.room.on(RoomEvent.TrackPublished, (publication) => this.subscribe(publication));
    // The permission to publish may arrive after the event that brought the person on stage.
    this.room.on(RoomEvent.ParticipantPermissionsChanged, () => this.publish(this.wanted, this.channel, this.isSilent));
    // Removed, or disconnected for longer than LiveKit reconnects: joining again needs a new token.
    this.room.on(RoomEvent.Disconnected, () => this.dispatchEvent(new Event("lost")));
  }

  get isInterrupted(): boolean {
    return this.room.state === ConnectionState.Reconnecting;
  }

  /** An empty list leaves the client the ICE servers of the media server; any other replaces them. */
  async join(url: string, token: string, iceServers: RTCIceServer[]): Promise<void> {
    await this.room.connect(url, token, { autoSubscribe: false, ...(iceServers.length > 0 ? { rtcConfig: { iceServers } } : {}) });
    this.subscribeAll();
    this.dispatchEvent(new Event("change"));
  }

  of(person: string): RemoteTracks {
    const remoteTracks = new Map<TrackKind, MediaStreamTrack>();
    for (const participant of this.participantsOf(person)) {
      for (const publication of participant.trackPublications.values()) {
        const kind = kindOf(publication);
        const track = publication.track?.mediaStreamTrack;
        if (kind && track) remoteTracks.set(kind, track);
      }
    }
    return remoteTracks;
  }

  show(pictures: SeenPictures): void {
    this.pictures = pictures;
    for (const participant of this.room.remoteParticipants.values())
      for (const publication of participant.trackPublications.values()) if (publication instanceof RemoteTrackPublication) this.size(publication, participant);
  }

  /** The server sends a picture in the size that is seen, and none that is not. */
  private size(publication: RemoteTrackPublication, participant: RemoteParticipant): void {
    if (kindOf(publication) !== "camera" || !publication.isSubscribed) return;
    const size = this.pictures === null ? "large" : this.pictures.get(`person:${personOf(participant)}`);
    if (publication.isEnabled !== (size !== undefined)) publication.setEnabled(size !== undefined);
    const quality = size === "small" ? VideoQuality.LOW : VideoQuality.HIGH;
    if (size !== undefined && publication.videoQuality !== quality) publication.setVideoQuality(quality);
  }

  /** Everything but the channels that nobody here listens to. */
  listen(languages: ReadonlySet<string>): void {
    this.channels = languages;
    this.subscribeAll();
  }

  private subscribeAll(): void {
    for (const participant of this.room.remoteParticipants.values())
      for (const publication of participant.trackPublications.values()) if (publication instanceof RemoteTrackPublication) this.subscribe(publication);
  }

  private subscribe(publication: RemoteTrackPublication): void {
    const { trackName } = publication;
    const isWanted = !trackName.startsWith(CHANNEL) || this.channels.has(trackName.slice(CHANNEL.length));
    if (publication.isDesired !== isWanted) publication.setSubscribed(isWanted);
  }

  publish(tracks: ReadonlyMap<TrackKind, MediaStreamTrack>, channel: string, isSilent: boolean): void {
    this.wanted = new Map(tracks);
    this.channel = channel;
    this.isSilent = isSilent;
    this.working = this.working.then(() => this.publishAll(this.wanted, channel)).catch((error: unknown) => console.warn("Could not publish", error));
  }

  loudness(person: string): number {
    return Math.max(0, ...this.participantsOf(person).map((participant) => participant.audioLevel));
  }

  async received(person: string): Promise<ReceivedCounts> {
    const counts = new Map<TrackKind, number>();
    for (const publication of this.publicationsOf(person)) {
      const { track } = publication;
      const kind = kindOf(publication);
      const report = await track?.receiver?.getStats();
      if (kind && report) counts.set(kind, countReceived(report));
    }
    return counts;
  }

  async totals(): Promise<LinkTotals> {
    const senders = [...this.room.remoteParticipants.values()];
    return new Map(await Promise.all(senders.map(async (participant) => [participant.identity, totalsOf(await reportsOf(participant))] as const)));
  }

  /** Subscribing again renegotiates with the server; for a new connection this one is `lost`. */
  recover(person: string, anew: boolean): void {
    if (anew) {
      this.dispatchEvent(new Event("lost"));
      return;
    }
    for (const publication of this.publicationsOf(person)) {
      if (!publication.isDesired) continue;
      publication.setSubscribed(false);
      publication.setSubscribed(true);
    }
  }

  close(): void {
    this.room.removeAllListeners();
    void this.room.disconnect(false);
  }

  /** A person may have several connections; the identity of each is `<person>:<connection>`. */
  private participantsOf(person: string): RemoteParticipant[] {
    return [...this.room.remoteParticipants.values()].filter((participant) => personOf(participant) === person);
  }

  private publicationsOf(person: string): RemoteTrackPublication[] {
    const all = this.participantsOf(person).flatMap((participant) => [...participant.trackPublications.values()]);
    return all.filter((publication) => publication instanceof RemoteTrackPublication);
  }

  /** What the server does not permit yet is published once it does. */
  private mayPublish(kind: TrackKind): boolean {
    const { permissions } = this.room.localParticipant;
    if (!permissions) return true;
    const { canPublish, canPublishSources } = permissions;
    return canPublish && (canPublishSources.length === 0 || new Set<number>(canPublishSources).has(PERMITTED_AS[kind]));
  }

  private async publishAll(tracks: ReadonlyMap<TrackKind, MediaStreamTrack>, channel: string): Promise<void> {
    for (const [kind, { track }] of this.published) {
      if (tracks.get(kind) === track) continue;
      this.published.delete(kind);
      await this.room.localParticipant.unpublishTrack(track, false);
    }
    for (const [kind, track] of tracks) {
      if (this.published.has(kind) || !this.mayPublish(kind)) continue;
      this.published.set(kind, await this.publishOne(kind, track, channel));
    }
    for (const { voice } of this.published.values()) if (voice) await this.tellMuted(voice);
  }

  /** A voice is muted until it is published, whatever becomes of the microphone meanwhile. */
  private async publishOne(kind: TrackKind, track: MediaStreamTrack, channel: string): Promise<Published> {
    // eslint-disable-next-line own/oldest-browsers -- a hint, which Firefox ignores
    if (kind === "screen") track.contentHint = "detail";
    const voice = isVoice(kind) ? new LocalAudioTrack(track, undefined, true) : null;
    await voice?.mute();
    await this.room.localParticipant.publishTrack((voice as LocalTrack | null) ?? track, { source: SOURCE[kind], ...(kind === "interpretation" ? { name: CHANNEL + channel } : {}) });
    return { track, voice };
  }

  private async tellMuted(voice: LocalAudioTrack): Promise<void> {
    if (voice.isMuted !== this.isSilent) await (this.isSilent ? voice.mute() : voice.unmute());
  }
}
