import { html, render, type TemplateResult } from "lit";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { RoomClient } from "../src/room/room-client";
import type { Page } from "../src/room/page";
import { NewestShares } from "../src/room/stage-layout";
import type { State } from "../src/room/state";
import { setLocale } from "../src/room/translations";
import { ViewChoice } from "../src/room/view-choice";
import { noticesInWords, stageContent } from "../src/room/views/stage-content";
import { inside, room, someone, you } from "./samples";

const startRecording = vi.fn();
const ask = vi.fn();

function clientWith(state: State, more: Partial<RoomClient> = {}): RoomClient {
  const media = { tracks: new Map(), trouble: {}, microphone: false, camera: false };
  return { state, media, missing: new Map(), view: new ViewChoice(), shares: new NewestShares(), showsCameras: true, now: () => Date.parse("2026-12-03T09:10:00Z"), startRecording, ask, tracksOf: () => new Map(), interpretation: () => null, ...more } as unknown as RoomClient;
}

/** What the stage shows of this state. */
function shown(state: State, content: TemplateResult | null = null, more: Partial<RoomClient> = {}): HTMLElement {
  const client = clientWith(state, more);
  const place = document.createElement("div");
  const page = { backUrl: "/" } as Page;
  render(stageContent({ room: client, page, view: { speaking: new Set(), active: null, isSmall: false, content: "Slides", pin: vi.fn() }, isAudioBlocked: false, enableAudio: vi.fn(), showWaiting: vi.fn(), content, above: [], whileWaiting: [] }), place);
  return place;
}

beforeEach(() => {
  startRecording.mockReset();
  ask.mockReset();
  setLocale({ language: "en", words: { "waiting.text": "at {hour}", "waiting.day": "on {when}", "waiting.in": "in {time}" }, plurals: {} }, "Europe/Vilnius");
});

describe("the reminder of an announced recording", () => {
  const as = (may: string[]): State => ({ ...inside(), you: you({ role: "host", may }), room: { ...room, recording_planned: true } });
  const reminder = (state: State): HTMLElement | null => shown(state).querySelector("[data-reminder=recording]");
  const press = (found: HTMLElement | null, act: string): void => found?.querySelector<HTMLElement>(`[data-act=${act}]`)?.click();

  it("is shown and read to who may start it, and to nobody else", () => {
    expect(reminder(as(["recording.start", "recording.skip"]))).not.toBeNull();
    expect(noticesInWords(clientWith(as(["recording.start", "recording.skip"])))).toEqual(["record.reminder"]);
    expect(noticesInWords(clientWith(as(["recording.start"])))).toEqual([]);
    expect(reminder(as(["chat.send"]))).toBeNull();
    expect(reminder(as(["recording.start"]))).toBeNull();
  });

  it("starts the recording, or says that there is none this time", () => {
    const found = reminder(as(["recording.start", "recording.skip"]));
    press(found, "record");
    expect(startRecording).toHaveBeenCalledOnce();
    press(found, "skip-recording");
    expect(ask).toHaveBeenCalledWith({ do: "recording.skip" });
  });
});

describe("the planned start", () => {
  const waiting = (starts_at: string): string => shown({ ...inside(), you: you({ admission: "waiting" }), room: { ...room, state: "waiting", starts_at } }).textContent;

  it("is counted down to by the server's time, and tells who waits for the host", async () => {
    const state = { ...inside(), you: you({ admission: "waiting" }), room: { ...room, lobby: true, state: "waiting" as const, starts_at: "2026-12-03T09:12:05Z" } };
    const found = shown(state);
    document.body.append(found);
    const countdown = found.querySelector("room-countdown");
    await countdown?.updateComplete;
    expect(countdown?.textContent).toContain("in 2:05");
    expect(found.textContent).toContain("waiting.lobby");
    found.remove();
  });

  it("has its date when it is on another day", () => {
    expect(waiting("2026-12-03T10:00:00Z")).toContain("at 12:00");
    expect(waiting("2026-12-04T10:00:00Z")).toContain("on Friday 4 December, 12:00");
  });
});

it("shows what a feature puts in the place of a shared screen, with people beside it", () => {
  const state = { ...inside(), people: new Map([["2", someone("2", { on_stage: true })]]) };
  const found = shown(state, html`<b id="slide"></b>`);
  expect(found.querySelector(".stage__screen > #slide")).not.toBeNull();
  expect(found.querySelectorAll(".stage__tiles > .tile")).toHaveLength(1);
  expect(shown(state).querySelector(".stage__screen")).toBeNull();
});

it("is read out as it is shown: media that do not arrive, and pictures that are paused", () => {
  const now = { ...inside(), people: new Map([["2", someone("2", { on_stage: true })]]) };
  const trouble: Partial<RoomClient>[] = [
    { missing: new Map([["2", "video" as const]]) },
    { missing: new Map([["2", "video" as const]]), isMediaAway: true },
    { arePicturesPaused: true },
  ];
  const read = trouble.map((more) => noticesInWords(clientWith(now, more)));
  expect(read).toEqual([["missing.video"], ["media.away"], ["quality.paused"]]);
  for (const [place, more] of trouble.entries()) expect(shown(now, null, more).textContent).toContain(read[place]?.[0]);
  expect(noticesInWords(clientWith(now))).toEqual([]);
  expect(noticesInWords(clientWith({ ...now, you: you({ admission: "waiting" }) }, { arePicturesPaused: true }))).toEqual([]);
});
