import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LocalMedia } from "../src/room/media";
import type { Page } from "../src/room/page";
import type { ShownSlides } from "../src/room/protocol.generated";
import { RoomClient } from "../src/room/room-client";
import { setLocale } from "../src/room/translations";
import { LiveRoom } from "../src/room/views/live-room";
import { message, nobody, room, someone, welcome, you } from "./samples";

class FakeMedia extends EventTarget {
  tracks = new Map();
  trouble = {};
  microphone = false;
  camera = false;
  screen = false;
  isMuted = true;
  speaker = "";
  stop = vi.fn();
}

class Wire {
  static last: Wire;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;

  constructor() {
    Wire.last = this;
  }

  send = vi.fn();
  close = vi.fn();

  say(frame: unknown): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

const slides: ShownSlides = { deck: "d", title: "Heat", pages: 1, page: { number: 1, width: 16, height: 9, title: "", text: "", picture: "/p/", next: null }, download: null };
const people = [someone("1", { on_stage: true }), someone("2", { on_stage: true })];
let client: RoomClient;
let place: LiveRoom;

function comeIn(may: string[] = []): void {
  Wire.last.say(welcome({ you: you({ on_stage: true, may }), room: { ...room, is_webinar: false }, snapshot: { ...nobody, stage: people, slides } }));
}

async function drawn(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
  await place.updateComplete;
}

async function read(): Promise<string | undefined> {
  await vi.advanceTimersByTimeAsync(2_000);
  await place.updateComplete;
  return place.querySelector(":scope > [aria-live=polite]")?.textContent;
}

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Wire);
  localStorage.clear();
  setLocale({ language: "en", words: { "stage.pinned": "Pinned: {name}", "stage.unpinned": "Unpinned: {name}", "stage.slides": "Slides" }, plurals: {} }, "Europe/Vilnius");
  client = new RoomClient({ fetchTicket: () => Promise.resolve({ ticket: "t", url: "/ws/rooms/r/" }), csrf: "" }, new FakeMedia() as unknown as LocalMedia);
  client.enter();
  await vi.advanceTimersByTimeAsync(0);
  Wire.last.onopen?.();
  comeIn();
  place = new LiveRoom();
  place.room = client;
  place.page = { title: "Heat", subtitle: "", backUrl: "/" } as Page;
  document.body.append(place);
  await drawn();
});

afterEach(() => {
  place.remove();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("pinning by keyboard", () => {
  const press = async (key: string): Promise<void> => {
    const button = place.querySelector<HTMLElement>(`[data-pin="${key}"]`);
    button?.focus();
    button?.click();
    await drawn();
  };
  const focused = (): string | undefined => (document.activeElement as HTMLElement | null)?.dataset.pin ?? document.activeElement?.id;

  it("takes the focus along, and to the stage where there is no button any more", async () => {
    await press("person:2");
    expect(client.view.pinned).toBe("person:2");
    expect(focused()).toBe("person:2");
    await press("content"); // large as before, once nothing else is
    expect(focused()).toBe("content");
    await press("content");
    expect(client.view.pinned).toBeNull();
    expect(focused()).toBe("stage");
  });

  it("says whom", async () => {
    await press("person:2");
    expect(await read()).toBe("Pinned: Person 2");
    await press("content");
    expect(await read()).toBe("Pinned: Slides");
  });
});

it("reads out a notice once when it comes", async () => {
  comeIn(["recording.start", "recording.skip"]);
  expect(await read()).toBe("record.reminder");
  client.view.pin("content");
  await drawn();
  place.querySelector<HTMLElement>("[data-pin=content]")?.click();
  expect(await read()).toBe("Unpinned: Slides");
});

it("reads out the first message of a chat", async () => {
  Wire.last.say(message(client.state.seq + 1, "Hello"));
  expect(await read()).toBe("chat.says");
});

it("reads out a message, and counts no lines about events as messages", async () => {
  const { seq } = client.state;
  const extended = { ev: "meeting.extended", meeting: "m", until: "2026-12-03T10:30:00Z", closes_at: "2026-12-03T11:00:00Z", at: "2026-12-03T10:10:00Z" };
  for (const step of [1, 2]) Wire.last.say({ ...extended, seq: seq + step });
  Wire.last.say(message(seq + 3, "Hello"));
  expect(client.state.lines).toHaveLength(3);
  expect(await read()).toBe("chat.says");
});
