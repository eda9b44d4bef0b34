import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FloatingPicture } from "../src/room/floating-picture";

/** As a browser with picture-in-picture. */
class Video extends EventTarget {
  srcObject: unknown = null;
  play = vi.fn(() => Promise.resolve());
  requestPictureInPicture = vi.fn(() => {
    setFloating(this);
    return Promise.resolve();
  });
}

function setFloating(video: unknown): void {
  Object.defineProperty(document, "pictureInPictureElement", { value: video, configurable: true });
}

const track = (name: string): MediaStreamTrack => ({ id: name }) as MediaStreamTrack;
let video: Video;
let floating: FloatingPicture;
const shown = (): unknown => (video.srcObject as { tracks: { id: string }[] } | null)?.tracks[0]?.id;
const toggle = (of: MediaStreamTrack | null): Promise<void> => floating.toggle(video as unknown as HTMLVideoElement, of);

beforeEach(() => {
  vi.stubGlobal("MediaStream", class { constructor(readonly tracks: unknown[]) {} });
  setFloating(null);
  video = new Video();
  floating = new FloatingPicture();
  Object.assign(document, {
    exitPictureInPicture: vi.fn(() => {
      setFloating(null);
      video.dispatchEvent(new Event("leavepictureinpicture"));
      return Promise.resolve();
    }),
  });
});
afterEach(() => vi.unstubAllGlobals());

describe("the small window", () => {
  it("follows what is large, and keeps the last picture when there is none", async () => {
    await toggle(track("one"));
    expect(video.requestPictureInPicture).toHaveBeenCalledOnce();
    expect(shown()).toBe("one");
    floating.follow(track("two"));
    floating.follow(null);
    expect(shown()).toBe("two");
  });

  it("is closed by the same press, and then follows nothing", async () => {
    await toggle(track("one"));
    await toggle(track("one"));
    expect(video.srcObject).toBeNull();
    floating.follow(track("two"));
    expect(video.srcObject).toBeNull();
  });

  it("is refused soon for a track without frames, and then follows nothing", async () => {
    vi.useFakeTimers();
    video.play.mockReturnValue(new Promise(() => undefined));
    video.requestPictureInPicture.mockRejectedValueOnce(new DOMException("", "InvalidStateError"));
    const refused = expect(toggle(track("one"))).rejects.toThrow(DOMException);
    await vi.advanceTimersByTimeAsync(5_000);
    await refused;
    expect(video.srcObject).toBeNull();
    floating.follow(track("two"));
    expect(video.srcObject).toBeNull();
    vi.useRealTimers();
  });

  it("does not open without a picture", async () => {
    await toggle(null);
    expect(video.requestPictureInPicture).not.toHaveBeenCalled();
  });
});
