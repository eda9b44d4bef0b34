// Sends and receives audio and video: peer to peer (mesh.ts) or through a media server (sfu.ts).
import type { LinkTotals } from "./link-quality";
import type { TrackKind } from "./signals";
import type { PictureSize } from "./stage-layout";

export type RemoteTracks = ReadonlyMap<TrackKind, MediaStreamTrack>;
/** How much of each kind has arrived over the present connection: decoded frames of video, bytes of audio. */
export type ReceivedCounts = ReadonlyMap<TrackKind, number>;

/** The pictures that are seen, as in stage-layout.ts; null before anything is drawn, and in a recording: all are. */
export type SeenPictures = ReadonlyMap<string, PictureSize> | null;

/** Fires `change` when tracks are added or removed, `lost` when it has ended and does not reconnect by itself. */
export interface MediaTransport extends EventTarget {
  /** The tracks of a person that have arrived. */
  of(person: string): RemoteTracks;
  /** `channel` is the language of the `interpretation` track, if there is one; `isSilent`: the voice is muted. */
  publish(tracks: ReadonlyMap<TrackKind, MediaStreamTrack>, channel: string, isSilent: boolean): void;
  /** The channels of interpretation whose sound is wanted. */
  listen(languages: ReadonlySet<string>): void;
  /** No other cameras are received; what they show small may arrive small. Shared screens always arrive. */
  show(pictures: SeenPictures): void;
  /** The audio level of a person, 0 to 1. */
  loudness(person: string): number;
  received(person: string): Promise<ReceivedCounts>;
  totals(): Promise<LinkTotals>;
  /** Restarts ICE with a person whose media does not arrive, or when `anew` connects anew. */
  recover(person: string, anew: boolean): void;
  /** Whether the server of the media is gone, or does not answer. */
  readonly isInterrupted: boolean;
  close(): void;
}

/** The part of `RTCInboundRtpStreamStats` that tells whether media arrives. */
export function countReceived(report: RTCStatsReport): number {
  let most = 0;
  report.forEach((stats: { type: string; kind?: string; framesDecoded?: number; bytesReceived?: number }) => {
    if (stats.type !== "inbound-rtp") return;
    const frames = stats.kind === "video" ? stats.framesDecoded : undefined;
    most = Math.max(most, frames ?? stats.bytesReceived ?? 0);
  });
  return most;
}
