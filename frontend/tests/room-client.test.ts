import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LocalMedia } from "../src/room/media";
import { RoomClient } from "../src/room/room-client";
import { room, someone, welcome, you } from "./samples";

/** The server's end. */
class Wire {
  static last: Wire;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  sent: { id?: number; do: string }[] = [];

  constructor() {
    Wire.last = this;
  }

  send(frame: string): void {
    this.sent.push(JSON.parse(frame) as { id?: number; do: string });
  }

  say(frame: unknown): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  close(): void {
    this.onmessage = null;
  }
}

class FakeMedia extends EventTarget {
  microphone = true;
  isMuted = false;
  camera = false;
  screen = false;
  tracks = new Map();
  setMuted = vi.fn();
  stop = vi.fn();
}

let media: FakeMedia;
let client: RoomClient;
const notices: string[] = [];

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Wire);
  notices.length = 0;
  media = new FakeMedia();
  client = new RoomClient({ fetchTicket: () => Promise.resolve({ ticket: "t", url: "/ws/rooms/r/" }), csrf: "" }, media as unknown as LocalMedia);
  client.addEventListener("notice", (event) => notices.push((event as CustomEvent<{ what: string }>).detail.what));
  client.enter();
  await vi.advanceTimersByTimeAsync(0);
  Wire.last.onopen?.();
  Wire.last.say(welcome({ you: you({ role: "host", may: ["recording.start"] }), room }));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("being muted by a host", () => {
  const muted = { ev: "mute.requested", by: { id: "2", name: "Ona", company: "", role: "host" } };

  it("turns the microphone off and says who did it", () => {
    Wire.last.say(muted);
    expect(media.setMuted).toHaveBeenCalledWith(true);
    expect(notices).toEqual(["mute.requested"]);
  });

  it("is obeyed while an unplugged microphone is replaced", () => {
    media.microphone = false;
    Wire.last.say(muted);
    expect(media.setMuted).toHaveBeenCalledWith(true);
    expect(notices).toEqual(["mute.requested"]);
  });

  it("says nothing to somebody whose microphone is off", () => {
    media.isMuted = true;
    Wire.last.say(muted);
    expect(media.setMuted).not.toHaveBeenCalled();
    expect(notices).toEqual([]);
  });
});

describe("a browser that cannot record", () => {
  it("says so, and nobody is told of a recording", async () => {
    vi.stubGlobal("MediaRecorder", undefined);
    await client.startRecording();
    expect(notices).toEqual(["recording.unsupported"]);
    expect(Wire.last.sent.map((frame) => frame.do)).not.toContain("recording.start");
  });
});

it("what is pinned in a breakout room is not the slides of the main room, while a person may be pinned for longer", async () => {
  client.view.pin("person:2");
  const joining = client.joinBreakout("b");
  await vi.advanceTimersByTimeAsync(0);
  Wire.last.say({ re: Wire.last.sent.find((frame) => frame.do === "breakout.join")?.id, ok: true, room: "b", ticket: "t", url: "/ws/rooms/b/" });
  await joining;
  expect(client.breakout?.view.pinned).toBe("person:2");
  client.breakout?.view.pin("content");
  client.breakouts.comeBack("chosen");
  expect([client.breakout, client.view.pinned]).toEqual([null, null]);
});

it("asks who comes to the stage to speak, and not who comes to interpret", () => {
  const comes = (role: string): unknown => ({ ev: "stage.joined", seq: client.state.seq + 1, person: { ...someone("1"), role }, at: "" });
  for (const role of ["interpreter", "speaker"] as const) {
    Wire.last.say(welcome({ you: you({ on_stage: false, role }), room }));
    Wire.last.say(comes(role));
    expect(client.state.you?.on_stage).toBe(true);
    expect(notices.includes("stage.invited")).toBe(role === "speaker");
  }
});
