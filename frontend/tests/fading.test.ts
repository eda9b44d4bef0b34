import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Fading } from "../src/room/fading";
import { controlsThatFit, PanelSizes } from "../src/room/layout";

let mayFade = true;
let fading: Fading;
const button = (): HTMLElement => document.querySelector("button")!;
const press = (type: string): boolean => button().dispatchEvent(new Event(type, { bubbles: true }));

beforeEach(() => {
  vi.useFakeTimers();
  mayFade = true;
  document.body.innerHTML = "<button></button>";
  fading = new Fading(() => mayFade, (element) => element === button(), vi.fn());
  fading.listen();
});

afterEach(() => {
  fading.stop();
  vi.useRealTimers();
});

it("controls fade after three seconds, and a touch brings them back without pressing them", () => {
  vi.advanceTimersByTime(2_900);
  expect(fading.fade).toBe("shown");
  vi.advanceTimersByTime(200);
  expect(fading.fade).toBe("faded");
  press("pointerdown");
  expect(fading.fade).toBe("waking");
  vi.advanceTimersByTime(400);
  expect(fading.fade).toBe("shown");
  vi.advanceTimersByTime(3_000);
  expect(fading.fade).toBe("faded");
});

it("controls stay while the focus of a keyboard or a screen reader is in them", () => {
  press("focusin");
  vi.advanceTimersByTime(60_000);
  expect(fading.fade).toBe("shown");
  press("focusout");
  vi.advanceTimersByTime(3_000);
  expect(fading.fade).toBe("faded");
});

it("the focus that a touch leaves behind does not hold them", () => {
  press("pointerdown");
  press("focusin");
  vi.advanceTimersByTime(3_000);
  expect(fading.fade).toBe("faded");
});

it("controls stay as long as they must, and come back with a key", () => {
  mayFade = false;
  vi.advanceTimersByTime(60_000);
  expect(fading.fade).toBe("shown");
  mayFade = true;
  vi.advanceTimersByTime(3_000);
  expect(fading.fade).toBe("faded");
  press("keydown");
  expect(fading.fade).toBe("waking");
});

it("the panel keeps a size for each layout, and is never closed beside the stage", () => {
  const sizes = new PanelSizes();
  expect([sizes.of("side"), sizes.of("sheet"), sizes.of("over")]).toEqual(["half", "half", "closed"]);
  sizes.set("side", "closed");
  sizes.set("sheet", "full");
  sizes.open("sheet");
  sizes.open("over");
  expect([sizes.of("side"), sizes.of("sheet"), sizes.of("over")]).toEqual(["half", "full", "half"]);
});

it("a bar holds as many controls as fit, and five on any phone", () => {
  expect([320, 390, 820, 1056].map((pixels) => controlsThatFit(pixels / 16))).toEqual([5, 5, 8, 11]);
});
