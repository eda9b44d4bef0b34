// Tests whether this network lets the WebSocket and WebRTC through.
export interface ConnectionResult {
  /** Milliseconds until the socket was open; null when it could not be opened. */
  socket: number | null;
  media: "direct" | "relay" | "none";
}

export type Verdict = "good" | "slow" | "bad";

const TEST_TIMEOUT = 8_000;
/** Opening a socket takes some four round trips: 150 ms each are good for talking, 500 ms are the most that is bearable. */
const GOOD = 4 * 150;
const BEARABLE = 4 * 500;

export function verdictOf({ socket, media }: ConnectionResult): Verdict {
  if (socket === null || media === "none" || socket > BEARABLE) return "bad";
  return socket > GOOD ? "slow" : "good";
}

export async function testConnection(probeUrl: string, iceServers: RTCIceServer[]): Promise<ConnectionResult> {
  const [socket, media] = await Promise.all([testSocket(probeUrl), testMedia(iceServers)]);
  return { socket, media };
}

/** Opens the socket and closes it again without joining. */
function testSocket(url: string): Promise<number | null> {
  return new Promise((resolve) => {
    const began = performance.now();
    const socket = new WebSocket(new URL(url, location.href.replace(/^http/, "ws")));
    const done = (took: number | null): void => {
      clearTimeout(timer);
      socket.onopen = socket.onerror = null;
      socket.close();
      resolve(took);
    };
    const timer = setTimeout(() => done(null), TEST_TIMEOUT);
    socket.onopen = () => done(performance.now() - began);
    socket.onerror = () => done(null);
  });
}

/** Connects two peers in this browser: directly, or over the relay (TURN) when there is one. */
async function testMedia(iceServers: RTCIceServer[]): Promise<ConnectionResult["media"]> {
  if (typeof RTCPeerConnection === "undefined") return "none";
  if (await connects({ iceServers })) return "direct";
  const hasRelay = iceServers.some(({ urls }) => [urls].flat().some((url) => url.startsWith("turn")));
  return hasRelay && (await connects({ iceServers, iceTransportPolicy: "relay" })) ? "relay" : "none";
}

async function connects(configuration: RTCConfiguration): Promise<boolean> {
  const [one, other] = [new RTCPeerConnection(configuration), new RTCPeerConnection(configuration)];
  try {
    one.onicecandidate = ({ candidate }) => candidate && void other.addIceCandidate(candidate);
    other.onicecandidate = ({ candidate }) => candidate && void one.addIceCandidate(candidate);
    const channel = one.createDataChannel("test");
    const opened = new Promise<boolean>((resolve) => {
      channel.onopen = () => resolve(true);
      setTimeout(() => resolve(false), TEST_TIMEOUT);
    });
    await one.setLocalDescription();
    await other.setRemoteDescription(one.localDescription as RTCSessionDescriptionInit);
    await other.setLocalDescription();
    await one.setRemoteDescription(other.localDescription as RTCSessionDescriptionInit);
    return await opened;
  } finally {
    one.close();
    other.close();
  }
}
