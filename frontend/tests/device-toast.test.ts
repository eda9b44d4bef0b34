import { beforeEach, expect, it, vi } from "vitest";
import type { DeviceChange, LocalMedia } from "../src/room/media";
import type { Page } from "../src/room/page";
import { RoomClient } from "../src/room/room-client";
import { setLocale } from "../src/room/translations";
import { LiveRoom } from "../src/room/views/live-room";
import { inside, you } from "./samples";

class FakeMedia extends EventTarget {
  microphone = false;
  camera = false;
  screen = false;
  isMuted = true;
  tracks = new Map();
  trouble = { microphone: "", camera: "", screen: "" };
  devices = { microphones: [], cameras: [], speakers: [] };
  setMuted = vi.fn();
}

let media: FakeMedia;
let view: LiveRoom;

async function taken(detail: DeviceChange): Promise<HTMLElement | null> {
  media.dispatchEvent(new CustomEvent("device", { detail }));
  await new Promise((resolve) => setTimeout(resolve));
  return view.querySelector(".toast");
}

beforeEach(async () => {
  vi.stubGlobal("matchMedia", () => Object.assign(new EventTarget(), { matches: false }));
  setLocale({ language: "en", words: { "notice.unmute": "Unmute", "settings.change": "Change", "device.mic_back": "back: {device}", "device.camera_back": "camera: {device}", "device.mic_back_muted": "back and muted: {device}" }, plurals: {} }, "Europe/Vilnius");
  media = new FakeMedia();
  const room = new RoomClient({ fetchTicket: () => Promise.reject(new Error()), csrf: "" }, media as unknown as LocalMedia);
  room.state = { ...inside(), you: you({ on_stage: true }) };
  view = new LiveRoom();
  view.room = room;
  view.page = { backUrl: "/" } as Page;
  document.body.replaceChildren(view);
  await view.updateComplete;
});

it("a microphone that is back and muted is said with a button that turns it on", async () => {
  const toast = await taken({ kind: "microphone", why: "back", device: "Headset" });
  expect(toast?.querySelector("span")?.textContent).toBe("back and muted: Headset");
  const button = toast?.querySelector<HTMLButtonElement>("button");
  expect(button?.textContent).toBe("Unmute");
  button?.click();
  expect(media.setMuted).toHaveBeenCalledWith(false);
});

it("a microphone that is heard when it is back can be changed", async () => {
  media.isMuted = false;
  const toast = await taken({ kind: "microphone", why: "back", device: "Headset" });
  expect([toast?.querySelector("span")?.textContent, toast?.querySelector("button")?.textContent]).toEqual(["back: Headset", "Change"]);
});

it("a camera that is back is not said to be muted", async () => {
  const toast = await taken({ kind: "camera", why: "back", device: "USB" });
  expect([toast?.querySelector("span")?.textContent, toast?.querySelector("button")?.textContent]).toEqual(["camera: USB", "Change"]);
});
