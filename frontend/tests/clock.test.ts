import { describe, expect, it } from "vitest";
import { ServerClock } from "../src/room/clock";

const MINUTE = 60_000;
const at = (ms: number): string => new Date(ms).toISOString();
const SERVER = Date.parse("2026-12-03T09:00:00Z");

describe("the server's clock", () => {
  it.each([14, -14])("does not follow a device that is %i minutes off", (minutes) => {
    let steady = 5_000;
    const clock = new ServerClock(() => steady, () => SERVER + minutes * MINUTE);
    expect(clock.now()).toBe(SERVER + minutes * MINUTE);
    clock.sync(at(SERVER), 0);
    expect(clock.now()).toBe(SERVER);
    steady += 3 * MINUTE;
    expect(clock.now()).toBe(SERVER + 3 * MINUTE);
  });

  it("keeps the fastest reply, and does not jump with slow ones", () => {
    const clock = new ServerClock(() => 0);
    clock.sync(at(SERVER), 40);
    clock.sync(at(SERVER - 900), 1_800);
    expect(clock.now()).toBe(SERVER + 20);
    clock.sync(at(SERVER), 10);
    expect(clock.now()).toBe(SERVER + 5);
  });

  it("is measured anew after the device slept, while performance.now() stopped", () => {
    const clock = new ServerClock(() => 0);
    clock.sync(at(SERVER), 10);
    clock.sync(at(SERVER + 30 * MINUTE), 200);
    expect(clock.now()).toBe(SERVER + 30 * MINUTE + 100);
  });

  it("ignores an invalid time", () => {
    const clock = new ServerClock(() => 0, () => SERVER);
    clock.sync("undefined", 0);
    expect(clock.now()).toBe(SERVER);
  });
});
