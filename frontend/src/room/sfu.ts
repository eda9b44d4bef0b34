// Audio and video through a media server (LiveKit).
import { type RemoteParticipant, RemoteTrackPublication, Room, RoomEvent, Track } from "livekit-client";
import { countReceived, type RemoteTracks, type MediaTransport, type ReceivedCounts } from "./media-transport";
import type { TrackKind } from "./signals";

const KIND: Partial<Record<Track.Source, TrackKind>> = {
  [Track.Source.Microphone]: "microphone",
  [Track.Source.Camera]: "camera",
  [Track.Source.ScreenShare]: "screen",
  [Track.Source.ScreenShareAudio]: "screen-sound",
};
const SOURCE: Record<TrackKind, Track.Source> = {
  microphone: Track.Source.Microphone,
  camera: Track.Source.Camera,
  screen: Track.Source.ScreenShare,
  "screen-sound": Track.Source.ScreenShareAudio,
};

export class MediaServer extends EventTarget implements MediaTransport {
  private readonly room = new Room({ adaptiveStream: false, dynacast: true, stopLocalTrackOnUnpublish: false });
  private readonly published = new Map<TrackKind, MediaStreamTrack>();
  private wanted: ReadonlyMap<TrackKind, MediaStreamTrack> = new Map();
  private working: Promise<void> = Promise.resolve();

  constructor() {
    super();
    const changed = (): boolean => this.dispatchEvent(new Event("change"));
    this.room.on(RoomEvent.TrackSubscribed, changed).on(RoomEvent.TrackUnsubscribed, changed);
    this.room.on(RoomEvent.ParticipantDisconnected, changed).on(RoomEvent.Reconnected, changed);
    // The permission to publish may arrive after the event that brought the person on stage.
    this.room.on(RoomEvent.ParticipantPermissionsChanged, () => this.publish(this.wanted));
    // Removed, or disconnected for longer than LiveKit reconnects: joining again needs a new token.
    this.room.on(RoomEvent.Disconnected, () => this.dispatchEvent(new Event("lost")));
  }

  /** An empty list leaves the client the ICE servers of the media server; any other replaces them. */
  async join(url: string, token: string, iceServers: RTCIceServer[]): Promise<void> {
    await this.room.connect(url, token, iceServers.length > 0 ? { rtcConfig: { iceServers } } : undefined);
    this.dispatchEvent(new Event("change"));
  }

  of(person: string): RemoteTracks {
    const remoteTracks = new Map<TrackKind, MediaStreamTrack>();
    for (const participant of this.participantsOf(person)) {
      for (const publication of participant.trackPublications.values()) {
        const kind = KIND[publication.source];
        const track = publication.track?.mediaStreamTrack;
        if (kind && track) remoteTracks.set(kind, track);
      }
    }
    return remoteTracks;
  }

  publish(tracks: ReadonlyMap<TrackKind, MediaStreamTrack>): void {
    this.wanted = new Map(tracks);
    this.working = this.working.then(() => this.publishAll(this.wanted)).catch((error: unknown) => console.warn("Could not publish", error));
  }

  loudness(person: string): number {
    return Math.max(0, ...this.participantsOf(person).map((participant) => participant.audioLevel));
  }

  async received(person: string): Promise<ReceivedCounts> {
    const counts = new Map<TrackKind, number>();
    for (const { source, track } of this.publicationsOf(person)) {
      const kind = KIND[source];
      const report = await track?.receiver?.getStats();
      if (kind && report) counts.set(kind, countReceived(report));
    }
    return counts;
  }

  /** Subscribing again renegotiates with the server; for a new connection this one is `lost`. */
  recover(person: string, anew: boolean): void {
    if (anew) {
      this.dispatchEvent(new Event("lost"));
      return;
    }
    for (const publication of this.publicationsOf(person)) {
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
    return [...this.room.remoteParticipants.values()].filter(({ identity }) => identity.split(":")[0] === person);
  }

  private publicationsOf(person: string): RemoteTrackPublication[] {
    const all = this.participantsOf(person).flatMap((participant) => [...participant.trackPublications.values()]);
    return all.filter((publication) => publication instanceof RemoteTrackPublication);
  }

  private async publishAll(tracks: ReadonlyMap<TrackKind, MediaStreamTrack>): Promise<void> {
    const { localParticipant } = this.room;
    for (const [kind, track] of this.published) {
      if (tracks.get(kind) === track) continue;
      this.published.delete(kind);
      await localParticipant.unpublishTrack(track, false);
    }
    for (const [kind, track] of tracks) {
      if (this.published.has(kind) || localParticipant.permissions?.canPublish === false) continue;
      await localParticipant.publishTrack(track, { source: SOURCE[kind] });
      this.published.set(kind, track);
    }
  }
}
