import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Mesh, type IncomingSignal } from "../src/room/mesh";
import type { SignalSend } from "../src/room/protocol.generated";

/** The browser's connection, as far as the mesh negotiates it: it describes itself, and keeps what it was told. */
class Connection {
  static all: Connection[] = [];
  signalingState = "stable";
  connectionState = "new";
  localDescription: { type: string; sdp: string } | null = null;
  onnegotiationneeded: (() => void) | null = null;
  onicecandidate: unknown = null;
  onconnectionstatechange: (() => void) | null = null;
  ontrack: unknown = null;
  isClosed = false;
  heard: string[] = [];

  constructor() {
    Connection.all.push(this);
  }

  addTransceiver(): object {
    queueMicrotask(() => this.onnegotiationneeded?.());
    return { mid: null, sender: { track: null } };
  }

  setLocalDescription(): Promise<void> {
    const type = this.signalingState === "have-remote-offer" ? "answer" : "offer";
    this.signalingState = type === "offer" ? "have-local-offer" : "stable";
    this.localDescription = { type, sdp: `${type} of a browser` };
    return Promise.resolve();
  }

  setRemoteDescription({ type }: { type: string }): Promise<void> {
    this.heard.push(type);
    this.signalingState = type === "offer" ? "have-remote-offer" : "stable";
    return Promise.resolve();
  }

  getTransceivers(): [] {
    return [];
  }

  close(): void {
    this.isClosed = true;
  }

  becomes(state: string): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}

const standing = (): Connection[] => Connection.all.filter((each) => !each.isClosed);

describe("the mesh", () => {
  let sent: SignalSend[];
  let mesh: Mesh;

  const from = (connection: string, description: object): IncomingSignal => ({ from: connection, person: "p2", description }) as IncomingSignal;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("RTCPeerConnection", Connection);
    Connection.all = [];
    sent = [];
    mesh = new Mesh("b", [], (command) => void sent.push(command));
  });

  afterEach(() => {
    mesh.close();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("calls those with a greater id, and waits for the call of the others", async () => {
    mesh.connectTo(new Map([["a", "p1"], ["c", "p2"]]), true, () => true);
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toMatchObject([{ do: "signal.send", to: "c", description: { type: "offer", begins: true } }]);
  });

  it("answers a call, and closes the connection of a person who left", async () => {
    mesh.connectTo(new Map([["a", "p2"]]), true, () => true);
    await mesh.receive(from("a", { type: "offer", sdp: "x", begins: true, attempt: "a-1" }));
    expect(sent).toMatchObject([{ to: "a", description: { type: "answer", attempt: "a-1" } }]);
    mesh.connectTo(new Map(), true, () => false);
    expect(standing()).toEqual([]);
  });

  it("ignores signals of a replaced connection", async () => {
    mesh.connectTo(new Map([["c", "p2"]]), true, () => true);
    await vi.advanceTimersByTimeAsync(0);
    await mesh.receive(from("c", { type: "answer", sdp: "x", attempt: "b-0" }));
    expect(Connection.all[0]?.heard).toEqual([]);
    await mesh.receive(from("c", { type: "answer", sdp: "x", attempt: "b-1" }));
    expect(Connection.all[0]?.heard).toEqual(["answer"]);
  });

  it("calls anew, each time with a longer timeout, when a connection is not established", async () => {
    mesh.connectTo(new Map([["c", "p2"]]), true, () => true);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(Connection.all).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(Connection.all).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(Connection.all).toHaveLength(3);
    expect(standing()).toHaveLength(1);
    expect(new Set(sent.map(({ description }) => (description as { attempt: string }).attempt)).size).toBe(3);
  });

  it("keeps an established connection", async () => {
    mesh.connectTo(new Map([["c", "p2"]]), true, () => true);
    Connection.all[0]?.becomes("connected");
    await vi.advanceTimersByTimeAsync(120_000);
    expect(Connection.all).toHaveLength(1);
  });
});
