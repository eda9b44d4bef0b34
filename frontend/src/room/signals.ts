// What browsers tell each other through `signal.send`: the server hands it on and does not look into it.

export type TrackKind = "microphone" | "camera" | "screen" | "screen-sound";

/**
 * A description says besides the SDP which of its sections carries what: `{"0": "microphone"}`; and whether it is the
 * first of a new connection, which takes the place of an earlier one. `attempt` names that connection.
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
