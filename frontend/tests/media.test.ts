import { beforeEach, describe, expect, it, vi } from "vitest";
import { LocalMedia, type DeviceChange } from "../src/room/media";

/** A browser with these devices; a name that ends in "!" is in use by another program. */
class FakeDevices extends EventTarget {
  constructor(public there: string[]) {
    super();
  }

  enumerateDevices(): Promise<object[]> {
    return Promise.resolve(this.there.map((name) => ({ deviceId: name, label: `The ${name}`, kind: name.startsWith("cam") ? "videoinput" : "audioinput" })));
  }

  getUserMedia({ audio, video }: { audio?: { deviceId?: { exact: string } } | boolean; video?: { deviceId?: { exact: string } } | boolean }): Promise<object> {
    const wanted = audio ?? video;
    const exact = typeof wanted === "object" ? wanted.deviceId?.exact : undefined;
    const name = exact ?? this.there.find((one) => one.startsWith(audio ? "mic" : "cam"));
    if (name === undefined || !this.there.includes(name)) return Promise.reject(new DOMException("", "NotFoundError"));
    if (name.endsWith("!")) return Promise.reject(new DOMException("", "NotReadableError"));
    const track = { enabled: true, label: `The ${name}`, getSettings: () => ({ deviceId: name }), stop: vi.fn(), onended: null };
    return Promise.resolve({ getTracks: () => [track] });
  }

  change(...there: string[]): void {
    this.there = there;
    this.dispatchEvent(new Event("devicechange"));
  }
}

let devices: FakeDevices;
let media: LocalMedia;
let taken: string[];

function browserWith(...there: string[]): void {
  devices = new FakeDevices(there);
  vi.stubGlobal("navigator", { mediaDevices: devices });
  vi.stubGlobal("OverconstrainedError", class extends Error {});
  media = new LocalMedia();
  taken = [];
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

beforeEach(() => localStorage.clear());

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

  it("without another one is said, and heard again when it is back", async () => {
    browserWith("mic-headset");
    await media.setMuted(false);
    pullOut("microphone");
    await settled();
    expect([media.microphone, media.trouble.microphone]).toEqual([false, "unplugged"]);
    devices.change("mic-headset");
    await settled();
    expect([media.microphone, media.trouble.microphone, media.tracks.get("microphone")?.enabled]).toEqual([true, "", true]);
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
    expect([inUse("microphone"), media.microphone]).toEqual(["mic-headset", true]);
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
});
