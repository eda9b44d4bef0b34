import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LocalMedia, type DeviceChange } from "../src/room/media";

/** A browser with these devices; a name that ends in "!" is in use by another program. "default" stands for the first microphone, as in Chromium. */
class FakeDevices extends EventTarget {
  /** Devices that are there and do not open yet. */
  notReady = new Set<string>();
  denied = new Set<string>();
  private readonly asking = new Map<string, Promise<void>>();

  constructor(public there: string[]) {
    super();
  }

  enumerateDevices(): Promise<object[]> {
    return Promise.resolve(this.there.map((name) => ({ deviceId: name, groupId: this.group(name), label: `The ${name}`, kind: name.startsWith("cam") ? "videoinput" : "audioinput" })));
  }

  async getUserMedia({ audio, video }: { audio?: { deviceId?: { exact: string } } | boolean; video?: { deviceId?: { exact: string } } | boolean }): Promise<object> {
    const wanted = audio ?? video;
    const exact = typeof wanted === "object" ? wanted.deviceId?.exact : undefined;
    const name = exact ?? this.there.find((one) => one.startsWith("cam") !== Boolean(audio));
    if (name !== undefined) await this.asking.get(name);
    if (name === undefined || !this.there.includes(name)) throw new DOMException("", "NotFoundError");
    if (this.denied.has(name)) {
      this.denied.delete(name);
      throw new DOMException("", "NotAllowedError");
    }
    if (name.endsWith("!") || this.notReady.has(name)) throw new DOMException("", "NotReadableError");
    const settings = { deviceId: name, groupId: this.group(name) };
    const track = { enabled: true, label: `The ${name}`, getSettings: () => settings, stop: vi.fn(), onended: null };
    opened.push(track);
    return { getTracks: () => [track], getVideoTracks: () => [track], getAudioTracks: () => [] };
  }

  getDisplayMedia(): Promise<object> {
    return this.getUserMedia({ video: { deviceId: { exact: "cam-screen" } } });
  }

  /** The browser asks the person before it gives the device. Returns what lets it go on. */
  asksFor(name: string): () => void {
    let answer = (): void => undefined;
    this.asking.set(name, new Promise((resolve) => (answer = resolve)));
    return answer;
  }

  change(...there: string[]): void {
    this.there = there;
    this.dispatchEvent(new Event("devicechange"));
  }

  private group(name: string): string {
    return `group of ${name === "default" ? (this.there.find((one) => one.startsWith("mic")) ?? "") : name}`;
  }
}

let devices: FakeDevices;
let media: LocalMedia;
let taken: string[];
let opened: { enabled: boolean; stop: ReturnType<typeof vi.fn> }[];

function browserWith(...there: string[]): void {
  devices = new FakeDevices(there);
  vi.stubGlobal("navigator", { mediaDevices: devices });
  vi.stubGlobal("OverconstrainedError", class extends Error {});
  media = new LocalMedia();
  taken = [];
  opened = [];
  media.addEventListener("device", (event) => {
    const { kind, why, device } = (event as CustomEvent<DeviceChange>).detail;
    taken.push(`${kind} ${why} ${device}`);
  });
}

