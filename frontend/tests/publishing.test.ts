import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LinkTotals } from "../src/room/link-quality";
import type { LocalMedia } from "../src/room/media";
import type { MediaTransport, SeenPictures } from "../src/room/media-transport";
import { Publishing } from "../src/room/publishing";
import type { State } from "../src/room/state";
import { inside, room, you } from "./samples";

/** Two people send; what they lose is up to the test. */
class Line extends EventTarget {
  shown: SeenPictures = null;
  loss = 0;
  roundTrip = 0.05;
  private received = 0;
  private lost = 0;
  show = (pictures: SeenPictures): void => void (this.shown = pictures);
  publish = vi.fn();
  listen = vi.fn();
  close = vi.fn();

  totals(): Promise<LinkTotals> {
    this.received += 100 * (1 - this.loss);
    this.lost += 100 * this.loss;
    const { received, lost, roundTrip } = this;
    return Promise.resolve(new Map(["2", "3"].map((sender) => [sender, { received, lost, roundTrip }])));
  }
}

const SEEN: SeenPictures = new Map([["person:2", "large"], ["person:3", "small"]]);
const saving = { savesData: false, isRecording: false };
let line: Line;
let publishing: Publishing;

function connect(): void {
  line = new Line();
  publishing.transport = line as unknown as MediaTransport;
  publishing.update();
}

const looks = (times: number): Promise<unknown> => vi.advanceTimersByTimeAsync(times * 2_000);
const shown = (): Record<string, string> | null => line.shown && Object.fromEntries(line.shown);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("RTCPeerConnection", EventTarget);
  Object.assign(saving, { savesData: false, isRecording: false });
  // The line is there already: this person may ask for no token.
  const state: State = { ...inside(), link: "open", room: { ...room, media: "sfu" } };
  publishing = new Publishing({ tracks: new Map(), isMuted: true } as unknown as LocalMedia, { state: () => state, isOpen: () => true, send: () => Promise.reject(new Error()), changed: () => publishing.update(), savesData: () => saving.savesData, isRecording: () => saving.isRecording });
  connect();
  publishing.showPictures(SEEN);
});

afterEach(() => {
  publishing.end();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the pictures that are asked for", () => {
  it("are those that are seen, in their sizes", () => {
    expect(shown()).toEqual({ "person:2": "large", "person:3": "small" });
  });

  it("are none with data saved, and all in a recording", () => {
    saving.savesData = true;
    publishing.update();
    expect(shown()).toEqual({});
    saving.isRecording = true;
    publishing.update();
    expect(shown()).toBeNull();
  });

  it("are small when packets are lost, and large as ever over a long way", async () => {
    line.roundTrip = 0.5;
    await looks(6);
    expect(publishing.quality).toBe("weak");
    expect(shown()).toEqual({ "person:2": "large", "person:3": "small" });
    line.loss = 0.06;
    await looks(6);
    expect(shown()).toEqual({ "person:2": "small", "person:3": "small" });
  });

  it("are given up on a poor connection, but for who insists", async () => {
    line.loss = 0.3;
    await looks(6);
    expect([publishing.quality, publishing.arePicturesPaused, publishing.showsCameras]).toEqual(["poor", true, false]);
    expect(shown()).toEqual({});
    publishing.insistOnPictures();
    expect(shown()).toEqual({ "person:2": "small", "person:3": "small" });
  });

  it("are on a poor connection not called paused while they are recorded", async () => {
    line.loss = 0.3;
    saving.isRecording = true;
    await looks(6);
    expect([publishing.quality, publishing.arePicturesPaused, publishing.showsCameras]).toEqual(["poor", false, true]);
    expect(shown()).toBeNull();
  });
});

describe("what was known of the line", () => {
  it.each(["suspend", "reset"] as const)("is of another room, or of before: %s", async (way) => {
    line.loss = 0.3;
    await looks(6);
    publishing[way]();
    connect();
    expect([publishing.quality, publishing.arePicturesPaused]).toEqual(["good", false]);
    expect(shown()).toEqual({ "person:2": "large", "person:3": "small" });
  });

  it("stays when only the media are connected anew", async () => {
    line.loss = 0.3;
    await looks(6);
    publishing.end();
    connect();
    expect([publishing.quality, publishing.arePicturesPaused]).toEqual(["poor", true]);
  });
});

describe("the report of a minute", () => {
  it("is sent once the socket is open", async () => {
    publishing.end();
    const send = vi.fn(() => Promise.resolve({ re: 1, ok: true }));
    let isOpen = false;
    const state: State = { ...inside(), link: "open", room: { ...room, media: "sfu" }, you: you({ may: ["media.report"] }) };
    publishing = new Publishing({ tracks: new Map(), isMuted: true } as unknown as LocalMedia, { state: () => state, isOpen: () => isOpen, send, changed: vi.fn(), savesData: () => false, isRecording: () => false });
    connect();
    await looks(32);
    expect(send).not.toHaveBeenCalled();
    isOpen = true;
    await looks(1);
    expect(send).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ do: "media.report", seconds: 64, received: 6_400, missing_seconds: 0 }));
  });
});
