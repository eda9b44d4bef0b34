// Signals between browsers (`signal.send`). The server passes them on as they are.

/** `interpretation` is the voice of an interpreter in a channel. */
export type TrackKind = "microphone" | "camera" | "screen" | "screen-sound" | "interpretation";

/**
 * `carries` says which media section (mid) has which kind: `{"0": "microphone"}`. `begins` marks the first description
 * of a new connection, which replaces an earlier one; `attempt` identifies the connection.
 */
export interface Description {
  type: RTCSdpType;
  sdp?: string;
  carries?: Record<string, TrackKind>;
  begins?: boolean;
  attempt?: string;
}

export interface Candidate extends RTCIceCandidateInit {
  attempt?: string;
}