/** As the browser does when somebody pulls it out. */
function pullOut(kind: "microphone" | "camera", ...left: string[]): void {
  const track = media.tracks.get(kind);
  devices.change(...left);
  track?.onended?.(new Event("ended"));
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
const inUse = (kind: "microphone" | "camera"): string | undefined => media.tracks.get(kind)?.getSettings().deviceId;

const isHeard = (): boolean => media.tracks.get("microphone")?.enabled ?? false;
/** What nobody uses must not stay open. */
const leftOpen = (): number => opened.filter((track) => track.stop.mock.calls.length === 0).length - media.tracks.size;

beforeEach(() => localStorage.clear());
afterEach(() => expect(leftOpen()).toBe(0));

describe("a microphone that is pulled out", () => {
  it("is replaced by the next one, as muted as it was, and taken again when it is back", async () => {
    browserWith("mic-headset", "mic-built-in");
    await media.setMuted(false);
    pullOut("microphone", "mic-built-in");
    await settled();
    expect([inUse("microphone"), media.microphone, media.trouble.microphone]).toEqual(["mic-built-in", true, ""]);
    devices.change("mic-built-in", "mic-headset");
    await settled();
    expect([inUse("microphone"), media.microphone]).toEqual(["mic-headset", true]);
    expect(taken).toEqual(["microphone unplugged The mic-built-in", "microphone back The mic-headset"]);
  });

  it("stays muted when it was", async () => {
    browserWith("mic-headset", "mic-built-in");
    await media.setMuted(false);
    await media.setMuted(true);
    pullOut("microphone", "mic-built-in");
    await settled();
    expect(media.microphone).toBe(false);
    expect(media.tracks.get("microphone")?.enabled).toBe(false);
  });

  it("without another one is said, and comes back muted: only its owner turns it on", async () => {
    browserWith("mic-headset");
    await media.setMuted(false);
    pullOut("microphone");
    await settled();
    expect([media.microphone, media.trouble.microphone]).toEqual([false, "unplugged"]);
    devices.change("mic-headset");
    await settled();
    expect([inUse("microphone"), media.isMuted, isHeard(), media.trouble.microphone]).toEqual(["mic-headset", true, false, ""]);
    expect(taken).toEqual(["microphone back The mic-headset"]);
    await media.setMuted(false);
    expect([media.microphone, isHeard()]).toEqual([true, true]);
  });

  it("is not heard when it is back after somebody muted it meanwhile", async () => {
    browserWith("mic-headset");
    await media.setMuted(false);
    pullOut("microphone");
    await settled();
    await media.setMuted(true);
    devices.change("mic-headset");
    await settled();
    expect([media.isMuted, isHeard()]).toEqual([true, false]);
  });

  it("comes back as muted as its replacement is", async () => {
    browserWith("mic-headset", "mic-table");
    await media.setMuted(false);
    pullOut("microphone", "mic-table");
    await settled();
    await media.setMuted(true);
    devices.change("mic-table", "mic-headset");
    await settled();
    expect([inUse("microphone"), media.isMuted, isHeard()]).toEqual(["mic-headset", true, false]);
  });

  it("is said while the browser asks for the next one, and muted at once by who is muted then", async () => {
    browserWith("mic-headset", "mic-built-in");
    const answer = devices.asksFor("mic-built-in");
    await media.setMuted(false);
    await settled();
    const said: string[] = [];
    media.addEventListener("change", () => said.push(media.trouble.microphone));
    pullOut("microphone", "mic-built-in");
    expect([said, media.microphone, media.isMuted]).toEqual([["unplugged"], false, false]);
    await media.setMuted(true);
    answer();
    await settled();
    expect([inUse("microphone"), media.isMuted, isHeard(), media.trouble.microphone]).toEqual(["mic-built-in", true, false, ""]);
  });

  it("is muted and not heard, or neither, when it flickers while another one fails", async () => {
    browserWith("mic-headset", "mic-built-in!");
    const answer = devices.asksFor("mic-built-in!");
    await media.setMuted(false);
    pullOut("microphone", "mic-built-in!");
    await settled();
    devices.change("mic-built-in!", "mic-headset");
    await settled();
    answer();
    await settled();
    expect([inUse("microphone"), media.isMuted, isHeard(), media.trouble.microphone]).toEqual(["mic-headset", true, false, ""]);
  });

  it("is kept when it is back before the person has answered for another one", async () => {
    browserWith("mic-headset", "mic-built-in");
    const answer = devices.asksFor("mic-built-in");
    await media.setMuted(false);
    pullOut("microphone", "mic-built-in");
    await settled();
    devices.change("mic-built-in", "mic-headset");
    await settled();
    answer();
    await settled();
    expect(inUse("microphone")).toBe("mic-headset");
    expect(taken).toEqual(["microphone back The mic-headset"]);
  });

  it("stays heard for who turns another one on while the browser asks for the next", async () => {
    browserWith("mic-headset", "mic-built-in!");
    const answer = devices.asksFor("mic-built-in!");
    await media.setMuted(false);
    pullOut("microphone", "mic-built-in!");
    await settled();
    devices.change("mic-third", "mic-built-in!");
    await media.setMuted(false);
    answer();
    await settled();
    expect([inUse("microphone"), media.isMuted, isHeard()]).toEqual(["mic-third", false, true]);
  });

  it("is taken at the next change when it is back and not ready", async () => {
    browserWith("mic-headset", "mic-built-in");
    await media.setMuted(false);
    pullOut("microphone", "mic-built-in");
    await settled();
    devices.notReady.add("mic-headset");
    devices.change("mic-built-in", "mic-headset");
    await settled();
    expect([inUse("microphone"), isHeard()]).toEqual(["mic-built-in", true]);
    devices.notReady.clear();
    devices.change("mic-built-in", "mic-headset");
    await settled();
    expect([inUse("microphone"), isHeard()]).toEqual(["mic-headset", true]);
  });

  it("is not asked for again after the person has said no", async () => {
    browserWith("mic-headset", "mic-built-in");
    await media.setMuted(false);
    pullOut("microphone", "mic-built-in");
    await settled();
    devices.denied.add("mic-headset");
    devices.change("mic-built-in", "mic-headset");
    await settled();
    devices.change("mic-built-in", "mic-headset");
    await settled();
    expect([inUse("microphone"), isHeard()]).toEqual(["mic-built-in", true]);
  });

  it("is opened once when the browser tells of it twice", async () => {
    browserWith("mic-headset", "mic-built-in");
    await media.setMuted(false);
    pullOut("microphone", "mic-built-in");
    await settled();
    devices.change("mic-built-in", "mic-headset");
    devices.change("mic-built-in", "mic-headset");
    await settled();
    expect(opened.map(({ stop }) => stop.mock.calls.length)).toEqual([1, 1, 0]);
    expect(taken).toEqual(["microphone unplugged The mic-built-in", "microphone back The mic-headset"]);
  });

  it("gives way to the one that is chosen while the browser asks for the next", async () => {
    browserWith("mic-headset", "mic-built-in", "mic-table");
    const answer = devices.asksFor("mic-built-in");
    await media.setMuted(false);
    pullOut("microphone", "mic-built-in", "mic-table");
    await settled();
    await media.choose("microphone", "mic-table");
    answer();
    await settled();
    expect([inUse("microphone"), isHeard(), media.trouble.microphone]).toEqual(["mic-table", true, ""]);
  });

  it("is remembered as itself where Chromium calls it the default", async () => {
    browserWith("default", "mic-headset", "mic-built-in");
    await media.setMuted(false);
    await settled();
    pullOut("microphone", "default", "mic-built-in");
    await settled();
    expect(taken).toEqual(["microphone unplugged The default"]);
    devices.change("default", "mic-built-in", "mic-headset");
    await settled();
    expect([inUse("microphone"), isHeard()]).toEqual(["mic-headset", true]);
    expect(taken).toEqual(["microphone unplugged The default", "microphone back The mic-headset"]);
  });

  it("is not taken again by who has chosen another one", async () => {
    browserWith("mic-headset", "mic-built-in");
    await media.setMuted(false);
    pullOut("microphone", "mic-built-in");
    await settled();
    await media.choose("microphone", "mic-built-in");
    devices.change("mic-built-in", "mic-headset");
    await settled();
    expect(inUse("microphone")).toBe("mic-built-in");
  });

  it("leads back to the first when its replacement is pulled out, too", async () => {
    browserWith("mic-headset", "mic-table");
    await media.setMuted(false);
    pullOut("microphone", "mic-table");
    await settled();
    pullOut("microphone");
    await settled();
    expect(media.trouble.microphone).toBe("unplugged");
    devices.change("mic-headset");
    await settled();
    expect([inUse("microphone"), media.isMuted, isHeard()]).toEqual(["mic-headset", true, false]);
  });
});

describe("a camera", () => {
  it("that is pulled out and was turned off since stays off", async () => {
    browserWith("cam-usb");
    await media.setCamera(true);
    pullOut("camera");
    await settled();
    await media.setCamera(false);
    devices.change("cam-usb");
    await settled();
    expect(media.camera).toBe(false);
  });

  it("that is in use elsewhere is replaced by the next one", async () => {
    browserWith("cam-usb!", "cam-built-in");
    await media.setCamera(true);
    expect(inUse("camera")).toBe("cam-built-in");
    expect(taken).toEqual(["camera busy The cam-built-in"]);
  });

  it("that is the only one and in use elsewhere is said", async () => {
    browserWith("cam-usb!");
    await media.setCamera(true);
    expect([media.camera, media.trouble.camera]).toEqual([false, "busy"]);
  });

  it("that is turned off while another one is opened stays off", async () => {
    browserWith("cam-usb", "cam-built-in");
    const answer = devices.asksFor("cam-built-in");
    await media.setCamera(true);
    pullOut("camera", "cam-built-in");
    await settled();
    await media.setCamera(false);
    answer();
    await settled();
    expect(media.camera).toBe(false);
  });
});

describe("who leaves", () => {
  it("is neither seen nor heard by devices that were still being replaced", async () => {
    browserWith("cam-usb", "cam-built-in", "mic-headset", "mic-built-in");
    const answers = [devices.asksFor("cam-built-in"), devices.asksFor("mic-built-in")];
    await media.setCamera(true);
    await media.setMuted(false);
    pullOut("camera", "cam-built-in", "mic-built-in");
    pullOut("microphone", "cam-built-in", "mic-built-in");
    await settled();
    media.stop();
    for (const answer of answers) answer();
    await settled();
    expect([media.tracks.size, media.isMuted]).toEqual([0, true]);
  });

  it("is not asked for one device after the other", async () => {
    browserWith("cam-usb", "cam-built-in!", "cam-third");
    const answer = devices.asksFor("cam-built-in!");
    await media.setCamera(true);
    pullOut("camera", "cam-built-in!", "cam-third");
    await settled();
    media.stop();
    answer();
    await settled();
    expect(opened).toHaveLength(1);
  });

  it("is neither seen nor heard when they answer the browser's questions afterwards", async () => {
    browserWith("cam-usb", "mic-headset", "cam-screen");
    const answers = [devices.asksFor("cam-usb"), devices.asksFor("mic-headset"), devices.asksFor("cam-screen")];
    const asked = [media.setCamera(true), media.setMuted(false), media.setScreen(true)];
    await settled();
    media.stop();
    for (const answer of answers) answer();
    await Promise.all(asked);
    expect([media.tracks.size, media.isMuted, opened.length]).toEqual([0, true, 3]);
  });
});

/** Stands for the browser's worker that blurs: it answers each message with these. */
class FakeWorker {
  static answers: object[] = [];
  onmessage: ((event: { data: object }) => void) | null = null;
  terminate = vi.fn();

  constructor() {
    setTimeout(() => FakeWorker.answers.forEach((data) => this.onmessage?.({ data })), 1);
  }

  postMessage(): void {
    return;
  }
}

describe("a background that is blurred", () => {
  const blurred = { kind: "video", stop: vi.fn(), getSettings: () => ({}) };

  beforeEach(() => {
    browserWith("cam-built-in", "cam-usb");
    vi.stubGlobal("Worker", FakeWorker);
    vi.stubGlobal("OffscreenCanvas", EventTarget);
    vi.stubGlobal("MediaStream", EventTarget);
    vi.stubGlobal("createImageBitmap", () => Promise.resolve({}));
    HTMLCanvasElement.prototype.captureStream = (() => ({ getVideoTracks: () => [blurred] })) as never;
    Object.defineProperty(HTMLMediaElement.prototype, "srcObject", { set: () => undefined, configurable: true });
    HTMLMediaElement.prototype.play = () => Promise.resolve();
    HTMLCanvasElement.prototype.getContext = (() => null) as never;
    FakeWorker.answers = [{ isReady: true }, { picture: { width: 640, height: 360, close: () => undefined } }];
  });

  const cameraSeen = (): unknown => media.tracks.get("camera");
  /** Once the camera has answered, before there is a picture. */
  const prepared = (): Promise<void> =>
    new Promise((resolve) => media.addEventListener("change", () => media.isPreparingBlur && resolve()));

  it("is the only picture that anybody gets, and the camera behind it is known and stopped", async () => {
    await media.blurBackground(true);
    const isPrepared = prepared();
    const opening = media.setCamera(true);
    await isPrepared;
    expect(media.camera).toBe(false);
    await opening;
    expect(cameraSeen()).toBe(blurred);
    expect(media.chosenDevice("camera")).toBe("cam-built-in");
    await media.choose("camera", "cam-usb");
    expect([cameraSeen(), media.chosenDevice("camera")]).toEqual([blurred, "cam-usb"]);
    await media.setCamera(false);
    expect([media.camera, opened.every((track) => track.stop.mock.calls.length > 0)]).toEqual([false, true]);
  });

  it("is replaced with the camera that is pulled out", async () => {
    await media.blurBackground(true);
    await media.setCamera(true);
    await settled();
    const [track] = opened as unknown as { onended: (event: Event) => void }[];
    devices.change("cam-usb");
    track?.onended(new Event("ended"));
    await vi.waitFor(() => expect(media.chosenDevice("camera")).toBe("cam-usb"));
    expect(cameraSeen()).toBe(blurred);
    media.stop();
  });

  it("that cannot be blurred is not shown: the camera is off until the person turns it on again", async () => {
    FakeWorker.answers = [{ hasFailed: true }];
    await media.blurBackground(true);
    await media.setCamera(true);
    expect([media.camera, media.trouble.camera, media.blursBackground]).toEqual([false, "blur", false]);
    await media.setCamera(true);
    expect([inUse("camera"), media.trouble.camera]).toEqual(["cam-built-in", ""]);
    expect(new LocalMedia().blursBackground).toBe(true); // is tried the next time
    media.stop();
  });

  it("given up while it is prepared leaves nothing open", async () => {
    await media.blurBackground(true);
    const isPrepared = prepared();
    const opening = media.setCamera(true);
    await isPrepared;
    await media.setCamera(false);
    await opening;
    expect([media.camera, media.isPreparingBlur]).toEqual([false, false]);
  });
});

describe("what was off before entering", () => {
  beforeEach(() => localStorage.clear());

  it("is off the next time, in this browser", () => {
    new LocalMedia().rememberForEntry("camera", false);
    expect([new LocalMedia().entersWith("camera"), new LocalMedia().entersWith("microphone")]).toEqual([false, true]);
    new LocalMedia().rememberForEntry("microphone", false);
    new LocalMedia().rememberForEntry("camera", true);
    expect([new LocalMedia().entersWith("camera"), new LocalMedia().entersWith("microphone")]).toEqual([true, false]);
  });

  it.each(["null", "[]", '{"off": "camera"}', '{"off": null}', "no JSON"])("is nothing where %s is stored", (stored) => {
    localStorage.setItem("room-devices", stored);
    expect(new LocalMedia().entersWith("camera")).toBe(true);
  });
});
