// What sends audio and video to others and brings theirs, whatever lies between: browser to browser, or a media server.
import type { TrackKind } from "./signals";

export type RemoteTracks = ReadonlyMap<TrackKind, MediaStreamTrack>;
/** How much of each kind has arrived since its connection began: frames of a picture, bytes of a sound. */
export type ReceivedCounts = ReadonlyMap<TrackKind, number>;

/** Fires `change` when tracks come or go, `lost` when it has ended and does not come back by itself. */
export interface MediaTransport extends EventTarget {
  /** Audio and video of a person, as far as it has arrived. */
  of(person: string): RemoteTracks;
  publish(tracks: ReadonlyMap<TrackKind, MediaStreamTrack>): void;
  /** How loud a person is now, 0 to 1. */
  loudness(person: string): number;
  received(person: string): Promise<ReceivedCounts>;
  /** Media of a person does not arrive: tries another way to them, or when `anew` a new connection. */
  recover(person: string, anew: boolean): void;
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
