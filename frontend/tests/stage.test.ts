import { html, render, type TemplateResult } from "lit";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { LocalMedia } from "../src/room/media";
import type { Page } from "../src/room/page";
import type { ParticipantInfo } from "../src/room/protocol.generated";
import type { RoomClient } from "../src/room/room-client";
import { NewestShares } from "../src/room/stage-layout";
import type { State } from "../src/room/state";
import { setLocale } from "../src/room/translations";
import { ViewChoice } from "../src/room/view-choice";
import { headView } from "../src/room/views/head";
import { arrangementOf, focusPin, stageView, trackToFloat } from "../src/room/views/stage";
import { inside, room as info, someone, you } from "./samples";

type Tracks = Record<string, Record<string, unknown>>;
const pin = vi.fn();
const slides = html`<p>slides</p>`;

function stateOf(...people: ParticipantInfo[]): State {
  const all = [someone("1"), ...people];
  return { ...inside(), link: "open", you: you({ on_stage: true, may: ["media.state"] }), room: { ...info, is_webinar: false }, people: new Map(all.map((one) => [one.id, { ...one, on_stage: true }])) };
}

function client(people: ParticipantInfo[], tracks: Tracks = {}, more: Partial<RoomClient> = {}): RoomClient {
  const tracksOf = ({ id }: ParticipantInfo): Map<string, unknown> => new Map(Object.entries(tracks[id] ?? {}));
  return { state: stateOf(...people), media: { tracks: new Map(), microphone: false, camera: false, speaker: "" }, view: new ViewChoice(), shares: new NewestShares(), showsCameras: true, quality: "good", now: () => 0, tracksOf, interpretation: () => null, ...more } as unknown as RoomClient;
}

function drawn(room: RoomClient, content: TemplateResult | null = null): HTMLElement {
  const place = document.createElement("div");
  render(stageView(room, { speaking: new Set(), active: null, isSmall: false, content: "Slides", pin }, content), place);
  return place;
}

const button = (room: RoomClient, key: string, content: TemplateResult | null = null): HTMLElement | null => drawn(room, content).querySelector(`[data-pin="${key}"]`);

beforeEach(() => {
  localStorage.clear();
  pin.mockReset();
  setLocale({ language: "en", words: { "stage.pin": "Pin for me: {name}", "stage.slides": "Slides", "line.muted": "You are muted", "line.weak": "Weak connection", "line.connected": "Connected" }, plurals: {} }, "Europe/Vilnius");
});

describe("the pin", () => {
  it("takes slides out of the gallery, and puts them back", () => {
    const room = client([someone("2"), someone("3")]);
    room.view.layout = "gallery";
    button(room, "content", slides)?.click();
    expect(pin).toHaveBeenLastCalledWith("content", "Slides");
    room.view.pin("content");
    const found = drawn(room, slides).querySelector<HTMLElement>(".stage__screen [data-pin=content]");
    expect(found?.getAttribute("aria-pressed")).toBe("true");
    found?.click();
    expect(pin).toHaveBeenCalledTimes(2);
  });

  it("is called the same whether it is pressed or not: the state is said once", () => {
    const room = client([someone("2")]);
    const said = (): (string | null | undefined)[] => ["aria-label", "title", "aria-pressed"].map((name) => button(room, "person:2")?.getAttribute(name));
    expect(said()).toEqual(["Pin for me: Person 2", "Pin for me: Person 2", "false"]);
    room.view.pin("person:2");
    expect(said()).toEqual(["Pin for me: Person 2", "Pin for me: Person 2", "true"]);
  });

  it("keeps the focus; where it is gone the stage has it", () => {
    const page = document.createElement("div");
    page.innerHTML = '<div id="stage" tabindex="-1"><button data-pin="person:2"></button></div>';
    document.body.append(page);
    focusPin(page, "person:2");
    expect(document.activeElement).toBe(page.querySelector("button"));
    focusPin(page, "screen:2");
    expect(document.activeElement?.id).toBe("stage");
    page.remove();
  });
});

describe("picture-in-picture", () => {
  const [camera, screen, own] = ["camera", "screen", "own"].map((id) => ({ id }));
  const tracks: Tracks = { "1": { camera: own }, "2": { camera, screen }, "3": {} };
  const floated = (room: RoomClient): unknown => trackToFloat(room, arrangementOf(room, { active: "2", isSmall: false }, false), "2");

  it("shows who speaks, and rather what they present", () => {
    expect(floated(client([someone("2", { camera: true })], tracks))).toBe(camera);
    expect(floated(client([someone("2", { camera: true, screen: true })], tracks))).toBe(screen);
  });

  it("leaves out the last frame of a camera that is off, paused or not asked for", () => {
    expect(floated(client([someone("2"), someone("3")], tracks))).toBeNull();
    expect(floated(client([someone("2", { camera: true })], tracks, { showsCameras: false }))).toBeNull();
    expect(floated(client([someone("2", { screen: true })], tracks, { showsCameras: false }))).toBe(screen);
  });
});

describe("a second device of the same person", () => {
  it("plays nobody, while it is silent", () => {
    const room = client([someone("2")], { "2": { microphone: { id: "voice" } } });
    const volumes = (): unknown[] => [...drawn(room).querySelectorAll("room-audio")].map((one) => (one as unknown as { volume: number }).volume);
    expect(volumes()).toEqual([1, 1]);
    room.view.silence(true);
    expect(volumes()).toEqual([0, 0]);
  });
});

describe("the line in the head", () => {
  const line = (quality: RoomClient["quality"], microphone: boolean): string | undefined => {
    const place = document.createElement("div");
    render(headView(client([], {}, { quality, media: { microphone } as unknown as LocalMedia }), { title: "", subtitle: "" } as Page), place);
    return place.querySelector("[data-status=line]")?.textContent.trim();
  };

  it("says that one is muted, also on a weak connection", () => {
    expect(line("good", false)).toBe("You are muted");
    expect(line("weak", false)).toBe("You are muted · Weak connection");
    expect(line("weak", true)).toBe("Weak connection");
    expect(line("good", true)).toBe("Connected");
  });
});
