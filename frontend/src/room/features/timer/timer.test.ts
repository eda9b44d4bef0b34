import { describe, expect, it } from "vitest";
import { inside, nobody, someone, welcome } from "../../../../tests/samples";
import { inDigits } from "../../clock";
import type { RoomEvent, Timer } from "../../protocol.generated";
import { reduce } from "../../state";
import { announcement, isOver, secondsLeft } from "./state";

const timer: Timer = { seconds: 300, ends_at: "2026-12-03T09:05:00Z", label: "Pitch", person: someone("2") };
const started: RoomEvent = { ev: "timer.started", seq: 11, ...timer, by: someone("3"), at: "2026-12-03T09:00:00Z" };
const at = (time: string): number => Date.parse(`2026-12-03T${time}Z`);

describe("the timer", () => {
  it("runs from its start until it is stopped", () => {
    const running = reduce(inside(), started);
    expect(running.timer).toEqual(timer);
    expect(reduce(running, { ev: "timer.stopped", seq: 12, by: someone("3"), at: "" }).timer).toBeNull();
  });

  it("is that of the snapshot, whatever was missed", () => {
    expect(reduce(inside(), welcome({ snapshot: { ...nobody, timer } })).timer).toEqual(timer);
    expect(reduce(inside(), welcome({ seq: 11, missed: [started] })).timer).toBeNull();
  });

  it("counts down by the time it is given, and goes a minute after the end", () => {
    expect(secondsLeft(timer, at("09:04:00.500"))).toBe(60);
    expect(secondsLeft(timer, at("09:07:00"))).toBe(0);
    expect(isOver(timer, at("09:05:59"))).toBe(false);
    expect(isOver(timer, at("09:06:01"))).toBe(true);
  });

  it("shows minutes and seconds, and hours only when there are some", () => {
    expect([300, 9, 3_600].map(inDigits)).toEqual(["5:00", "0:09", "1:00:00"]);
  });

  it("announces the last minute and the end once each", () => {
    const spoken = [62, 61, 60, 59, 1, 0, 0].map((left, place, all) => announcement(all[place - 1] ?? left, left));
    expect(spoken).toEqual([null, null, "minute", null, null, "up", null]);
    expect(announcement(30, 29)).toBeNull();
  });
});
